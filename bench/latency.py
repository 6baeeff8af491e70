"""How long one notebook takes: cold (the command, from nothing) and warm (in a grader that runs), with its parts.

    .venv/bin/python bench/latency.py [--runs N] [--json FILE]

Cold is a whole process: Python, torch, the zygote, the probes, one grading. Warm is what each further submission
costs, for a right solution, the untouched release and wrong ones (whose diagnosis runs the misconceptions). Medians;
nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from homework.course import Course
from homework.grading import Grader
from homework.judge import Bank
from homework.sandbox.sandbox import Sandbox
from homework.submission.handin import Submission
from homework.submission.splice import splice


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    course = Course.find(Path(__file__))
    rows = [*cold(course, options.runs), *warm(course, options.runs)]
    table = Table(title=f"one notebook of hw1, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for column in ("what", "median s", "min s", "max s", "runs"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, times in rows:
        table.add_row(name, *(f"{f(times):.3f}" for f in (statistics.median, min, max)), str(len(times)))
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps(dict(rows), indent=1) + "\n")


def timed(action: Callable[[], Any]) -> float:
    """Seconds of wall clock that `action` takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def cold(course: Course, runs: int) -> list[tuple[str, list[float]]]:
    """The commands, each a process of its own."""
    homework = [sys.executable, "-m", "homework"]
    notebook = str(course.assignment("hw1").released_notebook)
    commands = {
        "cold: homework --help": [*homework, "--help"],
        "cold: homework grade, one notebook": [*homework, "grade", "--assignment", "hw1", "--json", notebook],
    }
    quiet = {"stdout": subprocess.DEVNULL, "check": True}
    return [
        (name, [timed(lambda c=command: subprocess.run(c, **quiet)) for _ in range(runs)])
        for name, command in commands.items()
    ]


def warm(course: Course, runs: int) -> list[tuple[str, list[float]]]:
    """Submissions in one grader, and the parts of the time."""
    grader = Grader(course, "hw1")
    banks = {exercise.name: exercise.bank for exercise in grader.exercises}
    references = "\n\n".join(bank.code() for bank in banks.values())
    right = json.dumps(splice(grader.template, references)).encode()
    blank = json.dumps(grader.template.notebook).encode()
    wrong = [json.dumps(splice(grader.template, _wrong(banks, number))).encode() for number in range(runs)]
    classes = {
        "warm: right": [right] * runs,
        "warm: untouched": [blank] * runs,
        "warm: one wrong exercise": wrong,
    }
    rows = []
    with grader, tempfile.TemporaryDirectory():
        grader.grade([Submission("first", right)])  # starts the zygote, collects the tests
        for name, notebooks in classes.items():
            moments = [time.perf_counter()]
            submissions = [Submission(f"s{number}", data) for number, data in enumerate(notebooks)]
            grader.grade_each(submissions, lambda _, moments=moments: moments.append(time.perf_counter()))
            # The first one carries pytest's start, which a batch pays once.
            rows.append((name, [b - a for a, b in pairwise(moments[1:])]))
        empty = [timed(lambda: _session(grader.sandbox, grader)) for _ in range(runs)]
        rows.append(("warm: part of it, an empty session", empty))
    return rows


def _wrong(banks: dict[str, Bank], number: int) -> str:
    parts = []
    names = list(banks)
    for name, bank in banks.items():
        alone = [entry for entry in bank.misconceptions.values() if not entry.also]
        parts.append(bank.code(alone[number % len(alone)] if name == names[number % len(names)] else None))
    return "\n\n".join(parts)


def _session(sandbox: Sandbox, grader: Grader) -> None:
    with sandbox.session(grader.limits, seed=1) as session:
        session.run_cell("x", "1")


if __name__ == "__main__":
    main()
