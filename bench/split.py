"""Where the time of `homework autograde --jobs 1` goes: read, rebuild, sandbox, judge, record.

    .venv/bin/python -m bench.split OUTPUT homework-arguments...

Runs the command in this process with the functions of PARTS wrapped. Each wrapper's time is its own: what is spent in
another wrapped function inside of it belongs to that. What the judge waits for in the sandbox is thus the sandbox's.
Nothing in the package knows of this; where a name of PARTS has moved, this says so and measures nothing.
"""

from __future__ import annotations

import functools
import importlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.measure import ROOT, Command, cost
from bench.ours import Homework
from bench.sample import Student
from homework.course import Course

# Part, module, name in it. The first one that begins ends the start.
PARTS = (
    ("read", "homework.grading.grader", "read"),
    ("rebuild", "homework.grading.grader", "rebuild"),
    ("sandbox: cells", "homework.grading.attempt", "Attempt.wait"),
    ("sandbox: end", "homework.grading.attempt", "Attempt.__exit__"),
    ("sandbox: calls", "homework.grading.answering", "Answering.call"),
    ("judge", "homework.judge.judge", "Judge.run"),
    ("record", "homework.gradebook.record", "Recorder.record"),
)
REST = "rest"
START = "start"


def split(
    course: Course, assignment: str, students: Sequence[Student], folder: Path, limit: float
) -> dict[str, Any]:
    """Seconds of each part over `students`, in a process of its own."""
    homework = Homework(course, assignment, 1)
    homework.prepare(folder / "split", limit)
    grade = homework.fresh(students)
    output = folder / "split.json"
    arguments = [sys.executable, "-m", "bench.split", str(output), *grade.arguments[3:]]
    cost(Command(arguments, ROOT, grade.log, grade.environment))
    return {"submissions": len(students), "seconds": json.loads(output.read_text())}


class _Clock:
    """Charges the time that passes to the part on top of a stack."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._stack = [START]
        self._since = time.perf_counter()

    def _charge(self) -> None:
        now = time.perf_counter()
        self.spent[self._stack[-1]] += now - self._since
        self._since = now

    def wrapped(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            self._charge()
            if self._stack == [START]:
                self._stack[:] = [REST]
            self._stack.append(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._charge()
                self._stack.pop()

        return wrapper

    def end(self) -> dict[str, float]:
        self._charge()
        return {part: self.spent[part] for part in (START, *(part for part, _, _ in PARTS), REST)}


def _wrap(clock: _Clock) -> None:
    for part, module, name in PARTS:
        place: Any = importlib.import_module(module)
        *path, last = name.split(".")
        try:
            for step in path:
                place = getattr(place, step)
            setattr(place, last, clock.wrapped(part, getattr(place, last)))
        except AttributeError:
            sys.exit(f"bench/split.py: {module} has no {name} any more: say in PARTS what it is called now")


def main() -> None:
    """Run a command of `homework` and write the seconds of its parts."""
    clock = _Clock()
    _wrap(clock)
    from homework.cli import main as homework

    homework(sys.argv[2:], standalone_mode=False)
    Path(sys.argv[1]).write_text(json.dumps(clock.end()))


if __name__ == "__main__":
    main()
