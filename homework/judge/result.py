"""What judging gives: plain records, the same for the API, `--json`, receipts and reports (docs/result-schema.json)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PASSED, FAILED, ERROR, TIMEOUT = "passed", "failed", "error", "timeout"
MEMORY, CRASHED, SKIPPED, GRADER_FAULT = "memory", "crashed", "skipped", "grader-fault"


@dataclass
class TestResult:
    """How one hidden test ended."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    title: str
    points: float
    score: float
    verdict: str
    message: str = ""
    misconception: str | None = None


@dataclass
class ExerciseResult:
    """The tests of one exercise and the points they give."""

    name: str
    score: float
    max: float
    seconds: float
    tests: list[TestResult]

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable form."""
        return {**vars(self), "tests": [{**vars(test)} for test in self.tests]}

    @property
    def at_fault(self) -> bool:
        """Whether the grader itself failed here, so that no score follows."""
        return any(test.verdict == GRADER_FAULT for test in self.tests)
