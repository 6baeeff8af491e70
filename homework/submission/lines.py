"""The look of lines: what a text of the student's seems to define, and where it goes on.

It is never given to a parser, which text can be made to exhaust.
"""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(1024)  # most cells of a class are the release's
def bare(source: str) -> str:
    """`source` without what editors change by themselves: blanks at line ends, blank lines around."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def joined(sources: list[str]) -> list[str]:
    """Code cells, with the parts of split ones put together."""
    parts: list[str] = []
    for source in sources:
        if parts and continues(parts[-1], source):
            parts[-1] += "\n" + source
        else:
            parts.append(source)
    return parts


def continues(upper: str, lower: str) -> bool:
    """Whether `lower` looks like the lower half of a split cell: it goes on where `upper` is not at an end.

    A cell may begin with blanks for no reason, too: Jupyter takes them away.
    """
    first = next((line for line in lower.splitlines() if line.strip()), "")
    blanks = _blanks(first)
    lines = [line for line in upper.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not blanks or not lines:
        return False
    last = lines[-1].split("  #")[0].rstrip()
    if last.endswith((":", ",", "(", "[", "{", "\\")):
        return True
    levels: list[str] = []  # of the blocks that the last line stands in
    for line in lines:
        while levels and len(levels[-1]) > len(_blanks(line)):
            levels.pop()
        if not levels or levels[-1] != _blanks(line):
            levels.append(_blanks(line))
    ended = blanks == _blanks(last) and last.split()[0] in ("return", "raise", "break", "continue")
    return blanks in levels and not ended


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


_DEFINITION = re.compile(
    r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)


def definitions(source: str) -> set[str]:
    """The names that `source` defines at its top level, judged by the look of its lines."""
    return {function or variable for function, variable in _DEFINITION.findall(source)}


def seems_to_define(source: str, name: str) -> bool:
    """Whether some line of `source` may define `name`, be it in a block, after a semicolon or in a tuple."""
    function = rf"(?:def|class)[ \t]{{1,9}}{name}\b"
    # Bounded, lest a text that repeats the name be read over and over again.
    variable = rf"(?<![\w.]){name}[ \t]{{0,9}}(?:,[\w \t,*]{{0,99}})?(?::[^=\n]{{1,99}})?=(?!=)"
    return re.search(f"{function}|{variable}", source) is not None


def words(source: str) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", source))
