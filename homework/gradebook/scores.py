"""Scores as the gradebook holds them, for exports and pages: one query for a class."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from homework.gradebook.database import nbgrader_api


@dataclass(frozen=True)
class CellScore:
    """One grade cell of one submission. Scores are None where there is none yet."""

    name: str
    written: bool
    max: float
    auto: float | None
    manual: float | None
    extra: float
    review: bool

    @property
    def score(self) -> float | None:
        """The score that counts: a person's where there is one."""
        given = self.manual if self.manual is not None else self.auto
        return None if given is None else given + self.extra


@dataclass
class SubmissionScore:
    """One submission; `cells` in no particular order, empty when nothing was handed in."""

    assignment: str
    student: str
    names: tuple[str, str, str]  # last, first, e-mail
    timestamp: datetime | None = None
    penalty: float = 0.0
    handed_in: bool = False
    cells: dict[str, CellScore] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """What counts in the end."""
        return max(0.0, sum(cell.score or 0.0 for cell in self.cells.values()) - self.penalty)


def load_scores(
    gradebook: Any, assignments: Collection[str] | None = None, students: Collection[str] | None = None
) -> list[SubmissionScore]:
    """The scores of every student in every assignment (or those named), by assignment and student."""
    api = nbgrader_api()
    names_of = (
        "Assignment",
        "Student",
        "SubmittedAssignment",
        "SubmittedNotebook",
        "Grade",
        "BaseCell",
        "GradeCell",
    )
    assignment, student, submission, notebook, grade, base, cell = (
        getattr(api, name).__table__ for name in names_of
    )
    found: dict[tuple[str, str], SubmissionScore] = {}
    by_notebook: dict[str, SubmissionScore] = {}
    with gradebook.engine.connect() as connection:
        names = [
            name
            for (name,) in connection.execute(select(assignment.c.name))
            if not assignments or name in assignments
        ]
        for row in connection.execute(select(student)):
            if students is None or row.id in students:
                people = (row.last_name or "", row.first_name or "", row.email or "")
                found.update({(name, row.id): SubmissionScore(name, row.id, people) for name in names})
        query = (
            select(
                assignment.c.name,
                submission.c.student_id,
                submission.c.timestamp,
                notebook.c.id,
                notebook.c.late_submission_penalty,
            )
            .join(submission, submission.c.assignment_id == assignment.c.id)
            .join(notebook, notebook.c.assignment_id == submission.c.id)
        )
        for name, who, timestamp, notebook_id, penalty in connection.execute(query):
            if one := found.get((name, who)):
                one.timestamp, one.handed_in = timestamp, True
                one.penalty += penalty or 0.0
                by_notebook[notebook_id] = one
        query = (
            select(
                grade.c.notebook_id,
                base.c.name,
                cell.c.cell_type,
                cell.c.max_score,
                grade.c.auto_score,
                grade.c.manual_score,
                grade.c.extra_credit,
                grade.c.needs_manual_grade,
            )
            .join(base, base.c.id == grade.c.cell_id)
            .join(cell, cell.c.id == grade.c.cell_id)
        )
        for notebook_id, name, kind, points, auto, manual, extra, review in connection.execute(query):
            if one := by_notebook.get(notebook_id):
                one.cells[name] = CellScore(
                    name, kind == "markdown", points, auto, manual, extra or 0.0, bool(review)
                )
    return [found[key] for key in sorted(found)]
