"""Record graded submissions: the autograded notebook, the receipt, and the gradebook's rows.

Theory of operation. A submission is recorded in one transaction, in an order that lets a grader that is killed at any
moment start again: first the new files are written next to the old ones, then the gradebook's transaction is committed,
then the new files replace the old ones, the receipt last. A receipt counts only if there is no new one next to it;
otherwise the submission is graded again, with the same scores.

The gradebook's rows mean what they mean to nbgrader. What people entered (manual scores, extra credit, comments) is
never overwritten. A cell that a person graded needs review again only if what they looked at changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DataError, DBAPIError

from homework.course import Course
from homework.errors import CourseError, NotRecorded
from homework.gradebook.database import (
    connect,
    database_file,
    open_gradebook,
    readable_errors,
    register,
)
from homework.gradebook.in_place import put_in_place
from homework.gradebook.late import LatePenalty, PenaltyChange, bring_up_to_date
from homework.gradebook.lock import only_writer, only_writer_of_database
from homework.gradebook.notebook import NotebookBuilder
from homework.gradebook.prepared import Prepared, prepared
from homework.gradebook.rows import AutoGrade, KnownCells, SubmissionRow, SubmissionRows
from homework.gradebook.scores import SubmissionScore, load_scores
from homework.gradebook.tables import (
    ASSIGNMENT,
    BASE_CELL,
    GRADE,
    GRADE_CELL,
    NOTEBOOK,
    SOLUTION_CELL,
    SUBMITTED_ASSIGNMENT,
)
from homework.results import RECEIPT, Result, Status, last_receipt
from homework.submission.answers import ANSWERS

if TYPE_CHECKING:
    from homework.grading import GradedSubmission
    from homework.submission.files import HandedIn


class Recorder:
    """The only writer of a course's gradebook.

        with Recorder(course, "hw1") as recorder:
            recorder.record(graded)

    Entering raises CourseError if another grader is running or the gradebook cannot be used. It registers the
    assignment in the gradebook if necessary.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course = course
        self.assignment = course.assignment(assignment)
        self.builder = NotebookBuilder(self.assignment)

    def __enter__(self) -> Recorder:
        with ExitStack() as stack:
            stack.enter_context(only_writer(self.course.autograded))
            self._refuse_emptied()
            self._connection = stack.enter_context(connect(self.course))
            only_writer_of_database(self._connection, self.course)
            self.late = LatePenalty(self.course)
            self._know_cells()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.close()

    def _refuse_emptied(self) -> None:
        """Raise CourseError if the gradebook is an empty file but grades were recorded: SQLite would start over."""
        path = database_file(self.course)
        if path is None or not path.is_file() or path.stat().st_size:
            return
        if next(self.course.autograded.glob(f"*/*/{RECEIPT}"), None) is not None:
            raise CourseError(
                f"the gradebook {path} is empty, although grades were recorded in it: "
                "replace it with a backup, or delete it to start over"
            )

    # -- the gradebook's side of the assignment

    def _know_cells(self) -> None:
        """Find the ids of the assignment, its notebook and its cells, after registering them if they are missing."""
        if not self._find_cells():
            with open_gradebook(self.course) as gradebook:
                register(self.course, self.assignment.name, gradebook)
            if not self._find_cells():
                raise CourseError(
                    f"release/{self.assignment.name} is not what source/{self.assignment.name} generates: "
                    f"run `homework release {self.assignment.name}`"
                )

    def _find_cells(self) -> bool:
        """Whether the gradebook contains exactly the cells of the release."""
        with self._transaction() as connection:
            # nbgrader creates the table `grade` last: if it exists, all do.
            if not inspect(connection).has_table(GRADE.name):
                return False
            name = self.assignment.name
            found = connection.execute(
                select(ASSIGNMENT.c.id, ASSIGNMENT.c.duedate, NOTEBOOK.c.id.label("notebook"))
                .join(NOTEBOOK, NOTEBOOK.c.assignment_id == ASSIGNMENT.c.id)
                .where(ASSIGNMENT.c.name == name, NOTEBOOK.c.name == name)
            ).first()
            if found is None:
                return False
            cells = select(BASE_CELL.c.name, BASE_CELL.c.id).where(BASE_CELL.c.notebook_id == found.notebook)
            in_grade = GRADE_CELL.c.id == BASE_CELL.c.id
            grade = connection.execute(
                cells.add_columns(GRADE_CELL.c.cell_type, GRADE_CELL.c.max_score).join(GRADE_CELL, in_grade)
            ).all()
            solution = connection.execute(
                cells.join(SOLUTION_CELL, SOLUTION_CELL.c.id == BASE_CELL.c.id)
            ).all()
        self._due = found.duedate
        self.cells = KnownCells(
            found.id,
            found.notebook,
            {cell.name: cell.id for cell in grade},
            {cell.name: cell.id for cell in solution},
        )
        known = {cell.name: (cell.cell_type, cell.max_score) for cell in grade}
        graded, solutions = {}, set()
        for cell in self.builder.template.cells:
            if cell.label.grade:
                graded[cell.name] = (cell.kind, cell.label.points)
            if cell.label.solution:
                solutions.add(cell.name)
        return known == graded and solutions == set(self.cells.solution)

    def submitted(self) -> dict[str, datetime | None]:
        """The times of the submissions in the gradebook, by student."""
        table = SUBMITTED_ASSIGNMENT
        query = select(table.c.student_id, table.c.timestamp).where(
            table.c.assignment_id == self.cells.assignment
        )
        with readable_errors(self.course), self._transaction() as connection:
            return {row.student_id: row.timestamp for row in connection.execute(query)}

    # -- recording

    def folder(self, student: str) -> Path:
        """The folder of a student's graded notebook and receipt."""
        return self.course.autograded / student / self.assignment.name

    def has_files(self, student: str) -> bool:
        """Whether the student's graded notebook and answers exist and are not empty, as after a power failure."""
        paths = [self.folder(student) / name for name in (self.assignment.notebook.name, ANSWERS)]
        try:
            return all(path.is_file() and path.stat().st_size > 0 for path in paths)
        except OSError:  # a file without permission counts as missing
            return False

    def record(self, graded: GradedSubmission, handed_in: HandedIn | None = None) -> None:
        """Record one submission. `handed_in` says when it was handed in.

        Raises CourseError if the gradebook or the files cannot be written; then nothing is recorded.
        """
        notes = graded.result.submission.notes
        notes[:0] = [note for note in (handed_in.notes if handed_in else ()) if note not in notes]
        self.write(prepared(self.builder, graded), handed_in)

    def write(self, one: Prepared, handed_in: HandedIn | None = None) -> None:
        """`record` for a submission that a worker has prepared.

        Raises NotRecorded if the cause is only in this submission: its folder, its late penalty.
        """
        result, answers = one.result, one.answers
        student = result.student
        folder = self.folder(student)
        time = handed_in.time if handed_in else None
        receipt = last_receipt(folder)
        before = receipt.recorded.answers if receipt else {}
        changed = {name for name in {*answers, *before} if answers.get(name) != before.get(name)}
        files = {
            f"{self.assignment.name}.ipynb": one.notebook,
            "timestamp.txt": handed_in.timestamp if handed_in and time else None,
            "submission_secret.txt": (handed_in.secret or None) if handed_in else None,
            ANSWERS: one.typed,
            RECEIPT: one.receipt,
        }

        def write_rows() -> None:
            with self._transaction() as connection:
                rows = SubmissionRows(connection, self.cells)
                row = rows.submission(student, time)
                late = self.late.seconds(time, self._due, row.extension)
                score = rows.grades(row.notebook, self._auto_grades(result), changed)
                rows.comments(row.notebook, {name for name in self.cells.solution if name not in answers})
                rows.penalty(
                    row, self.late.points(self.assignment.name, student, score, late) if late else None
                )

        with put_in_place(folder, files, self._link_companions), readable_errors(self.course):
            try:
                write_rows()
            except DataError as error:  # such as a name that PostgreSQL rejects
                raise NotRecorded(f"the gradebook does not take {student}: {error.orig}") from error
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The server dropped the connection. Rows that it committed are overwritten with the same values.
                only_writer_of_database(
                    self._connection, self.course
                )  # the lock was lost with the connection
                write_rows()

    def bring_penalties_up_to_date(self) -> tuple[list[SubmissionScore], list[PenaltyChange]]:
        """Write the late penalties that follow from due date, extensions and marks as they are now.

        Returns the scores of all students in the gradebook, and what changed.
        """
        with readable_errors(self.course), self._transaction() as connection:
            scores = load_scores(connection, [self.assignment.name])
            changes = bring_up_to_date(self.course, scores)
            changed = {change.student for change in changes}
            rows = SubmissionRows(connection, self.cells)
            for one in scores:
                if one.student in changed:
                    rows.penalty(SubmissionRow("", one.notebook, penalty=-1.0), one.penalty or None)
        return scores, changes

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._connection.begin():
            if self._connection.dialect.name == "sqlite":
                # Python's sqlite3 would begin only with the first change; rows read before it could be stale.
                self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield self._connection

    @cached_property
    def _companions(self) -> list[str]:
        """The folders next to the released notebook that contain the pictures in its text."""
        texts = [cell.source for cell in self.builder.template.cells if cell.kind == "markdown"]
        shown = {found for text in texts for found in re.findall(r"""[("']\s*([\w-]+)/[\w./-]+[)"']""", text)}
        return sorted(name for name in shown if (self.assignment.release / name).is_dir())

    def _link_companions(self, folder: Path) -> None:
        """Link the pictures of the release next to an autograded notebook, instead of copying them for each student."""
        for name in self._companions:
            if not os.path.lexists(folder / name):
                (folder / name).symlink_to(os.path.relpath(self.assignment.release / name, folder))

    def _auto_grades(self, result: Result) -> dict[str, AutoGrade]:
        status, waiting = result.status, set(result.score.to_review)
        scores = {exercise.name: exercise.score for exercise in result.exercises}
        grades = {}
        for task in self.assignment.tasks.values():
            if task.kind.marked_by == "tests":
                score = None if status is Status.GRADER_FAULT else scores[task.name]
                review = status is not Status.GRADED
            elif status is Status.UNREADABLE:
                score, review = 0.0, True
            else:
                review = task.name in waiting
                score = None if review else 0.0
            grades[task.grade_cell] = AutoGrade(score, review, task.answer_cell)
        return grades
