"""Change marks of written answers, so that the gradebook always equals the last event of each answer.

Theory of operation. A grader's change names the version of the mark that the grader saw. In one transaction the row is
read again (and locked), compared, written and logged; if it has changed, the change is refused with both marks, and
the grader decides. Formgrader and `autograde` write to the same rows and know nothing of the log: what they changed is
found by comparing each row with its last event, and is logged as `outside` when it is read the next time. Undo is a
change like any other, back to the mark before, and refuses what has changed since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, inspect, select

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import connect, database_file
from homework.gradebook.tables import GRADE, new_id
from homework.review.answers import ClassAnswers
from homework.review.rows import Mark, Row, load, write
from homework.review.rubric import Rubric, fill, rubrics
from homework.review.tables import EVENT, create

OUTSIDE = "outside"  # the grader of changes that came from Formgrader, autograde or another program
Place = tuple[str, str]  # question, student


class Conflict(Exception):
    """The mark is not the one that the grader saw. `theirs` is what the gradebook has now."""

    def __init__(self, row: Row, grader: str) -> None:
        super().__init__(f"{row.question} of {row.student} was changed by {grader}")
        self.theirs, self.grader = row, grader


@dataclass(frozen=True)
class Wanted:
    """What a grader decided about one answer. `items` is None for none chosen, () for none applies.

    `clear` takes the score away, whoever gave it.
    """

    items: tuple[int, ...] | None
    adjust: float | None = None
    free: str = ""
    flagged: bool = False
    group: int | None = None
    clear: bool = False


@dataclass(frozen=True)
class Last:
    """Who changed an answer's mark last, and when."""

    grader: str
    at: str
    after: Mark


class Reviews:
    """The marks of the written answers of one assignment."""

    def __init__(self, course: Course, assignment: str, answers: ClassAnswers | None = None) -> None:
        self.course, self.task = course, course.assignment(assignment)
        self.answers = answers or ClassAnswers(course, assignment)
        path = database_file(course)
        if path is not None and not path.is_file():
            raise UsageError(f"no {assignment} is graded yet: run `homework autograde {assignment}` first")
        with self.transaction() as connection:
            if not inspect(connection).has_table(GRADE.name):
                raise UsageError(
                    f"no {assignment} is graded yet: run `homework autograde {assignment}` first"
                )
            create(connection)
            fill(connection, self.task)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection that no other writer can come between."""
        with connect(self.course) as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    # -- reading

    def rubrics(self) -> dict[str, Rubric]:
        """The rubrics, by question."""
        with connect(self.course) as connection:
            return rubrics(connection, self.task)

    def rubric(self, connection: Connection, question: str) -> Rubric:
        """The rubric of a question. Raises UsageError for an unknown one."""
        if question not in self.task.questions:
            raise UsageError(f"{self.task.name} has no question {question}")
        return rubrics(connection, self.task, question)[question]

    def load(self, question: str | None = None) -> tuple[dict[Place, Row], dict[Place, Last]]:
        """The marks and their last events. What was changed elsewhere is logged first."""
        with connect(self.course) as connection:
            rows = load(connection, self.task.name, question)
            last = self.last(connection, question)
        changed = [place for place, row in rows.items() if self._unexplained(row, last.get(place))]
        if not changed:
            return rows, last
        with self.transaction() as connection:
            for place in changed:
                rows |= load(connection, self.task.name, *place)
                last |= self.last(connection, *place)
                if entry := self._log_outside(connection, rows[place], last.get(place)):
                    last[place] = entry
        return rows, last

    def last(
        self, connection: Connection, question: str | None = None, student: str | None = None
    ) -> dict[Place, Last]:
        """The last event of each answer."""
        asked = {"assignment": self.task.name, "question": question, "student": student}
        query = _last(question is not None, student is not None)
        return {
            (row.question, row.student): Last(row.grader, row.at, Mark.read(row.after))
            for row in connection.execute(query, asked)
        }

    @staticmethod
    def _unexplained(row: Row, last: Last | None) -> bool:
        if last is not None:
            return last.after != row.mark
        return row.mark.score is not None or bool(row.mark.comment)

    def _log_outside(self, connection: Connection, row: Row, last: Last | None) -> Last | None:
        if not self._unexplained(row, last):
            return None
        before = last.after if last else replace(row.mark, score=None, comment="", extra=None, review=True)
        return self.log(connection, row, before, row.mark, OUTSIDE, new_id(), "change")

    def log(
        self,
        connection: Connection,
        row: Row,
        before: Mark,
        after: Mark,
        grader: str,
        batch: str,
        action: str,
    ) -> Last:
        """Append an event."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        event = {"at": at, "grader": grader, "batch": batch, "action": action, "assignment": self.task.name}
        place = {"question": row.question, "student": row.student}
        marks = {"before": before.text(), "after": after.text()}
        connection.execute(insert(EVENT), {**event, **place, **marks})
        return Last(grader, at, after)

    def version(self, row: Row) -> str:
        """The version of a mark and of the answer that it is for."""
        answer = self.answers.answer(row.student, row.question)
        return row.mark.version(answer.sha256 if answer else "")

    # -- writing

    def change(self, question: str, student: str, version: str, wanted: Wanted, grader: str) -> Row:
        """Give one answer a mark, in a transaction of its own. Raises as `decide` does."""
        with self.transaction() as connection:
            return self.decide(connection, question, student, version, wanted, grader, new_id())[1]

    def decide(
        self,
        connection: Connection,
        question: str,
        student: str,
        version: str,
        wanted: Wanted,
        grader: str,
        batch: str,
    ) -> tuple[Row, Row]:
        """Give one answer a mark. Returns its row before and after.

        Raises Conflict if the mark is not `version`, UsageError for an unknown answer.
        """
        row, last = self.locked(connection, question, student)
        after = self.marked(row, wanted, self.rubric(connection, question))
        if self.version(row) != version and after != row.mark:
            raise Conflict(row, last.grader if last else OUTSIDE)
        return row, self.put(connection, row, after, grader, batch, "mark")

    def locked(self, connection: Connection, question: str, student: str) -> tuple[Row, Last | None]:
        """A row that nobody else can change before the transaction ends, and its last event."""
        row = load(connection, self.task.name, question, student).get((question, student))
        if row is None:
            raise UsageError(f"the gradebook has no answer of {student} to {question}")
        last = self.last(connection, question, student).get((question, student))
        return row, self._log_outside(connection, row, last) or last

    def put(self, connection: Connection, row: Row, after: Mark, grader: str, batch: str, action: str) -> Row:
        """Write a mark with its event, unless it is what is there."""
        if after == row.mark:
            return row
        written = write(connection, row, after)
        if written is None:
            raise Conflict(row, OUTSIDE)
        self.log(connection, row, row.mark, after, grader, batch, action)
        return written

    @staticmethod
    def marked(row: Row, wanted: Wanted, rubric: Rubric) -> Mark:
        """The mark after a grader's decision. Score and comment of another program stay until they are decided on."""
        old = row.mark
        items = None if wanted.items is None else tuple(sorted(set(wanted.items)))
        new = replace(old, items=items, adjust=wanted.adjust, flagged=wanted.flagged, group=wanted.group)
        decided = (items, wanted.adjust) != (old.items, old.adjust) or wanted.clear
        if decided or (old.review and items is not None):
            score = rubric.score(items, wanted.adjust)
            new = replace(new, score=score, review=score is None and old.auto is None)
        if decided or wanted.free.strip() != free_text(old, rubric).strip():
            new = replace(new, free=wanted.free.strip(), comment=rubric.comment(items, wanted.free))
        return new

    def undo(self, grader: str, question: str | None = None) -> tuple[list[Row], list[Row]]:
        """Take back the grader's last batch. Returns what was taken back, and what has changed since and stays."""
        with self.transaction() as connection:
            query = select(EVENT.c.batch, EVENT.c.action, EVENT.c.no).where(
                EVENT.c.assignment == self.task.name, EVENT.c.grader == grader
            )
            if question is not None:
                query = query.where(EVENT.c.question == question)
            mine = connection.execute(query.order_by(EVENT.c.no.desc())).all()
            undone = {row.action.removeprefix("undo ") for row in mine if row.action.startswith("undo ")}
            batch = next((r.batch for r in mine if r.action == "mark" and r.batch[:26] not in undone), None)
            if batch is None:
                return [], []
            done, refused, number = [], [], new_id()
            for event in connection.execute(select(EVENT).where(EVENT.c.batch == batch)).all():
                row, _ = self.locked(connection, event.question, event.student)
                if row.mark != Mark.read(event.after):
                    refused.append(row)
                else:
                    before = replace(Mark.read(event.before), auto=row.mark.auto)
                    done.append(self.put(connection, row, before, grader, number, f"undo {batch[:26]}"))
            if not done:  # so that the next undo goes further back
                for row in refused:
                    self.log(connection, row, row.mark, row.mark, grader, number, f"undo {batch[:26]}")
            return done, refused

    def reveal(self, question: str, student: str, grader: str) -> None:
        """Log that a grader looked at a name."""
        with self.transaction() as connection:
            row, _ = self.locked(connection, question, student)
            self.log(connection, row, row.mark, row.mark, grader, new_id(), "reveal")


