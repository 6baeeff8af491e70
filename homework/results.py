"""Results: one tree of records for the API, `--json`, receipts, the gradebook and reports.

The records match docs/result-schema.json field by field. Reading checks every type, so that a damaged or edited file
is rejected in one place. Imports neither torch nor NumPy.
"""

from __future__ import annotations

import json
import math
import os
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import msgspec

RECEIPT = "receipt.json"
_Record = TypeVar("_Record", bound="Result")


class Verdict(StrEnum):
    """How one hidden test ended."""

    PASSED = "passed"
    FAILED = "failed"  # the answer differs from the reference's
    ERROR = "error"  # the student's code raised, or is missing
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    SKIPPED = "skipped"
    GRADER_FAULT = "grader-fault"  # our own failure


class Status(StrEnum):
    """How the grading of one submission ended."""

    GRADED = "graded"
    UNREADABLE = "unreadable"  # not a notebook that can be graded: zero points, flagged for a person
    GRADER_FAULT = "grader-fault"  # our own failure: no score


def fraction(value: float, start: float, end: float, *, log: bool) -> float:
    """How far `value` is from `start` to `end`: 0 to 1, also beyond them; in the logarithm if `log`."""
    if log:
        start, end, value = math.log(start), math.log(end), math.log(max(value, 1e-300))
    return min(1.0, max(0.0, (value - start) / (end - start)))


class Curve(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a measured value becomes points: none at `none`, all at `full`, on a line between them, and flat beyond.

    `log`: the line is one in the logarithm of the value. `percent`: the value is a share, written in percent.
    """

    name: str
    none: float
    full: float
    log: bool = False
    percent: bool = False

    def share(self, value: float) -> float:
        """The share of the points, from 0 to 1, that `value` gives."""
        return fraction(value, self.none, self.full, log=self.log)

    def shown(self, value: float) -> str:
        """`value` as people write it."""
        return f"{100 * value:.1f} %" if self.percent else f"{value:,.6g}" if value < 1e6 else f"{value:,.0f}"


class TestResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one hidden test ended. `measured` is its measurement, if points depend on one.

    `curve` is from `measured` to points, if it is to be drawn; `named`: the student agreed to be named where a class
    sees the values of all. `series` are the sequences to be drawn, each by its name, by the name of the drawing.
    `answers` is a digest of what the student's functions answered, if the test disagreed with it: equal ones are equal
    to the bit. It is for instructors; no page for students has it.
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    title: str
    points: float
    score: float
    verdict: Verdict
    message: str
    misconception: str | None
    measured: float | None = None
    answers: str = ""
    curve: Curve | None = None
    named: bool = False
    series: dict[str, dict[str, list[float]]] = {}


class ExerciseResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """The tests of one exercise and the points from them.

    `depends` is a digest of what decides them besides the submission and the environment, "" if that is not known.
    """

    name: str
    score: float
    max: float
    seconds: float
    tests: list[TestResult]
    depends: str = ""

    @property
    def at_limit(self) -> bool:
        """Whether a limit was reached: on another day, or with other tests before it, it might not be."""
        limits = (Verdict.TIMEOUT, Verdict.MEMORY, Verdict.CRASHED)
        return any(test.verdict in limits for test in self.tests)

    @property
    def at_fault(self) -> bool:
        """Whether the grader itself failed here, so that there is no score."""
        return any(test.verdict is Verdict.GRADER_FAULT for test in self.tests)

    @property
    def misconceptions(self) -> dict[str, str]:
        """The sentences of the misconceptions that were named, by name."""
        return {test.misconception: test.message for test in self.tests if test.misconception}


class Submitted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was handed in: the digest of the notebook (None if no file could be read), and notes about it.

    `files` are the digests of the other files that the assignment asks for (None if one is missing or was refused),
    `documents` those of files next to it that may hold answers (None if one could not be read).
    """

    sha256: str | None
    notes: list[str]
    files: dict[str, str | None] = {}
    documents: dict[str, str | None] = {}


class Score(msgspec.Struct, frozen=True):
    """The points from hidden tests (None if the grader failed), and the questions that a person has to grade."""

    auto: float | None
    auto_max: float
    to_review: list[str]


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag=1):
    """The result of grading one submission. `reason` says why the status is not `graded`."""

    assignment: str
    student: str
    status: Status
    submission: Submitted
    score: Score
    exercises: list[ExerciseResult]
    environment: dict[str, str]
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data as described by docs/result-schema.json."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def without_score(self: _Record, reason: str) -> _Record:
        """The same as a fault of ours, for the `reason` given."""
        score = msgspec.structs.replace(self.score, auto=None)
        return msgspec.structs.replace(self, status=Status.GRADER_FAULT, reason=reason, score=score)

    @classmethod
    def from_json(cls: type[_Record], data: bytes | str) -> _Record:
        """Read what `to_json` wrote. Raises ValueError for anything else, with the place of the mismatch."""
        try:
            # Python's own reader and writer: msgspec's reader rejects lone surrogates, which a name can contain.
            return msgspec.convert(json.loads(data, parse_constant=_not_a_number), type=cls)
        except (msgspec.ValidationError, RecursionError) as error:
            raise ValueError(str(error)) from error


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """When and by what a result was recorded, with a digest of each cell that the student filled in."""

    at: str = ""
    by: str = ""
    answers: dict[str, str]


class Receipt(Result, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag=1):
    """A result as stored next to the autograded notebook."""

    recorded: Recorded

    @classmethod
    def of(cls, result: Result, recorded: Recorded) -> Receipt:
        """The receipt for `result`."""
        return cls(**{name: getattr(result, name) for name in result.__struct_fields__}, recorded=recorded)

    def text(self) -> str:
        """The content of the file."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"


def read_receipt(folder: Path) -> Receipt | None:
    """The receipt in `autograded/<student>/<assignment>/`; None if there is none, or if its grading was interrupted."""
    return None if was_interrupted(folder) else last_receipt(folder)


def has_receipt(folder: Path) -> bool:
    """Whether there is a receipt in a folder, be it one that can be read or not."""
    return os.path.exists(folder / RECEIPT)  # noqa: PTH110  Path.exists raises where it may not look


def was_interrupted(folder: Path) -> bool:
    """Whether a grading ended while it was being recorded, so that the files in the folder may not match."""
    return os.path.exists(folder / f"{RECEIPT}.new")  # noqa: PTH110  as above


def last_receipt(folder: Path) -> Receipt | None:
    """The receipt in a folder, even if a later grading was interrupted; None if it is missing or cannot be read."""
    try:
        return Receipt.from_json((folder / RECEIPT).read_bytes())
    except (OSError, ValueError):
        return None


def _not_a_number(name: str) -> float:
    raise ValueError(f"{name} is not a number")
