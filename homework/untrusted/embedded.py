"""The pictures in a text, in one form: `![text](attachment:name)`, with the picture among the cell's attachments.

Theory of operation. JupyterLab attaches a pasted picture, Colab writes it into the text as a `data:` address, people
write `<img>` since Markdown has no sizes, and converters prefer references (`![text][1]`). Only the first form is shown
wherever answers are read. So all of them are turned into it when a cell is read, before anything is cut. Nothing is
decoded here (`pictures.py` does that), and each pattern reads the text once.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

_MOST = 50  # pictures taken out of one text
_MOST_SHOWN = 1000  # places where a text shows pictures that are put into the one form
_MOST_MISSING = 100
_LONGEST_NAME = 200
_LONGEST_TAG = 4000  # characters of a tag besides the address in it

# The picture of a service that opens or runs a notebook: Colab, Binder and others add one at the top.
BADGE = re.compile("badge|colab|binder|shields", re.IGNORECASE)
# A PNG file of the course's own, next to a notebook: its text and its address.
FIGURE = re.compile(r"!\[([^\]]*)\]\(([\w./-]+\.png)\)")
_ALT = r"!\[((?:[^\[\]]|\[[^\[\]]*+\])*+)\]"
# Browsers look at the bytes: a picture may have another type, or none.
_DATA = r"data:(?:image/|(?:[\w.+-]{1,80}/[\w.+-]{1,80})?+;base64,)[^\s()<>\"']*+"
_LEFT = re.compile(
    r"(?<![\w/])data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=%]{40,}+", re.IGNORECASE
)  # in a style, say
_NAME = r"attachment:(?:[^()<>\n\"']|\([^()<>\n\"']*+\))++"
_REST = r"(?:\"[^\"\n]*+\"|'[^'\n]*+'|=\d*+x?\d*+|\s)*+"  # a title, or a size as some editors write it
_SIZE = re.compile(r"\s=\d*x?\d*\s*\Z")
_INLINE = re.compile(rf"{_ALT}\(\s*+(?:<({_DATA}|{_NAME})>|({_DATA}|{_NAME})){_REST}\)", re.IGNORECASE)
_REFERENCE = re.compile(rf"{_ALT}(?:\[([^\[\]\n]*+)\])?+(?!\()")
_DEFINITION = re.compile(
    rf"^[ \t]{{0,3}}\[([^\[\]\n]++)\]:[ \t]*+\n?[ \t]*+<?({_DATA}|attachment:[^\s<>]++)>?"
    r"[ \t]*+(?:\"[^\"\n]*+\"|'[^'\n]*+'|\([^()\n]*+\))?+[ \t]*+$",
    re.IGNORECASE | re.MULTILINE,
)
_EMBEDDED = re.compile(r"!\[\[([^\[\]\n|]++)(?:\|[^\[\]\n]*+)?\]\]")
_IMG = re.compile(r"<img\b((?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))", re.IGNORECASE)
_SHOWN = re.compile(rf"{_ALT}\(\s*+<?([^\s()<>]*+(?:\([^\s()<>]*+\))?[^\s()<>]*+)")
_DRAWING = re.compile(r"<(?:svg|object|embed)\b", re.IGNORECASE)
_SIGNS = ("data:", "<img", "attachment:", "![[")


class _Taken:
    """A cell's attachments, with the pictures that are taken out of its text."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        self.attachments = dict(attachments)
        self._names: dict[str, str] = {}  # by address

    def name(self, address: str) -> str:
        """The attachment's name for an address."""
        if address[:5].casefold() != "data:":
            return self.attached(address.partition(":")[2])
        if address in self._names:
            return self._names[address]
        number = len(self._names) + 1
        while (name := f"pasted-{number}.png") in self.attachments:
            number += 1
        self._names[address] = name
        if len(self._names) <= _MOST:
            self.attachments[name] = _bundle(address)
        return name

    def attached(self, name: str) -> str:
        """The name of an attachment as it is among the attachments, where a text may write it in another way."""
        name = _SIZE.sub("", name).strip()
        names = (name, unquote(name), html.unescape(name), unquote(html.unescape(name)))
        return next((one for one in names if one in self.attachments), unquote(name))


