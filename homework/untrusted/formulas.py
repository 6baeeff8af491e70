"""Formulas of students as MathML, which browsers set without a script and without a network.

Theory of operation. latex2mathml reads LaTeX and makes a tree of elements. It passes on addresses, styles and markup,
so nothing of its output is used as it is: a fresh tree is made of the elements and attributes on a list, with escaped
text. What it does not know or what is not complete is shown as it was typed: half a formula says something else.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST = 300  # formulas of a text that are set
_LONGEST = 2_000  # characters of one
_DEEPEST = 60
# Elements, and how many children each needs (None: any number).
_ELEMENTS: dict[str, int | None] = {
    **dict.fromkeys(("math", "mrow", "mstyle", "mpadded", "mphantom", "mtable", "mtr", "mtd"), None),
    **dict.fromkeys(("mi", "mn", "mo", "mtext", "mspace"), 0),
    **dict.fromkeys(("mfrac", "msub", "msup", "munder", "mover", "mroot"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
    "msqrt": None,
}
_ATTRIBUTES = frozenset(
    "accent accentunder columnalign displaystyle fence form largeop lspace linethickness mathvariant maxsize minsize "
    "movablelimits rspace scriptlevel separator stretchy width".split()
)
_VALUE = re.compile(r"[a-z]{1,24}(?: [a-z]{1,24}){0,20}|-?\d(?:\.\d{1,4})?(?:em|ex)?")
# Commands of a student's own grow without bound when they are expanded; what follows % would be lost as a comment.
_NOT_SET = re.compile(
    r"\\(?:(?:re)?new|provide)(?:command|environment)|\\[gex]?def(?![A-Za-z])|\\let(?![A-Za-z])|\\Declare|"
    r"(?<!\\)(?:\\\\)*%"
)
_ALIGNED = re.compile(
    r"(\\(?:begin|end)\s*)\{(?:aligned|align)\}"
)  # latex2mathml knows align*, without numbers
# Browsers know no mathvariant but "normal" (MathML Core), so these letters are written as Unicode has them.
_LETTERS = {
    "bold": ("BOLD",),
    "bold-italic": ("BOLD ITALIC", "BOLD"),  # digits are upright
    "double-struck": ("DOUBLE-STRUCK",),
    "script": ("SCRIPT",),
}
_DELIMITERS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))


def mathml(typed: str) -> Markup | None:
    """A formula with its delimiters as MathML; None for what is to be shown as it was typed."""
    text = typed.strip()
    opening, closing = next(
        (
            (a, b)
            for a, b in _DELIMITERS
            if text.startswith(a) and text.endswith(b) and len(text) > len(a + b)
        ),
        ("", ""),
    )
    inner = text[len(opening) : len(text) - len(closing)].strip() if opening else ""
    if not inner or len(inner) > _LONGEST or _NOT_SET.search(inner):
        return None
    from latex2mathml.converter import convert_to_element

    block = opening in ("$$", "\\[")
    try:
        known = _ALIGNED.sub(r"\1{align*}", inner).replace(r"\operatorname*", r"\operatorname")
        tree = convert_to_element(known, display="block" if block else "inline")
        inside = "".join(_clean(child, 0) for child in tree)
    except Exception:  # a parser of free text can raise nearly anything; then the text is shown as typed
        return None
    display = Markup(' display="block"') if block else ""
    return Markup('<math alttext="{}"{}>{}</math>').format(inner, display, Markup(inside))


def _clean(element: Element, depth: int) -> str:
    """One element and what is in it. Raises ValueError for what cannot be shown as a formula."""
    name, children = element.tag, list(element)
    if name not in _ELEMENTS or depth > _DEEPEST:
        raise ValueError(name)
    if (needed := _ELEMENTS[name]) is not None and len(children) != needed:
        raise ValueError(f"{name} with {len(children)} parts")
    text = html.unescape(element.text or "")
    # An environment that is not known has lines, and would be one.
    if text == "&" or "linebreak" in element.attrib:
        raise ValueError(name)
    if "\\" in text or (text.strip() and _ELEMENTS[name] != 0):  # a command that is not known
        raise ValueError(text)
    if name in ("mi", "mn", "mo"):
        text = "".join(_letter(char, element.get("mathvariant", "")) for char in text)
    given = [
        (key, value)
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES and _VALUE.fullmatch(value)
    ]
    attributes = "".join(f' {key}="{value}"' for key, value in given)
    inside = str(escape(text)) + "".join(_clean(child, depth + 1) for child in children)
    return f"<{name}{attributes}>{inside}</{name}>"


def _letter(char: str, variant: str) -> str:
    """A letter, digit or sign as Unicode has it in a `variant` of mathematics, or as it is if there is none."""
    plain = unicodedata.name(char, "").replace("LATIN ", "").replace("GREEK ", "").replace(" LETTER", "")
    for style in _LETTERS.get(variant, ()):
        for name in (f"MATHEMATICAL {style} {plain}", f"{style} {plain}"):
            try:
                return unicodedata.lookup(name)
            except KeyError:
                continue
    return char
