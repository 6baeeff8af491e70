"""Make what a student wrote or displayed harmless before it goes into the autograded notebook.

Theory of operation. nbgrader's pages (Formgrader, feedback) put markdown through nbconvert, which keeps HTML and any
kind of link as they are, so the text itself has to be harmless, in every dialect of markdown that may render it. Five
small changes do it, each at most a blank that is hard to notice: `<` is parted from what would make it a tag; a link
or a link definition to anything but a web or mail address is parted from its text; a formula's command that makes
links, styles or requests is parted from its backslash; pictures are those of the cell's own attachments, under names
of ours; characters that steer a terminal or turn text around become visible. The text as it was handed in stays in
`submitted/`.

Pictures are decoded and encoded again, so that nothing but pixels remains.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from typing import Any
from urllib.parse import unquote

MAX_PIXELS = 25_000_000
MAX_PICTURE_BYTES = 8 << 20
MAX_PICTURES = 12
MAX_DECODED = 150_000_000  # pixels of all pictures of a notebook: a few seconds
_LONGEST_SIDE = 2000
_MOST_KEPT, _LARGEST_KEPT = 64, 256 << 10
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(\s*attachment:((?:[^()<>\n]|\([^()<>\n]*\))+)\)")
_OTHER_PICTURE = re.compile(r"!(?=\[)")
# A `]` looks at no more of what follows it: a long run of them would otherwise take hours.
_LOOK_AHEAD = 200
_TARGET = re.compile(
    r"\](?=\(([^\S\n]{0,N}+[^\s)]{0,N})|:([^\S\n]{0,N}+\S{0,N}))".replace("N", str(_LOOK_AHEAD))
)
# What MathJax and KaTeX make links, attributes, styles or requests of.
_ACTIVE_FORMULA = re.compile(
    r"\\(?=(?:href|url|html\w*|class|cssId|data|style|bbox|require|includegraphics|mmlToken|csname)(?![A-Za-z]))"
)
_HARMLESS = re.compile(r"\s*(?:https?://|mailto:|attachment:picture-\d+\.png$)", re.IGNORECASE)
_REGION = re.compile(r"(BEGIN|END) (MARK SCHEME|HIDDEN TESTS|SOLUTION)")


def plain(text: str) -> str:
    """`text` without escape sequences, and with every character that is not for reading made visible."""
    lines = _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    # A progress bar writes its line again and again; what a terminal would show is the last time.
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in lines]
    return _CONTROL.sub("\ufffd", "\n".join(lines))


def escaped(text: str) -> str:
    """`text` as one line of markdown in which nothing is markup."""
    line = " ".join(plain(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:])", r"\\\1", line)


def source(text: str) -> str:
    """A student's cell, as text: without nbgrader's region marks, which its preprocessors would act upon."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REGION.sub(r"\1  \2", _CONTROL.sub("\ufffd", text))


def markdown(text: str, pictures: dict[str, str]) -> str:
    """A student's markdown with nothing active in it. `pictures` maps names of attachments to those of `attached`."""

    def picture(found: re.Match[str]) -> str:
        name = found[2].strip()
        known = pictures.get(name) or pictures.get(unquote(name))
        if known is None:
            return found[0]
        return f"\0[{re.sub(r'[^ .,:;()+=/-]', _letter, found[1])}](attachment:{known})"

    text = _PICTURE.sub(picture, source(text))
    text = _OTHER_PICTURE.sub("! ", text).replace("\0", "!")
    text = _ACTIVE_FORMULA.sub(r"\\ ", _TAG.sub("< ", text))
    return _TARGET.sub(_parted, text)


def _letter(found: re.Match[str]) -> str:
    return found[0] if found[0].isalnum() else " "


def _parted(found: re.Match[str]) -> str:
    """`]`, parted from a target that is neither a web or mail address nor a plain relative path."""
    target: str = found[1] if found[1] is not None else found[2]
    if len(target) >= _LOOK_AHEAD and not _HARMLESS.match(target):
        return "] "  # it goes on where nobody looked
    # A target on the next line may stand behind the marks of a quotation or a list.
    if target.strip() and (_HARMLESS.match(target) or not set(":&\\<").intersection(target)):
        return "]"
    return "] "


class Pixels:
    """How many pixels of one notebook's pictures will still be decoded; small files can hold very many."""

    def __init__(self) -> None:
        self.left = MAX_DECODED


def attached(
    attachments: dict[str, Any], dropped: list[str], pixels: Pixels
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """A student's attachments as nbformat wants them, under names of ours, and the map from the student's names.

    What is no PNG or JPEG picture is left out; its name is appended to `dropped`.
    """
    kept: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for name, bundle in attachments.items():
        data = _picture_of(bundle, pixels) if len(kept) < MAX_PICTURES else None
        if data is None:
            dropped.append(str(name))
            continue
        names[name] = f"picture-{len(kept) + 1}.png"
        kept[names[name]] = {"image/png": base64.b64encode(data).decode("ascii")}
    return kept, names


def _picture_of(bundle: Any, pixels: Pixels) -> bytes | None:
    if not isinstance(bundle, dict):
        return None
    for kind, form in _FORMATS.items():
        encoded = bundle.get(kind)
        if isinstance(encoded, list) and all(isinstance(line, str) for line in encoded):
            encoded = "".join(encoded)
        if isinstance(encoded, str) and len(encoded) <= 2 * MAX_PICTURE_BYTES:
            try:
                return reencoded(base64.b64decode(encoded), pixels, form)
            except (binascii.Error, ValueError):
                return None
    return None


_seen: dict[bytes, bytes] = {}  # the plots that a release draws are the same in every submission


def reencoded(data: bytes, pixels: Pixels, form: str = "PNG") -> bytes | None:
    """A picture of format `form` as PNG, made smaller if need be; None if it is none, or no `pixels` are left."""
    key = hashlib.sha256(form.encode() + data).digest()
    if key in _seen:
        return _seen[key]
    result = _reencoded(data, pixels, form)
    if result is not None and len(result) <= _LARGEST_KEPT:
        if len(_seen) >= _MOST_KEPT:
            _seen.clear()
        _seen[key] = result
    return result


def _reencoded(data: bytes, pixels: Pixels, form: str) -> bytes | None:
    from PIL import Image, ImageOps

    if len(data) > MAX_PICTURE_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))  # JPEG: decode no more than is shown
            pixels.left -= picture.width * picture.height
            if pixels.left < 0:
                return None
            upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        shown = upright.convert("RGB" if upright.mode in ("RGB", "L", "CMYK", "YCbCr", "1") else "RGBA")
        shown.info.clear()
        result = io.BytesIO()
        shown.save(result, "PNG", compress_level=3)
    except Exception:  # a decoder raises nearly anything on bytes made to break it
        return None
    return result.getvalue()
