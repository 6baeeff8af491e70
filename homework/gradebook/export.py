"""Grades as CSV: a row for each student and assignment, a column for each exercise and question.

nbgrader export --to grades.csv             # the configuration names HomeworkExporter
homework export -o grades.csv               # the same file
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection

from homework.course import Course
from homework.errors import CourseError, UsageError
from homework.gradebook.csv_fields import harmless, number
from homework.gradebook.database import connect, readable_errors
from homework.gradebook.late import WITHOUT_TIME, bring_up_to_date, reported
from homework.gradebook.scores import SubmissionScore, load_scores
from homework.results import Status, read_receipt
from homework.submission.files import submissions

_FIRST = ("assignment", "student", "last_name", "first_name", "email")
_LAST = ("auto", "manual", "late_penalty", "total", "max", "to_review", "status", "submitted", "notes")


def export_csv(
    course: Course,
    path: Path,
    assignments: Collection[str] | None = None,
    students: Collection[str] | None = None,
) -> None:
    """Write the grades of every student in the gradebook to the CSV file `path`.

    The column of an exercise or question contains the score that counts (a person's if there is one, with extra
    credit); it is empty while there is none. `auto` and `manual` are the points from tests and from people, before
    the penalty. Raises UsageError for an unknown assignment.
    """
    for name in assignments or ():
        course.assignment(name)
    with connect(course) as connection:
        write_csv(course, connection, path, assignments, students)


def write_csv(
    course: Course,
    connection: Connection,
    path: Path,
    assignments: Collection[str] | None = None,
    students: Collection[str] | None = None,
) -> None:
    """`export_csv` on an open connection. The file is replaced only when it is complete."""
    with readable_errors(course):
        scores = load_scores(connection, assignments, students)
    bring_up_to_date(course, scores)
    columns: dict[str, str] = {}  # grade cell to column
    for name in sorted({one.assignment for one in scores}):
        if name in course.assignments:
            for tasks in course.assignment(name).groups.values():
                columns.update({task.grade_cell: _column(task.name) for task in tasks})
    for one in scores:
        columns.update({cell: _column(cell) for cell in one.cells if cell not in columns})
    there = {
        name: _in_submitted(course, name) for name in {one.assignment for one in scores}
    }  # with its note
    header = [*_FIRST, *dict.fromkeys(columns.values()), *_LAST]
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(
                {
                    key: harmless(value)
                    for key, value in _row(course, one, columns, there[one.assignment]).items()
                }
                for one in scores
            )
        fresh.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _column(task: str) -> str:
    """The column of a task; one that is called `max` or `total` must not replace the column of that name."""
    return f"task {task}" if task in (*_FIRST, *_LAST) else task


def _in_submitted(course: Course, assignment: str) -> dict[str, str]:
    """The students of whom something is in submitted/, and what is to be said of it; empty if that is not known."""
    try:
        return {
            one.student: WITHOUT_TIME if reported(course, one) else ""
            for one in submissions(course, assignment)
        }
    except CourseError:
        return {}


def _row(
    course: Course, one: SubmissionScore, columns: dict[str, str], there: dict[str, str]
) -> dict[str, str]:
    cells = one.cells.values()
    receipt = read_receipt(course.autograded / one.student / one.assignment)
    last, first, email = one.names
    maximum = (
        course.assignment(one.assignment).max_points
        if one.assignment in course.assignments
        else sum(cell.max for cell in cells)
    )
    notes = [receipt.reason, *receipt.submission.notes] if receipt else []
    notes += [one.late_problem, there.get(one.student, "")]
    if there and one.student not in there:
        notes.append("nothing of this student is in submitted/ now")
    return {
        "assignment": one.assignment,
        "student": one.student,
        "last_name": last,
        "first_name": first,
        "email": email,
        **{columns[cell.name]: number(cell.score) for cell in cells},
        "auto": number(sum(cell.auto or 0.0 for cell in cells if cell.manual is None)),
        "manual": number(sum((cell.manual or 0.0) + cell.extra for cell in cells if cell.score is not None)),
        "late_penalty": number(one.penalty),
        "total": number(one.total),
        "max": number(maximum),
        "to_review": str(sum(cell.review for cell in cells)),
        "status": (receipt.status if receipt else Status.GRADED) if one.handed_in else "missing",
        "submitted": f"{one.timestamp} UTC" if one.timestamp else "",
        "notes": "; ".join(note for note in notes if note) if one.handed_in else "",
    }