def _bundle(address: str) -> dict[str, str]:
    head, _, data = address.partition(",")
    kind = head[5:].partition(";")[0].casefold()
    if ";base64" in head.casefold():
        return {kind: re.sub(r"\s+", "", unquote(data))}
    return {kind: base64.b64encode(unquote_to_bytes(data)).decode("ascii")}


_kept: dict[str, tuple[str, dict[str, Any]]] = {}  # texts of releases, which nearly all submissions have


def keep_form(text: str) -> None:
    """Have what `in_one_form` makes of the text of a release made only once."""
    form = in_one_form(text, {})
    if form[0] is not text:
        _kept[text] = form


def in_one_form(text: str, attachments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """`text` with every picture as `![…](attachment:name)`, and its attachments with those that were in the text."""
    if not attachments and text in _kept:
        form, own = _kept[text]
        return form, dict(own)
    lower = text.casefold()
    if not any(sign in lower for sign in _SIGNS):
        return text, attachments
    taken = _Taken(attachments)
    left = _MOST_SHOWN

    def few(replaced: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
        """`replaced`, for the first of very many places; the others stay as they are."""

        def of(found: re.Match[str]) -> str:
            nonlocal left
            left -= 1
            return replaced(found) if left >= 0 else found[0]

        return of

    def picture(alt: str, name: str) -> str:
        alt = " ".join(re.sub(r"[\[\]]", " ", alt).split())
        return f"![{alt}](attachment:{quote(name[:_LONGEST_NAME])})"

    def inline(found: re.Match[str]) -> str:
        alt, address = found[1], found[2] or found[3]
        name = taken.name(address)
        plain = f"![{alt}](attachment:{name})"
        return plain if plain == found[0] and " " not in name and "[" not in alt else picture(alt, name)

    def referenced(found: re.Match[str]) -> str:
        address = defined.get((found[2] or found[1]).strip().casefold())
        return found[0] if address is None else picture(found[1], taken.name(address))

    def embedded(found: re.Match[str]) -> str:
        return picture("", taken.attached(found[1])) if found[1].strip() else found[0]

    def img(found: re.Match[str]) -> str:
        if len(re.sub(_DATA, "", found[1])) > _LONGEST_TAG:
            return found[0]
        said = {name.casefold(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(found[1])}
        address = (
            re.sub(r"\s+", "", said.get("src", "")) if "data:" in said.get("src", "") else said.get("src", "")
        )
        alt = re.sub(r"[\[\]<>]", " ", said.get("alt", ""))
        if address.casefold().startswith(("data:", "attachment:")):
            return f" {picture(alt, taken.name(address))} "  # no part of a tag or an address around it
        return f" ![{alt}]({quote(address, safe='/:?&=#%.-_~+@,')}) " if address else found[0]

    text = _INLINE.sub(few(inline), text)
    defined = {found[1].strip().casefold(): found[2] for found in _DEFINITION.finditer(text)}
    if defined:
        text = _REFERENCE.sub(few(referenced), _DEFINITION.sub("", text))
    text = _EMBEDDED.sub(few(embedded), text)
    text = _IMG.sub(few(img), text)
    return _LEFT.sub(few(lambda found: taken.name(found[0])), text), taken.attachments


def missing(text: str, attachments: Collection[str]) -> list[str]:
    """The pictures that a text in that form shows and that are not attached: names, addresses, drawings.

    Only the first of very many.
    """
    found: dict[str, None] = {}
    for shown in _SHOWN.finditer(text):
        if len(found) >= _MOST_MISSING:
            break
        address = shown[2]
        name = unquote(address)
        if name.casefold().startswith("attachment:"):
            name = name.partition(":")[2]
            if name in attachments or address.partition(":")[2] in attachments:
                continue
        if name:
            found[name[:_LONGEST_NAME]] = None
    if _DRAWING.search(text):
        found["a drawing written as HTML"] = None
    return list(found)
