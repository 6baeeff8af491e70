"""The results of a class summed up: scores, tests, misconceptions, submissions that need a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean, median

from homework.results import Curve, ExerciseResult, Result, Status, Verdict


@dataclass
class TestRate:
    """One hidden test, over a class."""

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
    """One misconception, and the students whose feedback names it."""

    exercise: str
    name: str
    sentence: str
    students: list[str] = field(default_factory=list)


@dataclass
class ExerciseRates:
    """One exercise, over a class. `measured` has what was measured, by student and by the name of its curve.

    `named` are the students who agreed to be named there.
    """

    name: str
    max: float
    scores: list[float] = field(default_factory=list)
    tests: dict[str, TestRate] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)
    measured: dict[str, dict[str, float]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

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


@dataclass(frozen=True)
class StudentRow:
    """One submission in the tables of a class: the part of its result that they show."""

    student: str
    status: Status
    reason: str
    auto: float | None
    to_review: int
    notes: tuple[str, ...]
    scores: dict[str, float]  # by exercise
    misunderstood: tuple[str, ...]
    faults: tuple[tuple[str, str, str], ...]  # exercise, test, message


@dataclass
class ClassSummary:
    """A class, summed up as its results arrive; the results are not kept.

    Scores and rates cover the submissions that are graded; the others are listed.
    """

    assignments: list[str] = field(default_factory=list)
    auto_max: float = 0.0
    exercises: dict[str, ExerciseRates] = field(default_factory=dict)
    environments: set[tuple[tuple[str, str], ...]] = field(default_factory=set)
    _rows: dict[str, StudentRow] = field(default_factory=dict)
    _misunderstood: dict[tuple[str, str], Misunderstood] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Add one result."""
        student, graded, score = result.student, result.status is Status.GRADED, result.score
        if result.assignment not in self.assignments:
            self.assignments.append(result.assignment)
        self.auto_max = max(self.auto_max, float(score.auto_max))
        self.environments.add(tuple(sorted(result.environment.items())))
        exercises = result.exercises
        for exercise in exercises:
            rates = self.exercises.setdefault(exercise.name, ExerciseRates(exercise.name, exercise.max))
            if graded:
                self._count(student, rates, exercise)
        self._rows[student] = StudentRow(
            student,
            result.status,
            result.reason,
            score.auto,
            len(score.to_review),
            tuple(result.submission.notes),
            {exercise.name: exercise.score for exercise in exercises},
            tuple({name: None for exercise in exercises for name in exercise.misconceptions}),
            tuple(
                (exercise.name, test.name, test.message)
                for exercise in exercises
                for test in exercise.tests
                if test.verdict is Verdict.GRADER_FAULT
            ),
        )

    def _count(self, student: str, rates: ExerciseRates, exercise: ExerciseResult) -> None:
        rates.scores.append(exercise.score)
        for test in exercise.tests:
            name = test.name
            if name not in rates.tests:
                rates.tests[name] = TestRate(name, test.title, test.points)
            rate = rates.tests[name]
            rate.of += 1
            rate.passed += test.verdict is Verdict.PASSED
            if test.curve is not None and test.measured is not None:
                rates.curves.setdefault(test.curve.name, test.curve)
                rates.measured.setdefault(student, {})[test.curve.name] = test.measured
                rates.named |= {student} if test.named else set()
        for name, sentence in exercise.misconceptions.items():
            key = (rates.name, name)
            self._misunderstood.setdefault(key, Misunderstood(*key, sentence)).students.append(student)

    @property
    def rows(self) -> list[StudentRow]:
        """The submissions, by student."""
        return [self._rows[student] for student in sorted(self._rows)]

    @property
    def misconceptions(self) -> list[Misunderstood]:
        """The misconceptions that were named, most frequent first, each with its students sorted by name."""
        order = list(self.exercises)
        for found in self._misunderstood.values():
            found.students.sort()
        return sorted(
            self._misunderstood.values(),
            key=lambda found: (-len(found.students), order.index(found.exercise), found.name),
        )

    def of_status(self, status: Status) -> list[StudentRow]:
        """The submissions with this status."""
        return [row for row in self.rows if row.status == status]

    @property
    def scores(self) -> list[float]:
        """The scores from tests of the graded submissions, lowest first."""
        return sorted(row.auto for row in self.of_status(Status.GRADED) if row.auto is not None)

    @property
    def mean(self) -> float | None:
        """The mean score; None while nothing is graded."""
        return fmean(self.scores) if self.scores else None

    @property
    def median(self) -> float | None:
        """The median score; None while nothing is graded."""
        return median(self.scores) if self.scores else None

    @property
    def to_review(self) -> int:
        """How many written answers there are to review; unreadable submissions are not counted."""
        return sum(row.to_review for row in self._rows.values() if row.status is not Status.UNREADABLE)


def summarize(results: Iterable[Result] | ClassSummary) -> ClassSummary:
    """Sum up the results of a class, unless that is already done."""
    if isinstance(results, ClassSummary):
        return results
    summary = ClassSummary()
    for result in results:
        summary.add(result)
    return summary
