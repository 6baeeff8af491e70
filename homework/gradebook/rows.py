"""The gradebook's rows for one submission: what nbgrader would have written to its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from time import time_ns
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from homework.gradebook.tables import (
    COMMENT,
    GRADE,
    STUDENT,
    SUBMITTED_ASSIGNMENT,
    SUBMITTED_NOTEBOOK,
    new_id,
)

# Built once: building a statement takes longer than running it in SQLite.
_SUBMISSION = (
    select(
        SUBMITTED_ASSIGNMENT.c.id,
        SUBMITTED_ASSIGNMENT.c.extension,
        SUBMITTED_ASSIGNMENT.c.timestamp,
        SUBMITTED_NOTEBOOK.c.id.label("notebook"),
        SUBMITTED_NOTEBOOK.c.late_submission_penalty.label("penalty"),
    )
    .outerjoin(
        SUBMITTED_NOTEBOOK,
        and_(
            SUBMITTED_NOTEBOOK.c.assignment_id == SUBMITTED_ASSIGNMENT.c.id,
            SUBMITTED_NOTEBOOK.c.notebook_id == bindparam("notebook"),
        ),
    )
    .where(
        SUBMITTED_ASSIGNMENT.c.student_id == bindparam("student"),
        SUBMITTED_ASSIGNMENT.c.assignment_id == bindparam("assignment"),
    )
)
_STUDENT = select(STUDENT.c.id).where(STUDENT.c.id == bindparam("student"))
# Locked, if the database supports it, against a grader who enters a score in Formgrader at the same time.
_GRADES = select(GRADE).where(GRADE.c.notebook_id == bindparam("notebook")).with_for_update()
_COMMENTS = select(COMMENT.c.id, COMMENT.c.cell_id, COMMENT.c.auto_comment).where(
    COMMENT.c.notebook_id == bindparam("notebook")
)
_SET_TIME = (
    update(SUBMITTED_ASSIGNMENT)
    .where(SUBMITTED_ASSIGNMENT.c.id == bindparam("row"))
    .values(timestamp=bindparam("time"))
)
_SET_SCORE = (
    update(GRADE)
    .where(GRADE.c.id == bindparam("row"))
    .values(auto_score=bindparam("auto"), needs_manual_grade=bindparam("review"))
)
_SET_COMMENT = update(COMMENT).where(COMMENT.c.id == bindparam("row")).values(auto_comment=bindparam("said"))
_SET_PENALTY = (
    update(SUBMITTED_NOTEBOOK)
    .where(SUBMITTED_NOTEBOOK.c.id == bindparam("row"))
    .values(late_submission_penalty=bindparam("points"))
)
_ADD_STUDENT = insert(STUDENT).values(id=bindparam("id"))
_ADD_SUBMISSION = insert(SUBMITTED_ASSIGNMENT).values(
    {name: bindparam(name) for name in ("id", "assignment_id", "student_id", "timestamp")}
)
_ADD_NOTEBOOK = insert(SUBMITTED_NOTEBOOK).values(
    {name: bindparam(name) for name in ("id", "assignment_id", "notebook_id", "flagged")}
)


@dataclass(frozen=True)
class KnownCells:
    """The ids in the gradebook of an assignment, its notebook and its cells (by name)."""

    assignment: str
    notebook: str
    grade: dict[str, str]
    solution: dict[str, str]


@dataclass(frozen=True)
class AutoGrade:
    """What the grader says about one grade cell: its score, and whether a person has to review the cell `answer`."""

    score: float | None
    review: bool
    answer: str


@dataclass(frozen=True)
class SubmissionRow:
    """A submission and its notebook in the gradebook."""

    id: str
    notebook: str
    extension: Any = None
    penalty: float | None = None


class SubmissionRows:
    """The rows of one submission, inside one transaction."""

    def __init__(self, connection: Connection, cells: KnownCells) -> None:
        self.connection = connection
        self.cells = cells

    def submission(self, student: str, time: datetime | None) -> SubmissionRow:
        """The student's submission, created if missing, with its time updated."""
        cells, execute = self.cells, self.connection.execute
        keys = {"student": student, "assignment": cells.assignment, "notebook": cells.notebook}
        row = execute(_SUBMISSION, keys).first()
        if row is not None and row.timestamp != time:
            execute(_SET_TIME, {"row": row.id, "time": time})
        if row is None:
            if execute(_STUDENT, keys).first() is None:
                execute(_ADD_STUDENT, {"id": student})
            submission = new_id()
            key = {"assignment_id": cells.assignment, "student_id": student}
            execute(_ADD_SUBMISSION, {"id": submission, **key, "timestamp": time})
        else:
            submission = row.id
            if row.notebook is not None:
                return SubmissionRow(submission, row.notebook, row.extension, row.penalty)
        notebook = new_id()
        key = {"assignment_id": submission, "notebook_id": cells.notebook}
        execute(_ADD_NOTEBOOK, {"id": notebook, **key, "flagged": False})
        return SubmissionRow(submission, notebook, row.extension if row is not None else None)

    def grades(self, notebook: str, auto: dict[str, AutoGrade], changed: set[str]) -> float:
        """Write scores and what needs review. Returns the notebook's score, as nbgrader adds it up."""
        old = {row.cell_id: row for row in self.connection.execute(_GRADES, {"notebook": notebook})}
        new, updated, total = [], [], 0.0
        for name, cell in self.cells.grade.items():
            grade, row = auto[name], old.get(cell)
            if row is None:
                scores = {"auto_score": grade.score, "needs_manual_grade": grade.review}
                new.append({"cell_id": cell, "notebook_id": notebook, **scores})
                total += grade.score or 0.0
                continue
            review = grade.review
            if row.manual_score is not None:
                # A person graded this. They review it again if the answer or the tests' score for it has changed.
                same = grade.answer not in changed and (name == grade.answer or row.auto_score == grade.score)
                review = row.needs_manual_grade if same else True
            if (row.auto_score, row.needs_manual_grade) != (grade.score, review):
                updated.append({"row": row.id, "auto": grade.score, "review": review})
            score = row.manual_score if row.manual_score is not None else grade.score
            total += 0.0 if score is None else score + (row.extra_credit or 0.0)
        if new:
            self.connection.execute(insert(GRADE), _identified(new))
        if updated:
            self.connection.execute(_SET_SCORE, updated)
        return total

    def comments(self, notebook: str, untouched: set[str]) -> None:
        """Create a comment row for each solution cell, with nbgrader's comment where nothing was answered."""
        old = {row.cell_id: row for row in self.connection.execute(_COMMENTS, {"notebook": notebook})}
        new, updated = [], []
        for name, cell in self.cells.solution.items():
            said = "No response." if name in untouched else None
            if cell not in old:
                new.append({"cell_id": cell, "notebook_id": notebook, "auto_comment": said})
            elif old[cell].auto_comment != said:
                updated.append({"row": old[cell].id, "said": said})
        if new:
            self.connection.execute(insert(COMMENT), _identified(new))
        if updated:
            self.connection.execute(_SET_COMMENT, updated)

    def penalty(self, row: SubmissionRow, points: float | None) -> None:
        """Write the late penalty."""
        if row.penalty != points:
            self.connection.execute(_SET_PENALTY, {"row": row.notebook, "points": points})


def _identified(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`rows` with increasing ids: random ones would each touch another page of the database's index."""
    start = f"{time_ns():016x}{token_hex(6)}"
    return [{"id": f"{start}{number:04x}", **row} for number, row in enumerate(rows)]
