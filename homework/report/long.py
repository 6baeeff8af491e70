"""One row for each test and question of each student, for statistics programs: as CSV, or as Parquet with types."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from homework.course import Course
from homework.course.cells import grade_cell
from homework.errors import UsageError
from homework.gradebook.csv_fields import harmless, number
from homework.gradebook.scores import CellScore, SubmissionScore, scores_of
from homework.results import Receipt, Status, read_receipt
from homework.review.marks import Last, Reviews
from homework.untrusted.text import printable

HEADER = (
    *("assignment", "student", "kind", "task", "test", "title", "verdict", "points", "max", "misconception"),
    *("seconds", "manual", "items", "grader", "reviewed_at"),
)
_NUMBERS = frozenset({"points", "max", "seconds", "manual"})
_TIME = "reviewed_at"  # UTC, as ISO 8601
Row = dict[str, str | float | None]


def write_long(course: Course, assignments: Iterable[str], path: Path) -> None:
    """Write the rows of all graded submissions, as Parquet if the file is called so.

    Raises UsageError if the file cannot be written, or if Parquet needs a library that is not installed.
    """
    found = (row for name in assignments for row in rows(course, name))
    try:
        (_parquet if path.suffix == ".parquet" else _csv)(found, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error


def _csv(found: Iterable[Row], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        for row in found:
            writer.writerow(
                {
                    name: harmless(value) if isinstance(value, str) else number(value)
                    for name, value in row.items()
                }
            )


def _parquet(found: Iterable[Row], path: Path) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UsageError(
            f"{path} needs the library pyarrow: install it with `pip install '.[parquet]'`, or write a .csv"
        ) from None
    columns: dict[str, list[Any]] = {name: [] for name in HEADER}
    for row in found:
        for name, values in columns.items():
            values.append(_typed(name, row.get(name)))
    types = {**dict.fromkeys(HEADER, pa.string()), **dict.fromkeys(_NUMBERS, pa.float64())}
    types[_TIME] = pa.timestamp("ms", tz="UTC")
    table = pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})
    temporary = path.with_name(f".{path.name}.new")
    try:
        parquet.write_table(table, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _typed(name: str, value: str | float | None) -> Any:
    """A value of a column as Parquet has it: numbers as the CSV file rounds them, nothing where that is empty."""
    if value is None or value == "":
        return None
    if name in _NUMBERS:
        return float(number(float(value)))
    return datetime.fromisoformat(str(value)) if name == _TIME else str(value)


def rows(course: Course, assignment: str) -> Iterator[Row]:
    """The rows of one assignment, by student."""
    scores = scores_of(course, assignment)
    last: dict[tuple[str, str], Last] = {}
    if scores:
        _, last = Reviews(course, assignment).load()
    for student, score in scores.items():
        receipt = read_receipt(course.autograded / student / assignment)
        if receipt is not None and receipt.status is Status.GRADED:
            yield from _tests(course, receipt, score)
        yield from _questions(course, assignment, student, score, last)


def _tests(course: Course, receipt: Receipt, score: SubmissionScore) -> Iterator[Row]:
    tasks = course.assignment(receipt.assignment).tasks
    for exercise in receipt.exercises:
        cell = score.cells.get(grade_cell(exercise.name))
        for test in exercise.tests:
            yield {
                "assignment": receipt.assignment,
                "student": printable(receipt.student),
                "kind": tasks[exercise.name].kind.name if exercise.name in tasks else "exercise",
                "task": exercise.name,
                "test": test.name,
                "title": printable(test.title),
                "verdict": test.verdict,
                "points": test.score,
                "max": test.points,
                "misconception": test.misconception or "",
                "seconds": exercise.seconds,
                "manual": cell.manual if cell else None,
            }


def _questions(
    course: Course,
    assignment: str,
    student: str,
    score: SubmissionScore,
    last: dict[tuple[str, str], Last],
) -> Iterator[Row]:
    for question in course.assignment(assignment).questions.values():
        cell = score.cells.get(question.name, CellScore(question.name, True, 0, None, None, 0, True))
        entry = last.get((question.name, student))
        yield {
            "assignment": assignment,
            "student": printable(student),
            "kind": question.kind.name,
            "task": question.name,
            "title": printable(question.title),
            "points": cell.score,
            "max": question.points,
            "manual": cell.manual,
            "items": ";".join(map(str, entry.after.items or ())) if entry else "",
            "grader": printable(entry.grader) if entry else "",
            "reviewed_at": entry.at if entry else "",
        }