@cache
def _last(question: bool, student: bool) -> Select[Any]:
    """A query for the last event of each answer, of one question or one student where that is true."""
    newest = select(func.max(EVENT.c.no)).where(EVENT.c.assignment == bindparam("assignment"))
    if question:
        newest = newest.where(EVENT.c.question == bindparam("question"))
    if student:
        newest = newest.where(EVENT.c.student == bindparam("student"))
    return select(EVENT).where(EVENT.c.no.in_(newest.group_by(EVENT.c.question, EVENT.c.student)))


def explained(mark: Mark, rubric: Rubric) -> bool:
    """Whether the score and the comment follow from the items, so that nobody changed them elsewhere."""
    return mark.score == rubric.score(mark.items, mark.adjust) and mark.comment == rubric.comment(
        mark.items, mark.free
    )


def adjustment(mark: Mark, rubric: Rubric) -> float | None:
    """What has to be added to the items for the mark's score, also where that was given elsewhere."""
    if mark.score is None or mark.score == rubric.score(mark.items, mark.adjust):
        return mark.adjust
    return round(mark.score - rubric.sum(mark.items), 6)


def free_text(mark: Mark, rubric: Rubric) -> str:
    """The part of a comment that a grader typed."""
    if mark.comment == rubric.comment(mark.items, mark.free):
        return mark.free
    listed = rubric.comment(mark.items, "")
    return mark.comment.removeprefix(listed).strip() if listed else mark.comment


def items_of(texts: Collection[str]) -> tuple[int, ...] | None:
    """The items in the fields of a form: numbers, or `none`."""
    if not texts:
        return None
    return tuple(sorted({int(text) for text in texts if text != "none"}))
