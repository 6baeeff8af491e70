"""How far each question is: counted by the database, so that saving one mark reads no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

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
    asked = {"assignment": assignment, "question": question}
    found: dict[str, Progress] = {}
    for name, waits, grader, answers in connection.execute(_query(question is not None), asked):
        one = found.setdefault(name, Progress())
        one.of += answers
        if not waits:
            one.done += answers
            if grader is not None:
                one.graders[grader] = answers
    return found


@cache
def _query(question: bool) -> Select[Any]:
    last = (
        select(EVENT.c.grader)
        .where(
            EVENT.c.assignment == bindparam("assignment"),
            EVENT.c.question == BASE_CELL.c.name,
            EVENT.c.student == SUBMITTED_ASSIGNMENT.c.student_id,
        )
        .order_by(EVENT.c.no.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (BASE_CELL.c.name, GRADE.c.needs_manual_grade, last.label("grader"))
    each = written(*columns, question=question).subquery()
    return select(*each.c, func.count()).group_by(*each.c).order_by(each.c.grader)
