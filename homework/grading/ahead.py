"""Begin the next item while the current one is being processed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Begun = TypeVar("Begun")


def one_ahead(
    begin: Callable[[Item, Begun | None], Begun], end: Callable[[Begun], None], items: Iterable[Item]
) -> Generator[tuple[Item, Begun], None, None]:
    """Yield each item with the result of `begin`, which gets the item and the result for the previous one.

    The next item is begun before an item is yielded. What was begun and never yielded is passed to `end`.
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
