"""The gradebook's rows of one submission: what nbgrader would have written, in nbgrader's own tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from time import time_ns
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from homework.gradebook.database import nbgrader_api


@dataclass(frozen=True)
class KnownCells:
    """The ids of an assignment, its notebook and its cells (by name) in the gradebook."""

    assignment: str
    notebook: str
    grade: dict[str, str]
    solution: dict[str, str]


@dataclass(frozen=True)
class Mark:
    """What the grader says of one grade cell."""

    auto: float | None
    review: bool


class SubmissionRows:
    """The rows of one submission, inside one transaction."""

    def __init__(self, connection: Connection, cells: KnownCells) -> None:
        self.connection = connection
        self.cells = cells
        self.api = nbgrader_api()

    def submission(self, student: str, time: datetime | None) -> Any:
        """The row of the student's submission (id, extension), made where missing, with its time."""
        students, table = self.api.Student.__table__, self.api.SubmittedAssignment.__table__
        assignment = self.cells.assignment
        query = select(table.c.id, table.c.extension, table.c.timestamp).where(
            table.c.student_id == student, table.c.assignment_id == assignment
        )
        if (row := self.connection.execute(query).first()) is None:
            if self.connection.execute(select(students.c.id).where(students.c.id == student)).first() is None:
                self.connection.execute(insert(students).values(id=student))
            self.connection.execute(
                insert(table).values(
                    id=self.api.new_uuid(), assignment_id=assignment, student_id=student, timestamp=time
                )
            )
            return self.connection.execute(query).one()
        if row.timestamp != time:
            self.connection.execute(update(table).where(table.c.id == row.id).values(timestamp=time))
        return row

    def grades(self, submission: str, marks: dict[str, Mark], changed: set[str]) -> tuple[str, float]:
        """Write scores and what needs review; the submitted notebook's id, and its score as nbgrader sums it up."""
        notebook = self._notebook(submission)
        table = self.api.Grade.__table__
        rows = self.connection.execute(select(table).where(table.c.notebook_id == notebook))
        old = {row.cell_id: row for row in rows}
        new, updated, total = [], [], 0.0
        for name, cell in self.cells.grade.items():
            mark, row = marks[name], old.get(cell)
            if row is None:
                scores = {"auto_score": mark.auto, "needs_manual_grade": mark.review}
                new.append({"cell_id": cell, "notebook_id": notebook, **scores})
                total += mark.auto or 0.0
                continue
            review = mark.review
            if row.manual_score is not None:
                # A person graded this. They look again if the answer, or what the tests gave for it, is another.
                answer = name.removeprefix("test_")
                same = answer not in changed and (name == answer or row.auto_score == mark.auto)
                review = row.needs_manual_grade if same else True
            updated.append({"row": row.id, "auto": mark.auto, "review": review})
            score = row.manual_score if row.manual_score is not None else mark.auto
            total += 0.0 if score is None else score + (row.extra_credit or 0.0)
        if new:
            self.connection.execute(insert(table), _identified(new))
        if updated:
            change = update(table).where(table.c.id == bindparam("row"))
            self.connection.execute(
                change.values(auto_score=bindparam("auto"), needs_manual_grade=bindparam("review")), updated
            )
        return notebook, total

    def _notebook(self, submission: str) -> str:
        table = self.api.SubmittedNotebook.__table__
        where = (table.c.assignment_id == submission, table.c.notebook_id == self.cells.notebook)
        if (found := self.connection.execute(select(table.c.id).where(*where)).scalar()) is not None:
            return str(found)
        notebook: str = self.api.new_uuid()
        values = {"assignment_id": submission, "notebook_id": self.cells.notebook, "flagged": False}
        self.connection.execute(insert(table).values(id=notebook, **values))
        return notebook

    def comments(self, notebook: str, untouched: set[str]) -> None:
        """Make a comment's row for each solution cell, and say where nothing was answered, as nbgrader does."""
        table = self.api.Comment.__table__
        rows = self.connection.execute(
            select(table.c.id, table.c.cell_id, table.c.auto_comment).where(table.c.notebook_id == notebook)
        )
        old = {row.cell_id: row for row in rows}
        new, updated = [], []
        for name, cell in self.cells.solution.items():
            said = "No response." if name in untouched else None
            if cell not in old:
                new.append({"cell_id": cell, "notebook_id": notebook, "auto_comment": said})
            elif old[cell].auto_comment != said:
                updated.append({"row": old[cell].id, "said": said})
        if new:
            self.connection.execute(insert(table), _identified(new))
        if updated:
            change = update(table).where(table.c.id == bindparam("row"))
            self.connection.execute(change.values(auto_comment=bindparam("said")), updated)

    def penalty(self, notebook: str, points: float | None) -> None:
        """Write the points lost for handing in late."""
        table = self.api.SubmittedNotebook.__table__
        self.connection.execute(
            update(table).where(table.c.id == notebook).values(late_submission_penalty=points)
        )


def _identified(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`rows` with ids in growing order: random ones would touch a page of the database's index each."""
    start = f"{time_ns():016x}{token_hex(6)}"
    return [{"id": f"{start}{number:04x}", **row} for number, row in enumerate(rows)]
