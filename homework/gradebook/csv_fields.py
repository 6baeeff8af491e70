"""Fields of CSV files that a spreadsheet may open: numbers, and texts that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.ASCII)
# At the start, and after each character that separates cells in some spreadsheet's settings or locale.
_FORMULA = re.compile(r"(?:^|(?<=[;,|\t\r\n]))(?=[\s\"']{0,99}[=+\-@＝＋－＠]|[\t\r])")


def number(value: float | None) -> str:
    """A score; empty for None."""
    return "" if value is None else f"{round(value, 6):g}"


def harmless(value: str) -> str:
    """`value`, quoted where a spreadsheet could take it, or a part of it that becomes a cell, for a formula."""
    return value if _NUMBER.fullmatch(value) else _FORMULA.sub("'", value)
