"""Code and prose as the tokens that are compared, with their places, so that shared parts can be marked.

Code is cut into tokens without comments, strings and layout; numbers become 0 and names v, except attributes, builtins
and modules, so that another layout or other names change nothing.
"""

from __future__ import annotations

import builtins
import io
import keyword
import re
import token
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_KEPT = frozenset({*keyword.kwlist, *dir(builtins), "torch", "np", "F"})
_SKIPPED = frozenset(
    {token.STRING, token.NEWLINE, token.INDENT, token.DEDENT, token.ENDMARKER, tokenize.COMMENT, tokenize.NL}
)
_LONGEST = 20_000  # tokens of a side that are compared in order
_MOST_EQUAL = (
    4_000_000  # pairs of equal tokens in two sides, which is what comparing them takes; a second or two
)
RUN = {"code": 12, "prose": 5}  # the shortest shared run that is marked, in tokens
Gram = tuple[str, ...]


@dataclass(frozen=True)
class Token:
    """A token as it is compared, and its place in the text."""

    text: str
    start: int
    end: int


def code_tokens(source: str) -> list[Token]:
    """The tokens of Python code, as far as it can be read."""
    starts = [0]
    for line in source.split("\n"):  # the only line end to tokenize; splitlines has nine more
        starts.append(starts[-1] + len(line) + 1)
    found: list[Token] = []
    try:
        for one in tokenize.generate_tokens(io.StringIO(source).readline):
            if one.type in _SKIPPED:
                continue
            text = one.string
            if one.type == token.NUMBER:
                text = "0"
            elif one.type == token.NAME and text not in _KEPT and (not found or found[-1].text != "."):
                text = "v"
            (row, column), (last, end) = one.start, one.end
            found.append(Token(text, starts[row - 1] + column, starts[last - 1] + end))
    except (tokenize.TokenError, SyntaxError, IndexError):  # the rest cannot be read
        pass
    return found


def words(text: str) -> list[Token]:
    """The words of a text."""
    return [Token(one[0].casefold(), *one.span()) for one in re.finditer(r"\w\w+", text)]


def tokens(kind: str, text: str) -> list[Token]:
    """The tokens of an answer of a kind, code or prose."""
    return code_tokens(text) if kind == "code" else words(text)


def grams(source: str) -> set[Gram]:
    """The runs of five tokens in Python code."""
    found = [one.text for one in code_tokens(source)]
    return {tuple(found[i : i + 5]) for i in range(len(found) - 4)}


def shared(kind: str, left: list[Token], right: list[Token]) -> list[tuple[int, int, int]]:
    """The longest runs that two answers share: where they begin in each, and how long they are."""
    left, right = left[:_LONGEST], right[:_LONGEST]
    one, other = ([each.text for each in side] for side in (left, right))
    while _equal(one, other) > _MOST_EQUAL:  # the same few words again and again
        one, other = one[: len(one) // 2], other[: len(other) // 2]
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks if block.size >= RUN[kind]]


def _equal(one: list[str], other: list[str]) -> int:
    """How many pairs of equal tokens two sides have."""
    counts = Counter(other)
    return sum(count * counts[text] for text, count in Counter(one).items())


def parts(text: str, found: list[Token], runs: Iterator[tuple[int, int]]) -> list[tuple[bool, str]]:
    """`text` in parts, each with whether it is one of the `runs` (first token, number of tokens)."""
    cut, at = [], 0
    for first, size in sorted(runs):
        start, end = found[first].start, found[first + size - 1].end
        cut += [(False, text[at:start]), (True, text[start:end])]
        at = end
    return [(marked, part) for marked, part in [*cut, (False, text[at:])] if part]
