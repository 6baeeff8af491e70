"""Marks of written answers as the gradebook has them, read with one query."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select, update

from homework.gradebook.tables import (
    ASSIGNMENT,
    BASE_CELL,
    COMMENT,
    GRADE,
    GRADE_CELL,
    SOLUTION_CELL,
    SUBMITTED_ASSIGNMENT,
    SUBMITTED_NOTEBOOK,
    new_id,
)
from homework.review.tables import APPLIED


def number_of(key: str) -> int:
    """The number of the answer with a key, as the table keeps it; never 0."""
    return int(key[:7], 16) + 1


@dataclass(frozen=True)
class Mark:
    """All that is known about the mark of one answer. `items` is None while none was chosen.

    `group` is None for the group that was found, 0 for none, otherwise the number of an answer (`number_of`) that it
    was put next to.
    """

    auto: float | None = None
    score: float | None = None
    extra: float | None = None
    review: bool = True
    comment: str = ""
    items: tuple[int, ...] | None = None
    adjust: float | None = None
    free: str = ""
    group: int | None = None
    flagged: bool = False

    def version(self, answer: str) -> str:
        """A digest of what a grader decides on: the answer, the score, the comment, the items."""
        items = None if self.items is None else list(self.items)
        content = [answer, self.auto, self.score, self.extra, self.review, self.comment, items, self.adjust]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]

    def text(self) -> str:
        """The mark as JSON, for the log of events."""
        return json.dumps(self.__dict__, sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Mark:
        """The mark in an event."""
        data = json.loads(text)
        if "alone" in data:  # as it was written before answers could be put into groups
            data["group"] = 0 if data.pop("alone") else None
        return cls(**{**data, "items": None if data["items"] is None else tuple(data["items"])})


@dataclass(frozen=True)
class Row:
    """A mark and where it is in the gradebook."""

    question: str
    student: str
    grade: str
    notebook: str
    solution: str
    comment: str | None
    mark: Mark


def load(
    connection: Connection, assignment: str, question: str | None = None, student: str | None = None
) -> dict[tuple[str, str], Row]:
    """The rows of an assignment by question and student. Those of one student are locked until the transaction ends."""
    asked = {"assignment": assignment, "question": question, "student": student}
    if (
        student is not None and connection.dialect.name != "sqlite"
    ):  # there a transaction is the only one that writes
        # Locked before it is read: a query that waits for the lock sees the joined tables as they were before.
        connection.execute(_lock(question is not None), asked)
    rows = {}
    for row in connection.execute(_query(question is not None, student is not None), asked):
        mark = Mark(
            row.auto_score,
            row.manual_score,
            row.extra_credit,
            bool(row.needs_manual_grade),
            row.manual_comment or "",
            None if row.items is None else tuple(json.loads(row.items)),
            row.adjust,
            row.free_text or "",
            row.group_no,
            bool(row.flagged),
        )
        place = (row.question, row.student_id)
        rows[place] = Row(*place, row.id, row.notebook_id, row.solution_id or "", row.comment_id, mark)
    return rows


def written(*columns: Any, question: bool = False, student: bool = False) -> Select[Any]:
    """A query for `columns` of the grades of written answers, a row for each, with the parameter `assignment`.

    It has the parameters `question` and `student`, too, where it is for one only. Made once for each use: to make a
    query takes longer than to run it.
    """
    query = (
        select(*columns)
        .select_from(GRADE)
        .join(BASE_CELL, BASE_CELL.c.id == GRADE.c.cell_id)
        .join(GRADE_CELL, and_(GRADE_CELL.c.id == GRADE.c.cell_id, GRADE_CELL.c.cell_type == "markdown"))
        .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.id == GRADE.c.notebook_id)
        .join(SUBMITTED_ASSIGNMENT, SUBMITTED_ASSIGNMENT.c.id == SUBMITTED_NOTEBOOK.c.assignment_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMITTED_ASSIGNMENT.c.assignment_id)
        .where(ASSIGNMENT.c.name == bindparam("assignment"))
    )
    if question:
        query = query.where(BASE_CELL.c.name == bindparam("question"))
    return query.where(SUBMITTED_ASSIGNMENT.c.student_id == bindparam("student")) if student else query


@cache
def _query(question: bool, student: bool) -> Select[Any]:
    typed = (
        select(BASE_CELL.c.id, BASE_CELL.c.name, BASE_CELL.c.notebook_id)
        .join(SOLUTION_CELL, SOLUTION_CELL.c.id == BASE_CELL.c.id)
        .subquery()
    )
    columns = [
        GRADE,
        APPLIED,
        BASE_CELL.c.name.label("question"),
        SUBMITTED_ASSIGNMENT.c.student_id,
        typed.c.id.label("solution_id"),
        COMMENT.c.id.label("comment_id"),
        COMMENT.c.manual_comment,
    ]
    same_cell = and_(typed.c.name == BASE_CELL.c.name, typed.c.notebook_id == BASE_CELL.c.notebook_id)
    same_place = and_(COMMENT.c.cell_id == typed.c.id, COMMENT.c.notebook_id == GRADE.c.notebook_id)
    return (
        written(*columns, question=question, student=student)
        .outerjoin(APPLIED, APPLIED.c.grade_id == GRADE.c.id)
        .outerjoin(typed, same_cell)
        .outerjoin(COMMENT, same_place)
    )


@cache
def _lock(question: bool) -> Select[Any]:
    return written(GRADE.c.id, question=question, student=True).with_for_update(of=GRADE)


def write(connection: Connection, row: Row, mark: Mark) -> Row | None:
    """Replace the mark of `row`, if it is still what the row says. Returns the row as it is now.

    Returns None if it is not. `row` must be locked: then only its comment can have changed, and nothing is written.
    """
    old, comment = row.mark, row.comment
    if mark.comment != old.comment and comment is not None:
        here = [COMMENT.c.id == comment, func.coalesce(COMMENT.c.manual_comment, "") == old.comment]
        said = update(COMMENT).where(*here).values(manual_comment=mark.comment or None)
        if connection.execute(said).rowcount != 1:
            return None
    elif mark.comment != old.comment and row.solution:
        comment = new_id()
        new = {"id": comment, "notebook_id": row.notebook, "cell_id": row.solution}
        connection.execute(insert(COMMENT), {**new, "manual_comment": mark.comment})
    same = [
        GRADE.c.id == row.grade,
        GRADE.c.auto_score.is_not_distinct_from(old.auto),
        GRADE.c.manual_score.is_not_distinct_from(old.score),
        GRADE.c.extra_credit.is_not_distinct_from(old.extra),
        GRADE.c.needs_manual_grade == old.review,
    ]
    values = {"manual_score": mark.score, "extra_credit": mark.extra, "needs_manual_grade": mark.review}
    if connection.execute(update(GRADE).where(*same).values(**values)).rowcount != 1:
        return None
    _write_applied(connection, row.grade, mark)
    return replace(row, comment=comment, mark=mark)


def _write_applied(connection: Connection, grade: str, mark: Mark) -> None:
    values: dict[str, Any] = {
        "items": None if mark.items is None else json.dumps(mark.items),
        "adjust": mark.adjust,
        "free_text": mark.free,
        "group_no": mark.group,
        "flagged": mark.flagged,
    }
    if connection.execute(update(APPLIED).where(APPLIED.c.grade_id == grade).values(**values)).rowcount == 0:
        connection.execute(insert(APPLIED), {"grade_id": grade, **values})
