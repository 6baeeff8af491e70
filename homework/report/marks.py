"""What people decided in Formgrader: scores and comments of one assignment, read from nbgrader's gradebook.

Plain SQL on nbgrader's tables, three queries for a whole class: importing nbgrader's models alone takes three seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from homework.errors import CourseError
from homework.gradebook.database import db_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from homework.course import Course

_OF_ASSIGNMENT = """
    JOIN submitted_notebook ON submitted_notebook.id = {table}.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN assignment ON assignment.id = submitted_assignment.assignment_id
    JOIN base_cell ON base_cell.id = {table}.cell_id
    WHERE assignment.name = :assignment
"""
_SCORES = (
    "SELECT submitted_assignment.student_id, base_cell.name, grade.manual_score, grade.extra_credit, "
    "grade.needs_manual_grade FROM grade"
    + _OF_ASSIGNMENT.format(table="grade")
    + "AND (grade.manual_score IS NOT NULL OR grade.extra_credit IS NOT NULL)"
)
_COMMENTS = (
    "SELECT submitted_assignment.student_id, base_cell.name, comment.manual_comment FROM comment"
    + _OF_ASSIGNMENT.format(table="comment")
    + "AND comment.manual_comment IS NOT NULL"
)
_PENALTIES = """
    SELECT submitted_assignment.student_id, submitted_notebook.late_submission_penalty FROM submitted_notebook
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN assignment ON assignment.id = submitted_assignment.assignment_id
    WHERE assignment.name = :assignment AND submitted_notebook.late_submission_penalty > 0
"""


class Mark(NamedTuple):
    """What a person gave for one cell; `score` is None where only a comment or extra credit was given.

    `again`: what they gave it for has changed since.
    """

    score: float | None = None
    comment: str = ""
    extra: float = 0.0
    again: bool = False


@dataclass
class Review:
    """What people decided about one submission. `marks` by the cell's name, as in the notebook."""

    marks: dict[str, Mark] = field(default_factory=dict)
    late_penalty: float = 0.0


def load_reviews(course: Course, assignment: str) -> dict[str, Review]:
    """All reviews of an assignment, by student; empty while there is no gradebook.

    Raises CourseError when there is a gradebook that cannot be read: a reviewed answer must not look unreviewed.
    """
    from sqlalchemy import create_engine, inspect, make_url
    from sqlalchemy.exc import SQLAlchemyError

    shown = "set by c.CourseDirectory.db_url"
    try:
        url = make_url(db_url(course))
        shown = url.render_as_string(hide_password=True)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            return {}
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                return _load(connection, assignment) if inspect(connection).has_table("grade") else {}
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CourseError(f"the gradebook {shown} cannot be read: {reason}") from error


def _load(connection: Connection, assignment: str) -> dict[str, Review]:
    from sqlalchemy import text

    reviews: dict[str, Review] = {}
    for student, cell, score, extra, review in connection.execute(text(_SCORES), {"assignment": assignment}):
        reviews.setdefault(student, Review()).marks[cell] = Mark(
            score, "", extra or 0.0, again=score is not None and bool(review)
        )
    for student, cell, comment in connection.execute(text(_COMMENTS), {"assignment": assignment}):
        marks = reviews.setdefault(student, Review()).marks
        marks[cell] = marks.get(cell, Mark())._replace(comment=comment)
    for student, penalty in connection.execute(text(_PENALTIES), {"assignment": assignment}):
        reviews.setdefault(student, Review()).late_penalty += penalty
    return reviews
