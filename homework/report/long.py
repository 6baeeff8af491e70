"""One row for each test and question of each student, for statistics programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

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


def write_long(course: Course, assignments: Iterable[str], path: Path) -> None:
    """Write the rows of all graded submissions. Raises UsageError if the file cannot be written."""
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, HEADER, restval="")
            writer.writeheader()
            for name in assignments:
                writer.writerows(rows(course, name))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def rows(course: Course, assignment: str) -> Iterator[dict[str, str]]:
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


def _tests(course: Course, receipt: Receipt, score: SubmissionScore) -> Iterator[dict[str, str]]:
    tasks = course.assignment(receipt.assignment).tasks
    for exercise in receipt.exercises:
        cell = score.cells.get(grade_cell(exercise.name))
        for test in exercise.tests:
            yield {
                "assignment": receipt.assignment,
                "student": harmless(printable(receipt.student)),
                "kind": tasks[exercise.name].kind.name if exercise.name in tasks else "exercise",
                "task": exercise.name,
                "test": test.name,
                "title": harmless(printable(test.title)),
                "verdict": test.verdict,
                "points": number(test.score),
                "max": number(test.points),
                "misconception": test.misconception or "",
                "seconds": number(exercise.seconds),
                "manual": number(cell.manual) if cell else "",
            }


def _questions(
    course: Course,
    assignment: str,
    student: str,
    score: SubmissionScore,
    last: dict[tuple[str, str], Last],
) -> Iterator[dict[str, str]]:
    for question in course.assignment(assignment).questions.values():
        cell = score.cells.get(question.name, CellScore(question.name, True, 0, None, None, 0, True))
        entry = last.get((question.name, student))
        yield {
            "assignment": assignment,
            "student": harmless(printable(student)),
            "kind": question.kind.name,
            "task": question.name,
            "title": harmless(printable(question.title)),
            "points": number(cell.score),
            "max": number(question.points),
            "manual": number(cell.manual),
            "items": ";".join(map(str, entry.after.items or ())) if entry else "",
            "grader": harmless(printable(entry.grader)) if entry else "",
            "reviewed_at": entry.at if entry else "",
        }
