"""`homework report`: the numbers of a class, as a page and as CSV files with the same numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.csv_fields import harmless
from homework.gradebook.scores import SubmissionScore, scores_of
from homework.report import statistics as stats
from homework.report.feedback import heading
from homework.report.long import write_long
from homework.report.pages import write_page
from homework.report.unnamed import Unnamed, unnamed
from homework.results import Receipt, Status, Verdict, read_receipt
from homework.review.marks import Reviews

_MANY = 20
_COMMON = 0.25  # the share of a class from which a misconception is a matter for the lecture


@dataclass
class ItemRow:
    """One task over the class. A number is None where too few students make it meaningless."""

    task: str
    kind: str
    max: float
    n: int
    facility: float | None
    full: int
    item_rest: float | None
    low: float | None
    high: float | None
    discrimination: float | None
    efficiency: float | None


@dataclass
class Named:
    """One misconception: the students whose tests named it, of those whose tests ran."""

    exercise: str
    name: str
    sentence: str
    students: list[str]
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share of the class."""
        return len(self.students) / self.of if self.of else 0.0


@dataclass
class Report:
    """Everything on the page."""

    items: list[ItemRow] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    unnamed: list[Unnamed] = field(default_factory=list)
    alerts: list[tuple[str, str]] = field(default_factory=list)  # what, who
    students: int = 0
    alpha: float | None = None
    error: float | None = None


def report(course: Course, assignment: str) -> Report:
    """The numbers of a class. Raises UsageError if nothing is graded."""
    task = course.assignment(assignment)
    scores = scores_of(course, assignment)
    receipts = {name: read_receipt(course.autograded / name / assignment) for name in scores}
    graded = {name: one for name, one in receipts.items() if one and one.status is Status.GRADED}
    if not graded:
        raise UsageError(f"no {assignment} is graded yet: run `homework autograde {assignment}` first")
    done = Report(students=len(graded))
    cells = {one.name: one for one in task.tasks.values() if not one.bonus}
    table = {name: _scores(scores, graded, one.grade_cell) for name, one in cells.items()}
    known = {name: x for name, x in table.items() if len(x) >= 0.9 * len(graded)}
    complete = [name for name in sorted(graded) if all(name in x for x in known.values())]
    totals = [sum(x[name] for x in known.values()) for name in complete]
    for name, x in table.items():
        here = [x[s] for s in complete] if name in known else []
        done.items.append(_item(name, cells[name].kind.name, cells[name].points, x, here, totals, complete))
    reliable = stats.alpha([[x[s] for s in complete] for x in known.values()])
    if reliable and len(complete) >= stats.ENOUGH and len(known) >= 3:
        done.alpha, done.error = reliable
    done.named = _named(graded.values())
    done.unnamed = unnamed(course, assignment, graded.values())
    done.alerts = [*_test_alerts(graded), *_item_alerts(done), *_faults(receipts)]
    done.alerts += _review_alerts(Reviews(course, assignment))
    return done


def _scores(scores: dict[str, SubmissionScore], graded: dict[str, Receipt], cell: str) -> dict[str, float]:
    found = {name: scores[name].cells[cell] for name in graded if cell in scores[name].cells}
    return {name: one.score for name, one in found.items() if one.score is not None and not one.review}


def _item(
    name: str,
    kind: str,
    most: float,
    x: dict[str, float],
    here: list[float],
    totals: list[float],
    names: list[str],
) -> ItemRow:
    n, r = len(here), None
    if n >= stats.SOME:
        r = stats.item_rest(here, totals)
    interval = stats.fisher(r, n)
    enough = n >= stats.ENOUGH
    return ItemRow(
        name,
        kind,
        most,
        len(x),
        fmean(x.values()) / most if len(x) >= stats.FEW and most else None,
        sum(score >= most - 1e-9 for score in x.values()),
        r,
        interval[0] if interval else None,
        interval[1] if interval else None,
        stats.discrimination(here, most, totals, names) if enough else None,
        stats.efficiency(here, totals) if enough else None,
    )


def _named(results: Iterable[Receipt]) -> list[Named]:
    who: dict[tuple[str, str], list[str]] = {}
    said: dict[tuple[str, str], str] = {}
    ran: dict[str, int] = {}
    for result in results:
        for exercise in result.exercises:
            ran[exercise.name] = ran.get(exercise.name, 0) + any(
                test.verdict is not Verdict.SKIPPED for test in exercise.tests
            )
            for name, sentence in exercise.misconceptions.items():
                who.setdefault((exercise.name, name), []).append(result.student)
                said[exercise.name, name] = sentence
    found = [
        Named(*key, said[key], sorted(names), ran[key[0]], *stats.wilson(len(names), ran[key[0]]))
        for key, names in who.items()
    ]
    return sorted(found, key=lambda one: (-len(one.students), one.exercise, one.name))


