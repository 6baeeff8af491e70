"""Record graded submissions: the autograded notebook, the receipt, and the gradebook's rows.

Theory of operation. A submission is recorded in one transaction, and so that a grader killed at any moment can start
again: first both files are written beside their places, then the gradebook's transaction is committed, then the files
take their places, the receipt last. Only a receipt without a successor beside it vouches for a grading; without one
the submission is graded again, to the same scores.

The gradebook's rows follow nbgrader's own meaning. What people entered (manual scores, extra credit, comments) is
never written. A cell that a person graded asks for a person again only if what they looked at changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from time import time_ns
from typing import TYPE_CHECKING, Any

from homework import __version__
from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.database import nbgrader_api, open_gradebook, readable_errors, register
from homework.gradebook.late import LatePenalty
from homework.gradebook.lock import only_writer
from homework.gradebook.notebook import NotebookBuilder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from homework.grading import GradedSubmission

RECEIPT = "receipt.json"


def read_receipt(folder: Path) -> dict[str, Any] | None:
    """The receipt in `autograded/<student>/<assignment>/`; None if there is none that vouches for a grading.

    It is the result (docs/result-schema.json) with one more entry, `recorded`.
    """
    return None if (folder / f"{RECEIPT}.new").exists() else _last_receipt(folder)


def _last_receipt(folder: Path) -> dict[str, Any] | None:
    try:
        receipt = json.loads((folder / RECEIPT).read_bytes())
    except (OSError, ValueError):
        return None
    return receipt if isinstance(receipt, dict) and "recorded" in receipt else None


@dataclass(frozen=True)
class _Mark:
    """What the grader says of one grade cell."""

    auto: float | None
    review: bool


class Recorder:
    """The one writer of a course's gradebook.

        with Recorder(course, "hw1") as recorder:
            recorder.record(graded)

    Entering raises CourseError when another grader is at work or the gradebook cannot be used. The assignment is
    made known to the gradebook where it is not.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course = course
        self.assignment = course.assignment(assignment)
        self.builder = NotebookBuilder(self.assignment)

    def __enter__(self) -> Recorder:
        with ExitStack() as stack:
            stack.enter_context(only_writer(self.course.autograded))
            self.gradebook = stack.enter_context(open_gradebook(self.course))
            self.late = LatePenalty(self.course)
            self._know_cells()
            self._connection = stack.enter_context(self.gradebook.engine.connect())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.close()

    # -- the gradebook's side of the assignment

    def _know_cells(self) -> None:
        """Find the ids of the assignment, its notebook and its cells; save them first where they are missing."""
        if not self._find_cells():
            register(self.course, self.assignment.name, self.gradebook)
            if not self._find_cells():
                raise CourseError(
                    f"release/{self.assignment.name} is not what source/{self.assignment.name} generates: "
                    f"run `homework release {self.assignment.name}`"
                )

    def _find_cells(self) -> bool:
        api = nbgrader_api()
        name = self.assignment.name
        try:
            notebook = self.gradebook.find_notebook(name, name)
        except api.MissingEntry:
            return False
        assignment = notebook.assignment
        self._assignment_id, self._notebook_id, self._due = assignment.id, notebook.id, assignment.duedate
        self._grade_cells = {cell.name: cell.id for cell in notebook.grade_cells}
        self._solution_cells = {cell.name: cell.id for cell in notebook.solution_cells}
        known = {cell.name: (cell.cell_type, cell.max_score) for cell in notebook.grade_cells}
        self.gradebook.db.rollback()
        graded, solutions = {}, set()
        for cell in self.builder.template.cells:
            mark = cell.metadata.get("nbgrader", {})
            if mark.get("grade"):
                graded[cell.name] = (cell.kind, float(mark["points"]))
            if mark.get("solution"):
                solutions.add(cell.name)
        return known == graded and solutions == set(self._solution_cells)

    def submitted(self) -> dict[str, datetime | None]:
        """The students that the gradebook holds a submission of, with its time."""
        from sqlalchemy import select

        table = nbgrader_api().SubmittedAssignment.__table__
        query = select(table.c.student_id, table.c.timestamp).where(
            table.c.assignment_id == self._assignment_id
        )
        with readable_errors(self.course), self._transaction() as connection:
            return dict(connection.execute(query).tuples().all())

    # -- recording

    def folder(self, student: str) -> Path:
        """Where a student's graded notebook and receipt are."""
        return self.course.autograded / student / self.assignment.name

    def record(self, graded: GradedSubmission, timestamp: str = "") -> None:
        """Record one submission. `timestamp` is the time it was handed in, as its `timestamp.txt` says.

        Raises CourseError when the gradebook or the files cannot be written; then nothing of it is recorded.
        """
        result = graded.result
        student = result["student"]
        folder = self.folder(student)
        time = parse_time(timestamp)
        if timestamp and time is None:
            result["submission"]["notes"].append("timestamp.txt holds no time")
        before = (_last_receipt(folder) or {}).get("recorded", {}).get("answers", {})
        answers = answers_of(graded)
        changed = {name for name in {*answers, *before} if answers.get(name) != before.get(name)}
        recorded = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": f"homework {__version__}, nbgrader {version('nbgrader')}",
            "answers": answers,
        }
        notebook = json.dumps(self.builder.build(graded), ensure_ascii=False)
        files = {
            f"{self.assignment.name}.ipynb": notebook + "\n",
            "timestamp.txt": f"{time} UTC\n" if time else None,
            RECEIPT: json.dumps({**result, "recorded": recorded}, indent=1, ensure_ascii=False) + "\n",
        }
        with self._files(folder, files), readable_errors(self.course), self._transaction() as connection:
            rows = _Rows(connection, self)
            submission = rows.submission(student, time)
            late = self.late.seconds(time, self._due, submission.extension)
            notebook_id, score = rows.grades(submission.id, self._marks(graded), changed)
            rows.comments(notebook_id, {name for name in self._solution_cells if name not in answers})
            rows.penalty(notebook_id, self.late.points(student, score, late) if late else None)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._connection.begin():
            if self._connection.dialect.name == "sqlite":
                # Python's sqlite3 would begin only with the first change: what was read before could be stale.
                self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield self._connection

    @contextmanager
    def _files(self, folder: Path, files: dict[str, str | None]) -> Iterator[None]:
        """Write `files` (None: remove) before the block runs, and put them in place, in order, after it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in reversed(
                files.items()
            ):  # the receipt first: its successor says that work is going on
                if text is not None:
                    (folder / f"{name}.new").write_bytes(text.encode("utf-8", "replace"))
            self._link_companions(folder)
        except OSError as error:
            raise CourseError(f"{folder} cannot be written: {error.strerror}") from error
        try:
            yield
        except BaseException:
            for name in files.keys() - {RECEIPT}:  # its successor stays: the next run settles what is true
                (folder / f"{name}.new").unlink(missing_ok=True)
            raise
        for name, text in files.items():
            if text is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / f"{name}.new").replace(folder / name)

    @cached_property
    def _companions(self) -> list[str]:
        """The folders beside the release's notebook that its text shows pictures of."""
        texts = [cell.source for cell in self.builder.template.cells if cell.kind == "markdown"]
        shown = {found for text in texts for found in re.findall(r"""[("']\s*([\w-]+)/[\w./-]+[)"']""", text)}
        return sorted(name for name in shown if (self.assignment.release / name).is_dir())

    def _link_companions(self, folder: Path) -> None:
        """Make the pictures of the release visible beside an autograded notebook, without a copy for each student."""
        for name in self._companions:
            if not os.path.lexists(folder / name):
                (folder / name).symlink_to(os.path.relpath(self.assignment.release / name, folder))

    def _marks(self, graded: GradedSubmission) -> dict[str, _Mark]:
        result = graded.result
        status, waiting = result["status"], set(result["score"]["to_review"])
        marks = {}
        for exercise in result["exercises"]:
            score = None if status == "grader-fault" else float(exercise["score"])
            marks[f"test_{exercise['name']}"] = _Mark(score, status != "graded")
        for name in self.assignment.questions:
            if status == "unreadable":
                marks[name] = _Mark(0.0, True)
            else:
                marks[name] = _Mark(None, True) if name in waiting else _Mark(0.0, False)
        return marks


