"""How far each question is: counted by the database, so that saving one mark reads no other."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, func, select

from homework.gradebook.tables import BASE_CELL, GRADE, SUBMITTED_ASSIGNMENT
from homework.review.rows import written
from homework.review.tables import EVENT


@dataclass
class Progress:
    """How many answers to a question are marked, of how many, and by whom."""

    done: int = 0
    of: int = 0
    graders: dict[str, int] = field(default_factory=dict)


def progress(connection: Connection, assignment: str, question: str | None = None) -> dict[str, Progress]:
    """The progress of each question that has answers, or of one question.

    A grader is credited with an answer whose last event is theirs. A change in Formgrader is an event only after the
    answer was read again (`Reviews.load`).
    """
    newest = select(func.max(EVENT.c.no).label("no")).where(EVENT.c.assignment == assignment)
    if question is not None:
        newest = newest.where(EVENT.c.question == question)
    last = newest.group_by(EVENT.c.question, EVENT.c.student).subquery()
    event = select(EVENT.c.question, EVENT.c.student, EVENT.c.grader).join(last, last.c.no == EVENT.c.no).subquery()
    columns = (BASE_CELL.c.name, GRADE.c.needs_manual_grade, event.c.grader)
    query = (
        written(assignment, question, *columns, func.count().label("answers"))
        .outerjoin(
            event,
            and_(
                event.c.question == BASE_CELL.c.name, event.c.student == SUBMITTED_ASSIGNMENT.c.student_id
            ),
        )
        .group_by(*columns)
        .order_by(event.c.grader)
    )
    found: dict[str, Progress] = {}
    for name, waits, grader, answers in connection.execute(query):
        one = found.setdefault(name, Progress())
        one.of += answers
        if not waits:
            one.done += answers
            if grader is not None:
                one.graders[grader] = answers
    return found
