"""nbgrader's tables: the columns that we read and write.

nbgrader's own models say the same, but importing them would cost every command a second. A test compares the two.
Only nbgrader creates and changes tables.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Boolean, ColumnClause, DateTime, Float, Interval, String, column, table


def _texts(*names: str) -> list[ColumnClause[str]]:
    return [column(name, String()) for name in names]


ASSIGNMENT = table("assignment", *_texts("id", "name"), column("duedate", DateTime()))
NOTEBOOK = table("notebook", *_texts("id", "name", "assignment_id"))
BASE_CELL = table("base_cell", *_texts("id", "name", "notebook_id"))
GRADE_CELL = table("grade_cells", *_texts("id", "cell_type"), column("max_score", Float()))
SOLUTION_CELL = table("solution_cells", *_texts("id"))
STUDENT = table("student", *_texts("id", "first_name", "last_name", "email"))
SUBMITTED_ASSIGNMENT = table(
    "submitted_assignment",
    *_texts("id", "assignment_id", "student_id"),
    column("timestamp", DateTime()),
    column("extension", Interval()),
)
SUBMITTED_NOTEBOOK = table(
    "submitted_notebook",
    *_texts("id", "assignment_id", "notebook_id"),
    column("flagged", Boolean()),
    column("late_submission_penalty", Float()),
)
GRADE = table(
    "grade",
    *_texts("id", "notebook_id", "cell_id"),
    *(column(name, Float()) for name in ("auto_score", "manual_score", "extra_credit")),
    column("needs_manual_grade", Boolean()),
)
COMMENT = table("comment", *_texts("id", "notebook_id", "cell_id", "auto_comment", "manual_comment"))
ALL = (
    ASSIGNMENT,
    NOTEBOOK,
    BASE_CELL,
    GRADE_CELL,
    SOLUTION_CELL,
    STUDENT,
    SUBMITTED_ASSIGNMENT,
    SUBMITTED_NOTEBOOK,
    GRADE,
    COMMENT,
)


def new_id() -> str:
    """An identifier like nbgrader's."""
    return uuid4().hex
