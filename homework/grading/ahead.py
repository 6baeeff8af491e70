"""Begin with the next item while one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Begun = TypeVar("Begun")


def one_ahead(
    begin: Callable[[Item, Begun | None], Begun], end: Callable[[Begun], None], items: Iterable[Item]
) -> Generator[tuple[Item, Begun], None, None]:
    """Each item with what `begin` makes of it and of the one before; the next is begun before one is handed out.

    What was begun and is never handed out is ended by `end`.
    """
    begun: deque[tuple[Item, Begun]] = deque()
    try:
        for item in items:
            before = begun[-1][1] if begun else None
            begun.append((item, begin(item, before)))
            if len(begun) > 1:
                yield begun.popleft()
        while begun:
            yield begun.popleft()
    finally:
        for _, one in begun:
            end(one)
