"""What `homework check` found out, kept beside the course, each with the digest of all that it depends on.

Theory of operation. There is one file for each assignment, so that what is kept does not grow. Whether it still holds
is decided by digests of contents alone (`course/fingerprint.py`). A file that is damaged, of another version or not
ours counts as none, and is replaced as a whole. Only what need not be looked at again is kept: no exercise with a
problem, and none in which a limit was reached, as that may have been the machine's fault.

The folder holds what hidden tests say of wrong solutions, so it is where these are: no student code can read it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from statistics import median

import msgspec

from homework.commands.fairness import SolutionRow
from homework.course import Course
from homework.results import Verdict

_FOLDER = ".homework_cache"
_MOST_BYTES = 16 << 20
_MOST_SELECTIONS = 50  # of tasks, whose problems are kept
_OF_LIMITS = {Verdict.TIMEOUT, Verdict.MEMORY, Verdict.CRASHED, Verdict.GRADER_FAULT}


class _Rows(msgspec.Struct, forbid_unknown_fields=True):
    digest: str
    rows: list[SolutionRow]


class Kept(msgspec.Struct, forbid_unknown_fields=True):
    """What is kept of one assignment: `problems` by the tasks that were chosen, rows by exercise."""

    whole: str = ""  # the digest of the assignment that has the problems
    problems: dict[str, list[str]] = {}
    exercises: dict[str, _Rows] = {}

    @classmethod
    def read(cls, course: Course, assignment: str) -> Kept:
        """What is kept; nothing if there is no file, or not a whole one of ours."""
        try:
            with _file(course, assignment).open("rb") as file:
                seal, _, data = file.read(_MOST_BYTES).partition(b"\n")
            if seal != _seal(data):
                return cls()
            return msgspec.json.decode(data, type=cls)
        except (OSError, msgspec.MsgspecError, RecursionError):
            return cls()

    def rows_of(self, exercise: str, digest: str) -> list[SolutionRow] | None:
        """The rows of an exercise, if they are of this `digest`."""
        found = self.exercises.get(exercise)
        return found.rows if found is not None and found.digest == digest else None

    def problems_of(self, whole: str, only: Collection[str] | None) -> list[str] | None:
        """The problems that belong to no solution, if the assignment is the same."""
        return self.problems.get(_chosen(only)) if self.whole == whole else None

    def seconds(self) -> dict[str, float]:
        """How long the tests of the right solutions took (median), by exercise, where that is known."""
        times = {
            name: [row.seconds for row in kept.rows if row.kind in ("reference", "variant") and row.seconds]
            for name, kept in self.exercises.items()
        }
        return {name: median(one) for name, one in times.items() if one}

    def keep(self, exercise: str, digest: str, rows: list[SolutionRow]) -> None:
        """Keep the rows of an exercise, if all is well with them."""
        well = not any(row.problem or _OF_LIMITS & set(row.verdicts.values()) for row in rows)
        if well:
            self.exercises[exercise] = _Rows(digest, rows)
        else:
            self.exercises.pop(exercise, None)

    def keep_problems(self, whole: str, only: Collection[str] | None, problems: list[str]) -> None:
        """Keep the problems that belong to no solution."""
        if self.whole != whole or len(self.problems) > _MOST_SELECTIONS:
            self.whole, self.problems = whole, {}
        self.problems[_chosen(only)] = problems

    def write(self, course: Course, assignment: str) -> None:
        """Replace the file. Where the course cannot be written to, nothing is kept."""
        tasks = course.assignment(assignment).exercises
        self.exercises = {name: rows for name, rows in self.exercises.items() if name in tasks}
        data = msgspec.json.encode(self)
        path = _file(course, assignment)
        with suppress(OSError):  # a read-only checkout
            path.parent.mkdir(parents=True, exist_ok=True)
            ignore = course.root / _FOLDER / ".gitignore"
            if not ignore.exists():
                ignore.write_text("# Made by `homework check`, and safe to delete.\n*\n", "utf-8")
            new = path.with_name(f"{path.name}.{os.getpid()}")
            try:
                new.write_bytes(_seal(data) + b"\n" + data)
                new.replace(path)
            finally:
                new.unlink(missing_ok=True)


def _file(course: Course, assignment: str) -> Path:
    return course.root / _FOLDER / "check" / f"{assignment}.json"


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def _chosen(only: Collection[str] | None) -> str:
    return json.dumps(None if only is None else sorted(only))
