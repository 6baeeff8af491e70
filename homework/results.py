"""What grading gives: one tree of records, for the API, `--json`, receipts, the gradebook and reports.

The records are the JSON of docs/result-schema.json, field for field. Reading checks every type, so that a file that
was damaged or edited is refused in one place. Importing this imports neither torch nor NumPy.
"""

from __future__ import annotations

import json
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
    """What became of one submission."""

    GRADED = "graded"
    UNREADABLE = "unreadable"  # not a notebook that can be graded: zero points, and a person looks
    GRADER_FAULT = "grader-fault"  # our own failure: no score


class TestResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one hidden test ended; `measured` is what it measured, where points depend on a measurement."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    title: str
    points: float
    score: float
    verdict: Verdict
    message: str
    misconception: str | None
    measured: float | None = None


class ExerciseResult(msgspec.Struct, frozen=True):
    """The tests of one exercise and the points they give."""

    name: str
    score: float
    max: float
    seconds: float
    tests: list[TestResult]

    @property
    def at_fault(self) -> bool:
        """Whether the grader itself failed here, so that no score follows."""
        return any(test.verdict is Verdict.GRADER_FAULT for test in self.tests)

    @property
    def misconceptions(self) -> dict[str, str]:
        """The misconceptions that were named, with their sentences."""
        return {test.misconception: test.message for test in self.tests if test.misconception}


class Submitted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was handed in: the digest of the notebook (None: no file could be read), and what was odd about it.

    `files` are the digests of the files that the assignment asks for with it (None: it is missing, or not taken).
    """

    sha256: str | None
    notes: list[str]
    files: dict[str, str | None] = {}


class Score(msgspec.Struct, frozen=True):
    """The points that hidden tests gave (None: the grader failed), and the questions that wait for a person."""

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
        """Plain data, as docs/result-schema.json describes it."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def without_score(self: _Record, reason: str) -> _Record:
        """The same as a fault of ours, for the `reason` given."""
        score = msgspec.structs.replace(self.score, auto=None)
        return msgspec.structs.replace(self, status=Status.GRADER_FAULT, reason=reason, score=score)

    @classmethod
    def from_json(cls: type[_Record], data: bytes | str) -> _Record:
        """Read what was written. Raises ValueError for what does not have this form, saying where."""
        try:
            # Python's reader, as it is Python's writer: msgspec's refuses half a surrogate pair, which a name may hold.
            return msgspec.convert(json.loads(data, parse_constant=_not_a_number), type=cls)
        except (msgspec.ValidationError, RecursionError) as error:
            raise ValueError(str(error)) from error


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """When and by what a result was recorded, and a digest of what stood in each cell that the student filled."""

    at: str = ""
    by: str = ""
    answers: dict[str, str]


class Receipt(Result, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag=1):
    """A result as it lies next to the autograded notebook."""

    recorded: Recorded

    @classmethod
    def of(cls, result: Result, recorded: Recorded) -> Receipt:
        """The receipt of a result."""
        return cls(**{name: getattr(result, name) for name in result.__struct_fields__}, recorded=recorded)

    def text(self) -> str:
        """The content of the file."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"


def read_receipt(folder: Path) -> Receipt | None:
    """The receipt in `autograded/<student>/<assignment>/`; None if there is none that vouches for a grading."""
    return None if was_interrupted(folder) else last_receipt(folder)


def has_receipt(folder: Path) -> bool:
    """Whether there is a receipt in a folder, be it one that can be read or not."""
    return os.path.exists(folder / RECEIPT)  # noqa: PTH110  Path.exists raises where it may not look


def was_interrupted(folder: Path) -> bool:
    """Whether a grading ended while it was recorded: what stands in the folder may not belong together."""
    return os.path.exists(folder / f"{RECEIPT}.new")  # noqa: PTH110  as above


def last_receipt(folder: Path) -> Receipt | None:
    """The receipt in a folder, even if a later grading was interrupted; None if there is none that can be read."""
    try:
        return Receipt.from_json((folder / RECEIPT).read_bytes())
    except (OSError, ValueError):
        return None


def _not_a_number(name: str) -> float:
    raise ValueError(f"{name} is not a number")
