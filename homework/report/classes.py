"""`homework report`: the numbers of a class, as a page and as CSV files with the same numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import Any

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.csv_fields import harmless
from homework.gradebook.scores import SubmissionScore, scores_of
from homework.report import alerts
from homework.report import statistics as stats
from homework.report.alerts import Alert
from homework.report.feedback import heading
from homework.report.items import Item, items
from homework.report.long import write_long
from homework.report.pages import write_page
from homework.report.summary import summarize
from homework.report.unnamed import Unnamed, unnamed
from homework.results import Receipt, Status, Verdict, read_receipt
from homework.review.marks import Reviews


@dataclass
class ItemRow:
    """One task over the class. A number is None where too few students make it meaningless.

    `n` have a score in it; `complete` of them have one in all tasks that nearly everybody has, and only these can be
    compared with the rest of their points.
    """

    task: str
    kind: str
    max: float
    n: int
    complete: int
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
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """The share of the class; None where the class is too small for one."""
        return len(self.students) / self.of if self.of >= stats.FEW else None


@dataclass
class Report:
    """Everything on the page."""

    items: list[ItemRow] = field(default_factory=list)
    questions: list[Item] = field(default_factory=list)  # of a quiz
    named: list[Named] = field(default_factory=list)
    unnamed: list[Unnamed] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    students: int = 0
    alpha: float | None = None
    error: float | None = None


def report(course: Course, assignment: str, bank: Mapping[str, float] = MappingProxyType({})) -> Report:
    """The numbers of a class. `bank` has the seconds that right solutions take, by exercise, where that is known.

    Raises UsageError if nothing is graded.
    """
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
    of_items: list[Alert] = []
    for name, x in table.items():
        here = [x[s] for s in complete] if name in known else []
        row = _item(name, cells[name].kind.name, cells[name].points, x, here, totals, complete)
        done.items.append(row)
        of_items += alerts.of_item(name, row.item_rest, here, totals, complete)
    reliable = stats.alpha([[x[s] for s in complete] for x in known.values()])
    if reliable and len(complete) >= stats.ENOUGH and len(known) >= 3:
        done.alpha, done.error = reliable
    done.named = _named(graded.values())
    done.unnamed = unnamed(course, assignment, graded.values())
    done.alerts = [*alerts.of_submissions(receipts), *alerts.of_tests(graded), *of_items]
    for one in done.named:
        done.alerts += alerts.of_misconception(one.exercise, one.name, one.students, one.of)
    done.alerts += alerts.of_times(graded, bank)
    done.questions = items(course.choices(assignment), summarize(graded.values()))
    done.alerts += alerts.of_choices(done.questions)
    done.alerts += alerts.of_reviews(task.questions, *Reviews(course, assignment).load())
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
        n,
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
        Named(*key, said[key], sorted(names), ran[key[0]], *_interval(len(names), ran[key[0]]))
        for key, names in who.items()
    ]
    return sorted(found, key=lambda one: (-len(one.students), one.exercise, one.name))


def _interval(count: int, of: int) -> tuple[float | None, float | None]:
    return stats.wilson(count, of) if of >= stats.FEW else (None, None)


def write_report(course: Course, assignment: str, bank: Mapping[str, float] = MappingProxyType({})) -> Path:
    """Write `report/<assignment>/`: the page, and the same numbers as CSV files. Returns the page."""
    done = report(course, assignment, bank)
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
    if done.questions:
        _csv(
            folder / "options.csv",
            ["question", "option", "right", "count", "of", "rest", "r", "idle", "students"],
            (
                {
                    **vars(one),
                    "question": item.name,
                    "option": one.letter,
                    "right": int(one.right),
                    "count": one.count,
                    "idle": int(one.idle),
                    "students": " ".join(one.students),
                }
                for item in done.questions
                for one in item.options
            ),
        )
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
    _csv(
        folder / "alerts.csv",
        ["alert", "number", "students"],
        ({"alert": a.said, "number": float(a.number), "students": " ".join(a.students)} for a in done.alerts),
    )
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
