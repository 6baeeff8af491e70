"""Make what a student wrote harmless before it goes into the autograded notebook, which nbgrader's pages render.

Theory of operation. nbgrader's pages (Formgrader, feedback) render Markdown with nbconvert, which keeps HTML and all
links as they are. So the text itself has to be harmless, in every dialect of Markdown that may render it. Five small
changes achieve this, most of them an added space that is hard to notice: `<` is separated from what would make it a
tag; a link or link definition to anything but a web or mail address is separated from its text; a formula's command
that makes links, styles or requests is separated from its backslash; pictures are the cell's own attachments, under
names that we chose; characters that control a terminal or change the direction of text become visible. `submitted/`
keeps the text as it was handed in.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from homework.untrusted.text import plain, visible

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(\s*attachment:((?:[^()<>\n]|\([^()<>\n]*\))+)\)")
_OTHER_PICTURE = re.compile(r"!(?=\[)")
# How far to look behind a `]`: without a bound, a long run of them would take hours.
_LOOK_AHEAD = 200
# A text with more links than this has none: looking at the targets of millions of them would take half a minute.
_MOST_LINKS = 1000
_TARGET = re.compile(
    r"\](?=\(([^\S\n]{0,N}+[^\s)]{0,N})|:([^\S\n]{0,N}+\S{0,N}))".replace("N", str(_LOOK_AHEAD))
)
# The commands that MathJax and KaTeX turn into links, attributes, styles or requests.
_ACTIVE_FORMULA = re.compile(
    r"\\(?=(?:href|url|html\w*|class|cssId|data|style|bbox|require|includegraphics|mmlToken|csname)(?![A-Za-z]))"
)
_HARMLESS = re.compile(r"\s*(?:https?://|mailto:|attachment:picture-\d+\.png$)", re.IGNORECASE)
_REGION = re.compile(r"(BEGIN|END) (MARK SCHEME|HIDDEN TESTS|SOLUTION)")


def escaped(text: str) -> str:
    """`text` as one line of Markdown without any markup."""
    line = " ".join(plain(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:])", r"\\\1", line)


def source(text: str) -> str:
    """A student's cell as text, with nbgrader's region markers broken, so that its preprocessors do not act on them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REGION.sub(r"\1  \2", visible(text))


def markdown(text: str, pictures: dict[str, str]) -> str:
    """A student's Markdown with nothing active in it. `pictures` maps names of attachments to those in the notebook."""

    def picture(found: re.Match[str]) -> str:
        name = found[2].strip()
        known = pictures.get(name) or pictures.get(unquote(name))
        if known is None:
            return found[0]
        return f"\0[{re.sub(r'[^ .,:;()+=/-]', _letter, found[1])}](attachment:{known})"

    text = _PICTURE.sub(picture, source(text))
    text = _OTHER_PICTURE.sub("! ", text).replace("\0", "!")
    text = _ACTIVE_FORMULA.sub(r"\\ ", _TAG.sub("< ", text))
    if text.count("](") + text.count("]:") > _MOST_LINKS:
        return text.replace("](", "] (").replace("]:", "] :")
    return _TARGET.sub(_parted, text)


def _letter(found: re.Match[str]) -> str:
    return found[0] if found[0].isalnum() else " "


def _parted(found: re.Match[str]) -> str:
    """`]`, separated from a target that is neither a web or mail address nor a plain relative path."""
    target: str = found[1] if found[1] is not None else found[2]
    if len(target) >= _LOOK_AHEAD and not _HARMLESS.match(target):
        return "] "  # it continues beyond what was matched
    # A target on the next line may follow the markers of a quotation or a list.
    if target.strip() and (_HARMLESS.match(target) or not set(":&\\<").intersection(target)):
        return "]"
    return "] "
