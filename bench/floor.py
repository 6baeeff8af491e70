"""The floor: the same cells and the same tests in one warm process for each core, without any isolation.

    .venv/bin/python -m bench.floor COURSE ASSIGNMENT SUBMISSIONS OUTPUT --jobs N --limit SECONDS

Nothing is done that the result does not need: torch is imported once, the tests, the references and the cells of the
release are compiled once, the student's cells are executed as they are read, the tests call the student's functions
directly. There is no IPython, no output, no diagnosis, no record. A timer's signal ends what takes too long.

No grader can be this quick and keep its answers, or its own process, from a student.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import CodeType
from typing import Any

from bench.hidden import hidden_tests
from bench.measure import ROOT, Command
from bench.sample import Student
from homework.course import Course
from homework.course.cells import label, task_of

Tests = dict[str, tuple[float, Any]]
_MAX_TIMEOUTS = 2  # then the rest of an exercise's tests are not run, as with us


class OutOfTime(BaseException):
    """What the timer raises: no student's `except Exception` catches it."""


class Floor:
    """Grades with `jobs` processes."""

    sample = False
    starts_once = True

    def __init__(self, course: Course, assignment: str, jobs: int) -> None:
        from homework.submission.template import Template

        self.name = f"floor {jobs}"
        self.title = f"floor, {jobs} warm process{'es' * (jobs > 1)}"
        self.assignment = assignment
        self.jobs = jobs
        self._course = course
        self._template = Template.load(course.assignment(assignment).released_notebook)

    def prepare(self, folder: Path, limit: float) -> None:
        """`limit` seconds a cell, and as much for the tests of an exercise."""
        self.folder = folder
        self._limit = limit
        folder.mkdir(parents=True)

    def fresh(self, students: Sequence[Student]) -> Command:
        """Write what `students` handed in; the command that grades them."""
        submissions = self.folder / "submissions"
        submissions.mkdir(exist_ok=True)
        for path in submissions.iterdir():
            path.unlink()
        for student in students:
            (submissions / f"{student.name}.ipynb").write_bytes(student.notebook(self._template))
        command = [
            sys.executable,
            "-m",
            "bench.floor",
            str(self._course.root),
            self.assignment,
            str(submissions),
        ]
        command += [str(self.folder / "results.json"), "--jobs", str(self.jobs), "--limit", str(self._limit)]
        return Command(command, ROOT, self.folder / "log")

    def warm_seconds(self) -> float:
        """Of the last run what it took once everything was imported and compiled."""
        return float(json.loads((self.folder / "results.json").read_text())["seconds"])

    def scores(self, students: Sequence[Student]) -> dict[str, dict[str, float]]:
        """Points by student and exercise, of the last run."""
        results = json.loads((self.folder / "results.json").read_text())["points"]
        return {
            student.name: {
                name: round(sum(points.values()), 6) for name, points in results[student.name].items()
            }
            for student in students
            if student.name in results
        }


def load_tests(source: str) -> Tests:
    """The tests that the source of `hidden.hidden_tests` makes."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "<hidden tests>", "exec", dont_inherit=True), namespace)
    tests: Tests = namespace["hidden_tests"]()
    return tests


class Grader:
    """Grades submissions of `assignment` in this process."""

    def __init__(self, course: Course, assignment: str, limit: float) -> None:
        import matplotlib.pyplot  # noqa: F401  # the cells need it: it is there before the clock starts
        import torch

        torch.set_num_threads(1)
        self._limit = limit
        self._exercises = list(course.assignment(assignment).exercises)
        self._tests = {name: load_tests(hidden_tests(course, assignment, name)) for name in self._exercises}
        sys.path.insert(0, str(course.assignment(assignment).release))
        signal.signal(signal.SIGALRM, _out_of_time)

    def grade(self, path: Path) -> dict[str, dict[str, float]]:
        """The points of each test, by exercise and test."""
        names: dict[str, Any] = {"__name__": "__main__"}
        points = {}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for cell in json.loads(path.read_bytes())["cells"]:
                if cell["cell_type"] != "code":
                    continue
                self._run("".join(cell["source"]), names)
                said = label(cell)
                if said.grade and not said.solution:
                    exercise = task_of(said.name)
                    points[exercise] = self._judge(exercise, names)
        return points

    def _run(self, source: str, names: dict[str, Any]) -> None:
        with contextlib.suppress(Exception, OutOfTime), _timer(self._limit):
            exec(_compiled(source), names)

    def _judge(self, exercise: str, names: dict[str, Any]) -> dict[str, float]:
        given = {name: names[name] for name in self._exercises if name in names}
        points = {}
        timeouts = 0
        for name, (weight, run) in self._tests[exercise].items():
            points[name] = 0.0
            if timeouts == _MAX_TIMEOUTS:
                continue
            try:
                with _timer(self._limit / 2):
                    run(given)
                points[name] = weight
            except Exception:  # whatever a student's function does, the test failed
                continue
            except OutOfTime:
                timeouts += 1
        return points


@cache
def _compiled(source: str) -> CodeType:
    return compile(source, "<cell>", "exec", dont_inherit=True)


@contextlib.contextmanager
def _timer(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _out_of_time(*_: object) -> None:
    raise OutOfTime


_grader: Grader  # of this process, inherited by the forks


def _one(path: Path) -> tuple[str, dict[str, dict[str, float]]]:
    return path.stem, _grader.grade(path)


def main() -> None:
    """Grade a folder of submissions and write points and seconds as JSON."""
    global _grader
    parser = argparse.ArgumentParser()
    parser.add_argument("course", type=Path)
    parser.add_argument("assignment")
    parser.add_argument("submissions", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--limit", type=float, default=10)
    options = parser.parse_args()
    _grader = Grader(Course(options.course), options.assignment, options.limit)
    paths = sorted(options.submissions.glob("*.ipynb"))
    started = time.perf_counter()
    if options.jobs == 1:
        points = dict(map(_one, paths))
    else:
        with get_context("fork").Pool(options.jobs) as pool:
            points = dict(pool.imap_unordered(_one, paths))
    seconds = time.perf_counter() - started
    options.output.write_text(json.dumps({"seconds": seconds, "points": points}))


if __name__ == "__main__":
    main()
