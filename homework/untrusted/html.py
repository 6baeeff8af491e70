"""What students wrote, made safe to look at.

Theory of operation. Pages are Jinja2 templates that escape everything; the few texts that need more than escaping (an
answer in Markdown, code in colors, a picture) become HTML here and nowhere else. Markdown keeps no HTML of the
student's, links lead to http, https and mail addresses only, and pictures are PNG files of ours, made from the cell's
own attachments (`untrusted/pictures.py`) and written into the page. The pages' Content-Security-Policy allows no
script, no network and no other picture, so a mistake here would still execute nothing.
"""

from __future__ import annotations

import base64
import keyword
import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

# Longer texts are shown without markup, and cut: nobody reads them, and markup of hostile ones takes seconds.
_LONGEST_MARKED_UP = 12_000
_LONGEST_SHOWN = 200_000
_DEEPEST = 20
_LONGEST_NAME = 100

_LINK = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_ATTACHMENT = "attachment:"
_LONGEST_FORMULA = 60  # lines
_FORMULA = re.compile(r"\$\$[^$]+\$\$|\$(?!\s)[^$\n]+(?<!\s)\$(?!\d)")

# Six colours are enough to read code, also code that is no Python. Pygments takes three times as long as all the rest
# of a page.
_KEYWORDS = "|".join(keyword.kwlist)
_COLOURED = re.compile(
    rf"""
      (?P<remark>\#[^\n]*)
    | (?P<string>[rbufRBUF]{{0,2}}(?:\"{{3}}(?:[^\\]|\\.)*?(?:\"{{3}}|\Z)|'{{3}}(?:[^\\]|\\.)*?(?:'{{3}}|\Z)
                             |"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?))
    | (?P<name>(?<=\bdef\ )\w+|(?<=\bclass\ )\w+|^[ \t]*@[\w.]+)
    | (?P<keyword>\b(?:{_KEYWORDS})\b)
    | (?P<digits>\b\d[\w.]*)
    | (?P<word>\w+)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def prose(text: str) -> Markup:
    """A sentence as HTML: escaped, with the parts between backticks as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return escape(text)
    pieces = [
        Markup("<code>{}</code>").format(part) if i % 2 else escape(part) for i, part in enumerate(parts)
    ]
    return Markup("").join(pieces)


def markdown(text: str, pictures: Mapping[str, bytes] | None = None, lost: Iterable[str] = ()) -> Markup:
    """A written answer as HTML. `pictures` are PNG files of ours, by name; those that it does not show follow it.

    `lost` are the names of attachments that cannot be shown.
    """
    addresses = {name: _address(png) for name, png in (pictures or {}).items()}
    try:
        if len(text) > _LONGEST_MARKED_UP:
            raise ValueError("too long to mark up")
        html, shown = _marked_up(text, addresses)
    except (ValueError, RecursionError, IndexError):  # as much as a parser raises on text made to break it
        html, shown = plain(text), set()
    for name, uri in addresses.items():
        if name not in shown:
            html += Markup('<p><img src="{}" alt="{}"></p>\n').format(uri, name)
    for name in lost:
        html += Markup(
            '<p class="quiet">Not shown, as it is not a PNG or JPEG picture, or too large: <bdi>{}</bdi></p>\n'
        ).format(name[:_LONGEST_NAME])
    return html


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _marked_up(text: str, pictures: dict[str, str]) -> tuple[Markup, set[str]]:
    """The HTML of markdown and the names of the pictures in it. Raises ValueError where something would be lost."""
    env: dict[str, Any] = {"pictures": pictures, "shown": set()}
    parser = _parser()
    tokens = parser.parse(text, env)
    if any(token.level >= _DEEPEST - 2 for token in tokens):
        raise ValueError("nested so deeply that the parser leaves out the rest")
    return Markup(parser.renderer.render(tokens, parser.options, env)), env["shown"]


def plain(text: str) -> Markup:
    """A text as it was typed."""
    shown = Markup('<pre class="plain">{}</pre>\n').format(text[:_LONGEST_SHOWN])
    if len(text) > _LONGEST_SHOWN:
        shown += Markup('<p class="quiet">… and {} more characters.</p>\n').format(len(text) - _LONGEST_SHOWN)
    return shown


def code(source: str) -> Markup:
    """Python source as HTML, in colours unless it is very long."""
    if len(source) > _LONGEST_MARKED_UP:
        return plain(source)
    pieces: list[str] = []
    start = 0
    for found in _COLOURED.finditer(source):
        if found.lastgroup != "word":
            pieces += [
                escape(source[start : found.start()]),
                f'<span class="{found.lastgroup}">',
                escape(found[0]),
                "</span>",
            ]
            start = found.end()
    pieces.append(escape(source[start:]))
    return Markup('<pre class="code" tabindex="0">' + "".join(pieces) + "</pre>\n")


# ---------------------------------------------------------------------------------------------- markdown


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return url.startswith(_ATTACHMENT) or _LINK.match(url) is not None


class _Renderer(RendererHTML):
    """HTML of an answer inside a page that has headings, pictures and a policy of its own."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children, options, env)
        name = unquote(str(token.attrs.get("src", ""))).removeprefix(_ATTACHMENT)
        uri = env["pictures"].get(name)
        if uri is None:
            return str(
                Markup('<span class="quiet">[a picture that was not attached: <bdi>{}</bdi>]</span>').format(
                    alt or name
                )
            )
        env["shown"].add(name)
        return str(Markup('<img src="{}" alt="{}">').format(uri, alt or name))

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        href = str(tokens[idx].attrs.get("href", ""))
        if not _LINK.match(href):
            return "<a>"
        return str(Markup('<a href="{}" rel="nofollow noopener noreferrer">').format(href))

    def heading_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        return f"<{_lowered(tokens[idx])}>"

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        return f"</{_lowered(tokens[idx])}>\n"

    def formula(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return str(Markup('<code class="formula">{}</code>').format(tokens[idx].content))

    def formula_block(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        return str(Markup('<pre class="formula">{}</pre>\n').format(tokens[idx].content))


def _lowered(token: Token) -> str:
    """An answer's headings stand below the page's: its first level is the page's fourth."""
    return f"h{min(6, int(token.tag[1]) + 3)}"


@cache
def _parser() -> MarkdownIt:
    parser = _Parser("js-default", {"html": False, "maxNesting": _DEEPEST}, renderer_cls=_Renderer)
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.block.ruler.before(
        "fence", "formula_block", _formula_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
    return parser


def _formula(state: StateInline, silent: bool) -> bool:
    """`$…$` and `$$…$$` inside a paragraph: kept as typed, so that `_` and `*` in it are no emphasis."""
    if state.src[state.pos] != "$" or (found := _FORMULA.match(state.src, state.pos, state.posMax)) is None:
        return False
    if not silent:
        state.push("formula", "code", 0).content = found[0]
    state.pos = found.end()
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines from one that starts with `$$` to one that ends with it: a line of it that starts with + is no list."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if not line.startswith("$$") or state.is_code_block(start):
        return False
    last = start
    text = line[2:]
    while not text.rstrip().endswith("$$"):
        last += 1
        if last >= end or last - start > _LONGEST_FORMULA or state.isEmpty(last):
            return False
        text = state.src[state.bMarks[last] : state.eMarks[last]]
    if not silent:
        state.line = last + 1
        token = state.push("formula_block", "pre", 0)
        token.content = state.getLines(start, last + 1, state.blkIndent, False)
        token.map = [start, state.line]
    return True
