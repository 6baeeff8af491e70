"""Numbers with what they count, and lists that end somewhere, in words."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 page`, `2 pages`. `many` is the plural where it is not `one` with an s, as in `3 answers wait`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def listed(names: Sequence[str], most: int = 10) -> str:
    """`ada, bob`, and of more than `most` only these: `ada, bob and 3 others`."""
    more = f" and {counted(len(names) - most, 'other')}" if len(names) > most else ""
    return ", ".join(names[:most]) + more
