"""The tables of the review page, in the gradebook next to nbgrader's. nbgrader ignores them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Connection, Float, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()
# Item 0 of a question is where counting starts: 0, or the maximum if items take points off.
RUBRIC = Table(
    "homework_rubric",
    METADATA,
    Column("assignment", String(128), primary_key=True),
    Column("question", String(128), primary_key=True),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("points", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
)
BANK = Table(
    "homework_bank",
    METADATA,
    Column("no", Integer, primary_key=True),
    Column("assignment", String(128), nullable=False),
    Column("question", String(128), nullable=False),  # or "*"
    Column("text", Text, nullable=False),
)
APPLIED = Table(
    "homework_applied",
    METADATA,
    Column("grade_id", String(32), primary_key=True),
    Column("items", Text),  # JSON list; NULL while none was chosen, [] if none applies
    Column("adjust", Float),
    Column("free_text", Text, nullable=False),
    Column("group_no", Integer),  # 0: out of its group; else the number of an answer that it was put next to
    Column("flagged", Boolean, nullable=False),
)
EVENT = Table(
    "homework_event",
    METADATA,
    Column("no", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("grader", String(128), nullable=False),
    Column("batch", String(32), nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("assignment", String(128), nullable=False),
    Column("question", String(128), nullable=False),
    Column("student", String(128), nullable=False),
    Column("before", Text, nullable=False),  # JSON
    Column("after", Text, nullable=False),
    Index(
        "ix_homework_event_place", "assignment", "question", "student", "no"
    ),  # the last event of an answer
)


def create(connection: Connection) -> None:
    """Create the tables and indexes that are missing."""
    METADATA.create_all(connection)
    for index in EVENT.indexes:  # of a table that is older
        index.create(connection, checkfirst=True)
