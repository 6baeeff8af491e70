"""What code looks like, line by line: the names that it seems to define, and whether it continues another cell.

A student's text is never given to a parser, because text can be written to exhaust one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST_KEPT = (
    4000  # characters; longer texts are unlikely to be a release's, and a student's are not kept in memory
)


def bare(source: str) -> str:
    """`source` without what editors change on their own: spaces at line ends, blank lines at both ends."""
    return _bare(source) if len(source) > _LONGEST_KEPT else _bare_kept(source)


def _bare(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


_bare_kept = lru_cache(512)(_bare)  # most cells in a class are unchanged from the release


def numbered(source: str) -> list[str]:
    """The lines of `source` as Python counts them: a form feed or a Unicode line separator does not end one."""
    return source.split("\n")


def joined(sources: list[str]) -> list[str]:
    """Code cells, with the parts of split cells joined. Each line is read once, however many parts there are."""
    parts: list[_Part] = []
    for source in sources:
        if not (parts and parts[-1].goes_on_in(source)):
            parts.append(_Part())
        parts[-1].add(source)
    return [part.text for part in parts]


def continues(upper: str, lower: str) -> bool:
    """Whether `lower` looks like the lower half of a split cell: it continues a block that `upper` leaves open."""
    part = _Part()
    part.add(upper)
    return part.goes_on_in(lower)


class _Part:
    """A code cell that is joined from parts, and the blocks around its last line."""

    def __init__(self) -> None:
        self._sources: list[str] = []
        self._last = ""  # its last line of code
        self._levels: dict[int, str] = {}  # the indentation of each block around it, by its length

    @property
    def text(self) -> str:
        return "\n".join(self._sources)

    def add(self, source: str) -> None:
        self._sources.append(source)
        for line in source.splitlines():
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            self._last, blanks = line, _blanks(line)
            while self._levels and next(reversed(self._levels)) >= len(blanks):
                self._levels.popitem()
            self._levels[len(blanks)] = blanks

    def goes_on_in(self, lower: str) -> bool:
        """Whether `lower` begins in a block that has not ended.

        Indentation alone does not show it: Jupyter accepts a cell that is indented for no reason.
        """
        blanks = _blanks(next((line for line in lower.splitlines() if line.strip()), ""))
        if not blanks or not self._last:
            return False
        last = self._last.split("  #")[0].rstrip()
        if last.endswith((":", ",", "(", "[", "{", "\\")):
            return True
        ended = blanks == _blanks(last) and last.split()[0] in ("return", "raise", "break", "continue")
        return self._levels.get(len(blanks)) == blanks and not ended


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


_DEFINITION = re.compile(
    r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)


def definitions(source: str) -> set[str]:
    """The names that `source` appears to define at its top level, judging by its lines."""
    return {function or variable for function, variable in _DEFINITION.findall(source)}


def seems_to_define(source: str, name: str) -> bool:
    """Whether any line of `source` may define `name`: also in a block, after a semicolon, or in a tuple."""
    function = rf"(?:def|class)[ \t]{{1,9}}{name}\b"
    # Bounded, so that a text that repeats the name is not scanned again and again.
    variable = rf"(?<![\w.]){name}[ \t]{{0,9}}(?:,[\w \t,*]{{0,99}})?(?::[^=\n]{{1,99}})?=(?!=)"
    return re.search(f"{function}|{variable}", source) is not None


def words(source: str) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", source))
