"""Numbers with what they count, in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 page`, `2 pages`. `many` is the plural where it is not `one` with an s, as in `3 answers wait`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
