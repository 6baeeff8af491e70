"""Scores and comments from the gradebook, for exports and pages: a few queries for a class."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, inspect, select

from homework.course import Course
from homework.gradebook.database import connect, database_file
from homework.gradebook.tables import (
    ASSIGNMENT,
    BASE_CELL,
    COMMENT,
    GRADE,
    GRADE_CELL,
    NOTEBOOK,
    STUDENT,
    SUBMITTED_ASSIGNMENT,
    SUBMITTED_NOTEBOOK,
)


@dataclass(frozen=True)
class CellScore:
    """One grade cell of one submission. A score is None while there is none."""

    name: str
    written: bool
    max: float
    auto: float | None
    manual: float | None
    extra: float
    review: bool

    @property
    def again(self) -> bool:
        """Whether the answer has changed since a person graded it."""
        return self.manual is not None and self.review

    @property
    def score(self) -> float | None:
        """The score that counts: a person's, if there is one."""
        given = self.manual if self.manual is not None else self.auto
        return None if given is None else given + self.extra


@dataclass
class SubmissionScore:
    """One submission. `cells` are in no particular order, and empty if nothing was handed in.

    `comments` are what people wrote, by cell. Formgrader's comment field for an exercise is at its solution cell.
    """

    assignment: str
    student: str
    names: tuple[str, str, str]  # last, first, e-mail
    timestamp: datetime | None = None
    penalty: float = 0.0
    handed_in: bool = False
    cells: dict[str, CellScore] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    due: datetime | None = None
    extension: timedelta | None = None
    notebook: str = ""  # its id in the gradebook
    late_problem: str = ""  # why its penalty could not be computed

    @property
    def sum(self) -> float:
        """The score with extra credit, before the late penalty."""
        return sum(cell.score or 0.0 for cell in self.cells.values())

    @property
    def total(self) -> float:
        """The score after extra credit and late penalty."""
        return max(0.0, self.sum - self.penalty)


def load_scores(
    connection: Connection,
    assignments: Collection[str] | None = None,
    students: Collection[str] | None = None,
) -> list[SubmissionScore]:
    """The scores of all students in all assignments (or the ones given), sorted by assignment and student."""
    found: dict[tuple[str, str], SubmissionScore] = {}
    by_notebook: dict[str, SubmissionScore] = {}
    if not inspect(connection).has_table(GRADE.name):  # nothing has been recorded yet
        return []
    names = [
        name
        for (name,) in connection.execute(select(ASSIGNMENT.c.name))
        if not assignments or name in assignments
    ]
    for row in connection.execute(select(STUDENT)):
        if students is None or row.id in students:
            people = (row.last_name or "", row.first_name or "", row.email or "")
            found.update({(name, row.id): SubmissionScore(name, row.id, people) for name in names})
    query = (
        select(
            ASSIGNMENT.c.name,
            SUBMITTED_ASSIGNMENT.c.student_id,
            SUBMITTED_ASSIGNMENT.c.timestamp,
            SUBMITTED_ASSIGNMENT.c.extension,
            ASSIGNMENT.c.duedate,
            SUBMITTED_NOTEBOOK.c.id,
            SUBMITTED_NOTEBOOK.c.late_submission_penalty,
        )
        .join(SUBMITTED_ASSIGNMENT, SUBMITTED_ASSIGNMENT.c.assignment_id == ASSIGNMENT.c.id)
        .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.assignment_id == SUBMITTED_ASSIGNMENT.c.id)
    )
    for name, who, timestamp, extension, due, notebook_id, penalty in connection.execute(
        query.where(ASSIGNMENT.c.name.in_(names))
    ):
        if one := found.get((name, who)):
            one.timestamp, one.handed_in = timestamp, True
            one.due, one.extension, one.notebook = due, extension, notebook_id
            one.penalty += penalty or 0.0
            by_notebook[notebook_id] = one
    # Only for these notebooks: the other assignments of a term are many times as much.
    of_these = [ASSIGNMENT.c.name.in_(names)] if assignments else []
    query = (
        select(
            GRADE.c.notebook_id,
            BASE_CELL.c.name,
            GRADE_CELL.c.cell_type,
            GRADE_CELL.c.max_score,
            GRADE.c.auto_score,
            GRADE.c.manual_score,
            GRADE.c.extra_credit,
            GRADE.c.needs_manual_grade,
        )
        .join(BASE_CELL, BASE_CELL.c.id == GRADE.c.cell_id)
        .join(GRADE_CELL, GRADE_CELL.c.id == GRADE.c.cell_id)
        .join(NOTEBOOK, NOTEBOOK.c.id == BASE_CELL.c.notebook_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == NOTEBOOK.c.assignment_id)
        .where(*of_these)
    )
    for row in connection.execute(query):
        if one := by_notebook.get(row.notebook_id):
            one.cells[row.name] = CellScore(
                row.name,
                row.cell_type == "markdown",
                row.max_score,
                row.auto_score,
                row.manual_score,
                row.extra_credit or 0.0,
                bool(row.needs_manual_grade),
            )
    query = (
        select(COMMENT.c.notebook_id, BASE_CELL.c.name, COMMENT.c.manual_comment)
        .join(BASE_CELL, BASE_CELL.c.id == COMMENT.c.cell_id)
        .join(NOTEBOOK, NOTEBOOK.c.id == BASE_CELL.c.notebook_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == NOTEBOOK.c.assignment_id)
        .where(COMMENT.c.manual_comment.is_not(None), *of_these)
    )
    for row in connection.execute(query):
        if one := by_notebook.get(row.notebook_id):
            one.comments[row.name] = row.manual_comment
    return [found[key] for key in sorted(found)]


def scores_of(course: Course, assignment: str) -> dict[str, SubmissionScore]:
    """The scores of one assignment by student; empty while there is no gradebook.

    Raises CourseError if the gradebook cannot be read: a reviewed answer must not look unreviewed.
    """
    path = database_file(course)
    if path is not None and not path.is_file():
        return {}
    with connect(course) as connection:
        return {one.student: one for one in load_scores(connection, [assignment]) if one.handed_in}