class _Rows:
    """The rows of one submission, inside one transaction."""

    def __init__(self, connection: Connection, recorder: Recorder) -> None:
        self.connection = connection
        self.recorder = recorder
        self.api = nbgrader_api()

    def submission(self, student: str, time: datetime | None) -> Any:
        """The row of the student's submission (id, extension), made where missing, with its time."""
        from sqlalchemy import insert, select, update

        students, table = self.api.Student.__table__, self.api.SubmittedAssignment.__table__
        assignment = self.recorder._assignment_id
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

    def grades(self, submission: str, marks: dict[str, _Mark], changed: set[str]) -> tuple[str, float]:
        """Write scores and what needs review; the submitted notebook's id, and its score as nbgrader sums it up."""
        from sqlalchemy import bindparam, insert, select, update

        notebook = self._notebook(submission)
        table = self.api.Grade.__table__
        rows = self.connection.execute(select(table).where(table.c.notebook_id == notebook))
        old = {row.cell_id: row for row in rows}
        new, updated, total = [], [], 0.0
        for name, cell in self.recorder._grade_cells.items():
            mark, row = marks[name], old.get(cell)
            if row is None:
                values = {
                    "cell_id": cell,
                    "notebook_id": notebook,
                    "auto_score": mark.auto,
                    "needs_manual_grade": mark.review,
                }
                new.append(values)
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
        from sqlalchemy import insert, select

        table = self.api.SubmittedNotebook.__table__
        where = (table.c.assignment_id == submission, table.c.notebook_id == self.recorder._notebook_id)
        if (found := self.connection.execute(select(table.c.id).where(*where)).scalar()) is not None:
            return str(found)
        notebook: str = self.api.new_uuid()
        values = {"assignment_id": submission, "notebook_id": self.recorder._notebook_id, "flagged": False}
        self.connection.execute(insert(table).values(id=notebook, **values))
        return notebook

    def comments(self, notebook: str, untouched: set[str]) -> None:
        """Make a comment's row for each solution cell, and say where nothing was answered, as nbgrader does."""
        from sqlalchemy import bindparam, insert, select, update

        table = self.api.Comment.__table__
        rows = self.connection.execute(
            select(table.c.id, table.c.cell_id, table.c.auto_comment).where(table.c.notebook_id == notebook)
        )
        old = {row.cell_id: row for row in rows}
        new, updated = [], []
        for name, cell in self.recorder._solution_cells.items():
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
        from sqlalchemy import update

        table = self.api.SubmittedNotebook.__table__
        self.connection.execute(
            update(table).where(table.c.id == notebook).values(late_submission_penalty=points)
        )


def _identified(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`rows` with ids in growing order: random ones would touch a page of the database's index each."""
    start = f"{time_ns():016x}{token_hex(6)}"
    return [{"id": f"{start}{number:04x}", **row} for number, row in enumerate(rows)]


def answers_of(graded: GradedSubmission) -> dict[str, str]:
    """A digest of what the student put into each solution cell that they touched, by cell."""
    answers = {}
    for cell, _ in graded.cells:
        if cell.own and cell.name:
            content = json.dumps([cell.source, cell.attachments], sort_keys=True)
            answers[cell.name] = hashlib.sha256(content.encode()).hexdigest()[:16]
    return answers


def parse_time(text: str) -> datetime | None:
    """A time as nbgrader reads it from `timestamp.txt`, in UTC; None if there is none."""
    if not text:
        return None
    nbgrader_api()
    from nbgrader.utils import parse_utc

    try:
        time: datetime = parse_utc(text)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return time
