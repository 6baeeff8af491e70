"""Marks of written answers as the gradebook has them: one query for grades, one for comments."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from homework.gradebook.tables import (
    ASSIGNMENT,
    BASE_CELL,
    COMMENT,
    GRADE,
    GRADE_CELL,
    NOTEBOOK,
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
    query = (
        select(
            GRADE,
            BASE_CELL.c.name.label("question"),
            BASE_CELL.c.notebook_id.label("book"),
            SUBMITTED_ASSIGNMENT.c.student_id,
            APPLIED.c["items"].label("chosen"),
            *(APPLIED.c[name] for name in ("grade_id", "adjust", "free_text", "group_no", "flagged")),
        )
        .join(BASE_CELL, BASE_CELL.c.id == GRADE.c.cell_id)
        .join(GRADE_CELL, and_(GRADE_CELL.c.id == GRADE.c.cell_id, GRADE_CELL.c.cell_type == "markdown"))
        .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.id == GRADE.c.notebook_id)
        .join(SUBMITTED_ASSIGNMENT, SUBMITTED_ASSIGNMENT.c.id == SUBMITTED_NOTEBOOK.c.assignment_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMITTED_ASSIGNMENT.c.assignment_id)
        .outerjoin(APPLIED, APPLIED.c.grade_id == GRADE.c.id)
        .where(ASSIGNMENT.c.name == assignment)
    )
    cells = (
        select(BASE_CELL.c.name, SOLUTION_CELL.c.id)
        .join(SOLUTION_CELL, SOLUTION_CELL.c.id == BASE_CELL.c.id)
        .join(NOTEBOOK, NOTEBOOK.c.id == BASE_CELL.c.notebook_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == NOTEBOOK.c.assignment_id)
        .where(ASSIGNMENT.c.name == assignment)
    )
    said = select(COMMENT)
    if question is not None:
        query = query.where(BASE_CELL.c.name == question)
        cells = cells.where(BASE_CELL.c.name == question)
    if student is not None:
        query = query.where(SUBMITTED_ASSIGNMENT.c.student_id == student).with_for_update(of=GRADE)
    found = connection.execute(query).all()
    solution = {row.name: row.id for row in connection.execute(cells)}
    said = said.where(COMMENT.c.cell_id.in_(list(solution.values())))
    if student is not None:
        said = said.where(COMMENT.c.notebook_id.in_([row.notebook_id for row in found])).with_for_update()
    comments = {(row.notebook_id, row.cell_id): row for row in connection.execute(said)}
    rows = {}
    for row in found:
        cell = solution.get(row.question, "")
        comment = comments.get((row.notebook_id, cell))
        mark = Mark(
            row.auto_score,
            row.manual_score,
            row.extra_credit,
            bool(row.needs_manual_grade),
            (comment.manual_comment or "") if comment else "",
            None if row.chosen is None else tuple(json.loads(row.chosen)),
            row.adjust,
            row.free_text or "",
            row.group_no,
            bool(row.flagged),
        )
        place = (row.question, row.student_id)
        rows[place] = Row(*place, row.id, row.notebook_id, cell, comment.id if comment else None, mark)
    return rows


def write(connection: Connection, row: Row, mark: Mark) -> bool:
    """Replace the mark of `row`, if it is still what the row says. Returns whether it was."""
    old = row.mark
    same = [
        GRADE.c.auto_score.is_not_distinct_from(old.auto),
        GRADE.c.manual_score.is_not_distinct_from(old.score),
        GRADE.c.extra_credit.is_not_distinct_from(old.extra),
        GRADE.c.needs_manual_grade == old.review,
    ]
    values = {"manual_score": mark.score, "extra_credit": mark.extra, "needs_manual_grade": mark.review}
    done = connection.execute(update(GRADE).where(GRADE.c.id == row.grade, *same).values(**values))
    if done.rowcount != 1:
        return False
    if mark.comment != old.comment:
        _write_comment(connection, row, mark.comment)
    _write_applied(connection, row.grade, mark)
    return True


def _write_comment(connection: Connection, row: Row, text: str) -> None:
    if row.comment is not None:
        connection.execute(
            update(COMMENT).where(COMMENT.c.id == row.comment).values(manual_comment=text or None)
        )
    elif row.solution:
        new = {"id": new_id(), "notebook_id": row.notebook, "cell_id": row.solution, "manual_comment": text}
        connection.execute(insert(COMMENT), new)


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
