"""One thing that is wrong with an assignment."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What `homework new` leaves to write.
TODO = re.compile(r"\bTODO\b")


@dataclass(frozen=True)
class Problem:
    """`what` is wrong, `where` (a file, or a file and a cell). `task`: the task that it is about, or ""."""

    task: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


def to_do(task: str, where: str, text: str) -> list[Problem]:
    """The problem that `text` has marks of what is still to be written, if so."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if TODO.search(line)]
    if not lines:
        return []
    which = f"line{'s' if lines[1:] else ''} {', '.join(map(str, lines))}"
    return [Problem(task, where, f"says TODO in {which}; write what is asked for there")]
