"""What needs a look in a class, each with its number and the students behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median

from homework.counted import counted
from homework.report import statistics as stats
from homework.report.items import Item
from homework.results import Receipt, Status, Verdict
from homework.review.marks import Last, Place
from homework.review.rows import Row

_MANY = 20  # students of whom a test that all pass tells nothing
_COMMON = 0.25  # the share of a class from which a misconception is a matter for the lecture
_SLOW = 5  # times what the bank's solutions take
_NOTICED = 0.5  # seconds: below, a time is the machine's
_ADJUSTED = 0.1  # the share of answers from which a rubric does not fit


@dataclass(frozen=True)
class Alert:
    """One thing to look at: in words, its number, and whose work it is about."""

    said: str
    number: float
    students: list[str]

    @classmethod
    def of(cls, said: str, number: float, students: Iterable[str]) -> Alert:
        """An alert with the students in order."""
        return cls(said, number, sorted(students))


def of_tests(graded: Mapping[str, Receipt]) -> Iterator[Alert]:
    """Tests that ran and that nobody passed, and tests that tell nothing, since everybody passed."""
    ran: dict[tuple[str, str], dict[str, bool]] = {}
    for student, receipt in graded.items():
        for exercise in receipt.exercises:
            for test in exercise.tests:
                if test.verdict not in (Verdict.SKIPPED, Verdict.GRADER_FAULT):
                    passed = test.verdict is Verdict.PASSED
                    ran.setdefault((exercise.name, test.name), {})[student] = passed
    for (task, name), right in ran.items():
        n = len(right)
        if not any(right.values()) and n >= stats.FEW:
            yield Alert.of(f"{task}, {name}: none of {n} passed", 0, right)
        elif all(right.values()) and n >= _MANY:
            yield Alert.of(f"{task}, {name}: all {n} passed; it tells nothing", n, right)


def of_item(
    task: str, r: float | None, x: Sequence[float], totals: Sequence[float], students: Sequence[str]
) -> Iterator[Alert]:
    """A task in which stronger students do worse, with those above the mean either in it or elsewhere."""
    if r is None or r >= 0 or len(x) < stats.ENOUGH:
        return
    rest = [total - own for own, total in zip(x, totals, strict=True)]
    here, elsewhere = fmean(x), fmean(rest)
    against = [
        student
        for student, own, others in zip(students, x, rest, strict=True)
        if (own - here) * (others - elsewhere) < 0
    ]
    yield Alert.of(f"{task}: item–rest correlation {r:.2f} of {len(x)}", r, against)


def of_misconception(exercise: str, name: str, students: Sequence[str], of: int) -> Iterator[Alert]:
    """A misconception of a quarter of the class or more."""
    if of >= stats.FEW and len(students) / of >= _COMMON:
        share = len(students) / of
        yield Alert.of(
            f"{exercise}: {len(students)} of {of} ({100 * share:.0f} %) have {name}", share, students
        )


def of_times(graded: Mapping[str, Receipt], bank: Mapping[str, float]) -> Iterator[Alert]:
    """Exercises that take the class far longer than the bank's right solutions, which took the seconds in `bank`."""
    times: dict[str, dict[str, float]] = {}
    for student, receipt in graded.items():
        for exercise in receipt.exercises:
            times.setdefault(exercise.name, {})[student] = exercise.seconds
    for name, seconds in times.items():
        least = max(_SLOW * bank.get(name, float("inf")), _NOTICED)
        middle = median(seconds.values())
        if len(seconds) >= stats.FEW and middle > least:
            slow = [student for student, one in seconds.items() if one > least]
            said = f"{name}: takes {middle:.2g} s (median), and the bank's solutions {bank[name]:.2g} s"
            yield Alert.of(said, middle / bank[name] if bank[name] else middle, slow)


def of_choices(items: Iterable[Item]) -> Iterator[Alert]:
    """Questions of a quiz whose key may be wrong."""
    for item in items:
        for one in item.options:
            if one.doubtful and one.r is not None:
                by = "the key, and chosen by the weaker" if one.right else "wrong, and chosen by the stronger"
                said = f"{item.name}, {one.letter}) {one.text}: {by} (r {one.r:.2f})"
                yield Alert.of(f"{said}: is the key right?", one.r, one.students)


def of_submissions(receipts: Mapping[str, Receipt | None]) -> Iterator[Alert]:
    """Submissions with a fault of the grader, and those that could not be read."""
    known = {name: one for name, one in receipts.items() if one is not None}
    faults = [
        name
        for name, one in known.items()
        if one.status is Status.GRADER_FAULT or any(exercise.at_fault for exercise in one.exercises)
    ]
    if faults:
        yield Alert.of(
            f"{counted(len(faults), 'submission')} with a fault of the grader", len(faults), faults
        )
    if unread := [name for name, one in known.items() if one.status is Status.UNREADABLE]:
        yield Alert.of(f"{counted(len(unread), 'submission')} could not be read", len(unread), unread)


def of_reviews(
    questions: Collection[str], rows: Mapping[Place, Row], last: Mapping[Place, Last]
) -> Iterator[Alert]:
    """Answers that wait, rubrics that do not fit, and graders who differ."""
    left = {
        name: [s for (one, s), row in rows.items() if one == name and row.mark.review] for name in questions
    }
    if waiting := {name: len(students) for name, students in left.items() if students}:
        number = sum(waiting.values())
        each = ", ".join(f"{name} {count}" for name, count in waiting.items())
        yield Alert.of(
            f"{counted(number, 'answer')} left to mark: {each}", number, set().union(*left.values())
        )
    for question in questions:
        here = {student: row for (name, student), row in rows.items() if name == question}
        for how, without in (("adjusted", False), ("scored without rubric items", True)):
            moved = [
                student
                for student, row in here.items()
                if row.mark.adjust and (row.mark.items is None) is without
            ]
            if len(here) >= stats.FEW and len(moved) > _ADJUSTED * len(here):
                share = len(moved) / len(here)
                said = f"{question}: {len(moved)} of {len(here)} ({100 * share:.0f} %) {how}"
                yield Alert.of(said, share, moved)
        by: dict[str, dict[str, float]] = {}
        for student, row in here.items():
            if row.mark.score is not None and (question, student) in last:
                by.setdefault(last[question, student].grader, {})[student] = row.mark.score
        for one, other in combinations(sorted(by), 2):
            found = stats.drift([*by[one].values()], [*by[other].values()])
            if found and found.alarming:
                interval = f"{found.low:.2f} to {found.high:.2f}"
                said = f"{question}: {one} gives {found.by:+.2f} ({interval}) against {other}"
                yield Alert.of(said, found.by, {**by[one], **by[other]})
