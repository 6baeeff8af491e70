"""What students wrote, as safe HTML.

Theory of operation. Pages are Jinja2 templates that escape everything. The few texts that need more than escaping (an
answer in Markdown, highlighted code, a picture) become HTML here and nowhere else. Markdown keeps none of the student's
HTML, links lead only to http, https and mail addresses, and pictures are PNG files that we encoded from the cell's own
attachments (`untrusted/pictures.py`) and embedded in the page. The Content-Security-Policy of the pages allows no
script, no network and no other picture, so that even a mistake here would execute nothing.
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

from homework.untrusted.embedded import FIGURE
from homework.untrusted.formulas import MOST, mathml

# Longer texts are shown without markup, and cut: parsing a hostile one takes seconds.
_LONGEST_MARKED_UP = 12_000
_LONGEST_SHOWN = 200_000
_DEEPEST = 20
_LONGEST_NAME = 100

_LINK = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_ATTACHMENT = "attachment:"
_LONGEST_FORMULA = 60  # lines
_FORMULA = re.compile(
    r"\$\$[^$]+\$\$|\$(?!\s)[^$\n]+(?<!\s)\$(?!\d)"
    r"|\\\((?:[^\\]|\\(?!\))){1,1000}?\\\)|\\\[(?:[^\\]|\\(?!\])){1,1000}?\\\]"
)

# Six colors are enough to read code, even code that is not Python. Pygments takes three times as long as the rest of a
# page.
_KEYWORDS = "|".join(keyword.kwlist)
_COLORED = re.compile(
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


def prose(text: str, figures: Mapping[str, bytes] | None = None) -> Markup:
    """A sentence as HTML: escaped, with the parts between backticks as code.

    `figures` are the course's own PNG files, by the addresses that the sentence has for them.
    """
    if figures and len(pieces := FIGURE.split(str(text))) > 1:  # text, alt, address, text, ...
        shown = [
            prose(before) + (_figure(alt, address, figures) if address else "")
            for before, alt, address in zip(
                pieces[::3], [*pieces[1::3], ""], [*pieces[2::3], ""], strict=True
            )
        ]
        return Markup("").join(shown)
    parts = str(text).split("`")
    if len(parts) % 2 == 0:  # an unpaired backtick
        return escape(text)
    pieces = [
        Markup("<code>{}</code>").format(part) if i % 2 else escape(part) for i, part in enumerate(parts)
    ]
    return Markup("").join(pieces)


def comment(text: str) -> Markup:
    """What a grader wrote, as HTML. Its lines end where they were ended: it was typed into a field, not into a cell."""
    return markdown(text, breaks=True)


def markdown(
    text: str,
    pictures: Mapping[str, bytes] | None = None,
    lost: Iterable[str] = (),
    *,
    breaks: bool = False,
) -> Markup:
    """A written answer as HTML. `pictures` are re-encoded PNG files, by name; those that it does not use are appended.

    `lost` are the names of attachments that cannot be shown. With `breaks` a single line end is kept.
    """
    addresses = {name: _address(png) for name, png in (pictures or {}).items()}
    try:
        if len(text) > _LONGEST_MARKED_UP:
            raise ValueError("too long to mark up")
        html, shown = _marked_up(text, addresses, breaks)
    except (ValueError, RecursionError, IndexError):  # what the parser raises on text written to break it
        html, shown = plain(text), set()
    for name, uri in addresses.items():
        if name not in shown:
            html += Markup('<p><img src="{}" alt="{}"></p>\n').format(uri, name)
    for name in lost:
        html += Markup(
            '<p class="quiet">Not shown (not a picture that can be read, or too large): <bdi>{}</bdi></p>\n'
        ).format(name[:_LONGEST_NAME])
    return html


def figured(text: str, figures: Mapping[str, bytes]) -> Markup:
    """A text of the course in Markdown as HTML, with its `figures`, by the addresses that it has for them."""
    attached = FIGURE.sub(
        lambda found: f"![{found[1]}]({_ATTACHMENT}{found[2]})" if found[2] in figures else found[0], text
    )
    return markdown(attached, {name: png for name, png in figures.items() if f"({name})" in text})


def _figure(alt: str, address: str, figures: Mapping[str, bytes]) -> Markup:
    if address not in figures:
        return escape(f"![{alt}]({address})")
    return Markup('<img src="{}" alt="{}">').format(_address(figures[address]), alt)


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _marked_up(text: str, pictures: dict[str, str], breaks: bool) -> tuple[Markup, set[str]]:
    """Markdown as HTML, and the names of the pictures in it. Raises ValueError if part of the text would be lost."""
    env: dict[str, Any] = {"pictures": pictures, "shown": set()}
    parser = _parser(breaks)
    tokens = parser.parse(text, env)
    if any(token.level >= _DEEPEST - 2 for token in tokens):
        raise ValueError("nested so deeply that the parser drops the rest")
    return Markup(parser.renderer.render(tokens, parser.options, env)), env["shown"]


def plain(text: str) -> Markup:
    """A text as it was typed."""
    shown = Markup('<pre class="plain">{}</pre>\n').format(text[:_LONGEST_SHOWN])
    if len(text) > _LONGEST_SHOWN:
        shown += Markup('<p class="quiet">… and {} more characters.</p>\n').format(len(text) - _LONGEST_SHOWN)
    return shown


def code(source: str) -> Markup:
    """Python source as HTML, highlighted unless it is very long."""
    if len(source) > _LONGEST_MARKED_UP:
        return plain(source)
    pieces: list[str] = []
    start = 0
    for found in _COLORED.finditer(source):
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
    """Renders an answer inside a page that has its own headings, pictures and Content-Security-Policy."""

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
        typed = tokens[idx].content
        return str(_set(typed, env) or Markup('<code class="formula">{}</code>').format(typed))

    def formula_block(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        typed = tokens[idx].content
        if found := _set(typed, env):
            return str(Markup('<div class="formula" tabindex="0">{}</div>\n').format(found))
        return str(Markup('<pre class="formula">{}</pre>\n').format(typed))


def _set(typed: str, env: MutableMapping[str, Any]) -> Markup | None:
    """A formula as MathML; None if it stays as it was typed, as do those after many others."""
    env["formulas"] = env.get("formulas", 0) + 1
    return mathml(typed) if env["formulas"] <= MOST else None


def _lowered(token: Token) -> str:
    """Headings in an answer rank below the page's own: h1 becomes h4."""
    return f"h{min(6, int(token.tag[1]) + 3)}"


@cache
def _parser(breaks: bool) -> MarkdownIt:
    options = {"html": False, "maxNesting": _DEEPEST, "breaks": breaks}
    parser = _Parser("js-default", options, renderer_cls=_Renderer)
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.block.ruler.before(
        "fence", "formula_block", _formula_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
    return parser


def _formula(state: StateInline, silent: bool) -> bool:
    r"""`$…$`, `$$…$$`, `\(…\)`, `\[…\]` in a paragraph: kept together, so that `_` and `*` do not become emphasis."""
    if (
        state.src[state.pos] not in "$\\"
        or (found := _FORMULA.match(state.src, state.pos, state.posMax)) is None
    ):
        return False
    if not silent:
        state.push("formula", "code", 0).content = found[0]
    state.pos = found.end()
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines from one that starts with `$$` to one that ends with it, so that a leading + does not start a list."""
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
