"""What the results of a class say together: scores, tests, misconceptions, who needs a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any


@dataclass
class TestRate:
    """One hidden test over a class."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    title: str
    points: float
    passed: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """The share of submissions that pass it."""
        return self.passed / self.of if self.of else 0.0


@dataclass
class Misunderstood:
    """One misconception and those it was named to."""

    exercise: str
    name: str
    sentence: str
    students: list[str] = field(default_factory=list)


@dataclass
class ExerciseRates:
    """One exercise over a class."""

    name: str
    max: float
    scores: list[float] = field(default_factory=list)
    tests: dict[str, TestRate] = field(default_factory=dict)

    @property
    def mean(self) -> float:
        """The mean score; 0 while nothing is graded."""
        return fmean(self.scores) if self.scores else 0.0

    @property
    def full(self) -> int:
        """How many have full marks."""
        return sum(score >= self.max - 1e-9 for score in self.scores)

    @property
    def none(self) -> int:
        """How many have no marks."""
        return sum(score <= 1e-9 for score in self.scores)


@dataclass
class ClassSummary:
    """A class. Scores and rates are over the submissions that are graded; the others are listed."""

    results: Sequence[dict[str, Any]]
    exercises: dict[str, ExerciseRates]
    misconceptions: list[Misunderstood]

    def of_status(self, status: str) -> list[dict[str, Any]]:
        """The results with this status."""
        return [result for result in self.results if result["status"] == status]

    @property
    def scores(self) -> list[float]:
        """The scores by tests of what is graded, lowest first."""
        return sorted(result["score"]["auto"] for result in self.of_status("graded"))

    @property
    def mean(self) -> float | None:
        """The mean score; None while nothing is graded."""
        return fmean(self.scores) if self.scores else None

    @property
    def median(self) -> float | None:
        """The median score; None while nothing is graded."""
        return median(self.scores) if self.scores else None

    @property
    def auto_max(self) -> float:
        """The points that tests give."""
        return max((float(result["score"]["auto_max"]) for result in self.results), default=0.0)

    @property
    def to_review(self) -> int:
        """How many written answers there are to review; of what is unreadable nobody knows."""
        return sum(
            len(result["score"]["to_review"]) for result in self.results if result["status"] != "unreadable"
        )


def summarise(results: Iterable[dict[str, Any]]) -> ClassSummary:
    """Put the results of a class together."""
    results = list(results)
    exercises: dict[str, ExerciseRates] = {}
    misconceptions: dict[tuple[str, str], Misunderstood] = {}
    for result in results:
        for exercise in result["exercises"]:
            rates = exercises.setdefault(exercise["name"], ExerciseRates(exercise["name"], exercise["max"]))
            if result["status"] != "graded":
                continue
            rates.scores.append(exercise["score"])
            for test in exercise["tests"]:
                rate = rates.tests.setdefault(
                    test["name"], TestRate(test["name"], test["title"], test["points"])
                )
                rate.of += 1
                rate.passed += test["verdict"] == "passed"
            for name, sentence in named(exercise).items():
                misconceptions.setdefault(
                    (exercise["name"], name), Misunderstood(exercise["name"], name, sentence)
                ).students.append(result["student"])
    ranked = sorted(misconceptions.values(), key=lambda found: -len(found.students))
    return ClassSummary(results, exercises, ranked)


def named(exercise: dict[str, Any]) -> dict[str, str]:
    """The misconceptions named in one exercise of a result, with their sentences."""
    return {test["misconception"]: test["message"] for test in exercise["tests"] if test["misconception"]}