def _test_alerts(graded: dict[str, Receipt]) -> list[tuple[str, str]]:
    ran: dict[tuple[str, str], list[bool]] = {}
    for receipt in graded.values():
        for exercise in receipt.exercises:
            for test in exercise.tests:
                if test.verdict is not Verdict.SKIPPED:
                    right = test.verdict is Verdict.PASSED
                    ran.setdefault((exercise.name, test.name), []).append(right)
    alerts = []
    for (task, name), passed in ran.items():
        if not any(passed) and len(passed) >= stats.FEW:
            alerts.append((f"{task}, {name}: none of {len(passed)} passed", ""))
        elif all(passed) and len(passed) >= _MANY:
            alerts.append((f"{task}, {name}: all {len(passed)} passed; it tells nothing", ""))
    return alerts


def _item_alerts(done: Report) -> list[tuple[str, str]]:
    alerts = [
        (f"{item.task}: item–rest correlation {item.item_rest:.2f}", "")
        for item in done.items
        if item.item_rest is not None and item.item_rest < 0 and item.n >= stats.ENOUGH
    ]
    return alerts + [
        (f"{one.exercise}: {100 * one.share:.0f} % have {one.name}", ", ".join(one.students))
        for one in done.named
        if one.share >= _COMMON and one.of >= stats.FEW
    ]


def _faults(receipts: dict[str, Receipt | None]) -> list[tuple[str, str]]:
    bad = sorted(name for name, one in receipts.items() if one and one.status is not Status.GRADED)
    needs = "submission needs" if len(bad) == 1 else "submissions need"
    return [(f"{len(bad)} {needs} a person", ", ".join(bad))] if bad else []


def _review_alerts(reviews: Reviews) -> list[tuple[str, str]]:
    rows, last = reviews.load()
    alerts = []
    for question in reviews.task.questions:
        here = {student: row for (name, student), row in rows.items() if name == question}
        if left := sorted(student for student, row in here.items() if row.mark.review):
            wait = "answer waits" if len(left) == 1 else "answers wait"
            alerts.append((f"{question}: {len(left)} {wait}", ", ".join(left)))
        for how, without in (("adjusted", False), ("scored without rubric items", True)):
            moved = sorted(
                student
                for student, row in here.items()
                if row.mark.adjust and (row.mark.items is None) is without
            )
            if len(moved) > 0.1 * len(here):
                alerts.append((f"{question}: {len(moved)} of {len(here)} {how}", ", ".join(moved)))
        by: dict[str, list[float]] = {}
        for student, row in here.items():
            if row.mark.score is not None and (question, student) in last:
                by.setdefault(last[question, student].grader, []).append(row.mark.score)
        for one, other in combinations(sorted(by), 2):
            found = stats.drift(by[one], by[other])
            if found and found.alarming:
                interval = f"{found.low:.2f} to {found.high:.2f}"
                alerts.append((f"{question}: {one} gives {found.by:+.2f} ({interval}) against {other}", ""))
    return alerts


def write_report(course: Course, assignment: str) -> Path:
    """Write `report/<assignment>/`: the page, and the same numbers as CSV files. Returns the page."""
    done = report(course, assignment)
    folder = course.root / "report" / assignment
    page = write_page(
        folder / "index.html",
        "report.html.j2",
        title=heading(course.assignment(assignment)),
        assignment=assignment,
        report=done,
        number=number,
    )
    _csv(folder / "items.csv", list(ItemRow.__dataclass_fields__), (vars(item) for item in done.items))
    _csv(
        folder / "misconceptions.csv",
        ["exercise", "name", "count", "of", "share", "low", "high", "students"],
        (
            {**vars(one), "count": len(one.students), "share": one.share, "students": " ".join(one.students)}
            for one in done.named
        ),
    )
    _csv(
        folder / "unnamed.csv",
        ["exercise", "group", "count", "tests", "message", "students"],
        (
            {
                **vars(one),
                "count": len(one.students),
                "tests": " ".join(one.tests),
                "students": " ".join(one.students),
            }
            for one in done.unnamed
        ),
    )
    _csv(folder / "alerts.csv", ["alert", "students"], ({"alert": a, "students": s} for a, s in done.alerts))
    write_long(course, [assignment], folder / "long.csv")
    return page


def number(value: float | None) -> str:
    """A number with three decimals; empty for None."""
    return "" if value is None else f"{value:.3f}"


def _csv(path: Path, header: list[str], rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _field(value) for key, value in row.items()})


def _field(value: Any) -> Any:
    if value is None or isinstance(value, float):
        return number(value)
    return harmless(value) if isinstance(value, str) else value
