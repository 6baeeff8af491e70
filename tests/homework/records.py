"""What a course's gradebook and folders contain, to compare one grading with another."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import create_engine, text

from homework.course import Course
from homework.gradebook.database import db_url

_GRADES = """
    SELECT a.student_id, base_cell.name, grade.auto_score, grade.manual_score, grade.extra_credit,
           grade.needs_manual_grade
    FROM submitted_assignment a
    JOIN submitted_notebook s ON s.assignment_id = a.id
    JOIN grade ON grade.notebook_id = s.id
    JOIN base_cell ON base_cell.id = grade.cell_id
"""
_COMMENTS = """
    SELECT a.student_id, base_cell.name, comment.auto_comment, comment.manual_comment
    FROM submitted_assignment a
    JOIN submitted_notebook s ON s.assignment_id = a.id
    JOIN comment ON comment.notebook_id = s.id
    JOIN base_cell ON base_cell.id = comment.cell_id
"""


def rows(course: Course) -> list[tuple[Any, ...]]:
    """Every grade and comment of every student: a duplicate row is in the list twice."""
    engine = create_engine(db_url(course))
    try:
        with engine.connect() as connection:
            found = [tuple(row) for query in (_GRADES, _COMMENTS) for row in connection.execute(text(query))]
    finally:
        engine.dispose()
    return sorted(found, key=repr)


def receipts(course: Course) -> dict[str, Any]:
    """The receipt of every student, without times, durations and the machine."""
    found = {}
    for path in sorted(course.autograded.glob("*/hw1/receipt.json")):
        receipt = json.loads(path.read_text())
        del receipt["recorded"]["at"], receipt["environment"]
        for exercise in receipt["exercises"]:
            del exercise["seconds"]
        found[path.parts[-3]] = receipt
    return found


def notebooks(course: Course) -> dict[str, Any]:
    """The autograded notebook of every student."""
    return {
        path.parts[-3]: json.loads(path.read_text()) for path in course.autograded.glob("*/hw1/hw1.ipynb")
    }


def half_written(course: Course) -> list[str]:
    """Files in `autograded/` that a recording should not have left behind."""
    return sorted(str(path) for path in course.autograded.rglob("*.new*"))
