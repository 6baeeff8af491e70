"""What the page of a question shows of each answer: the answer, its group, and the state of its mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from homework.drawings import sequences
from homework.errors import UsageError
from homework.results import last_receipt
from homework.review.groups import dealt
from homework.review.marks import Last, Reviews, explained, free_text
from homework.review.rows import Row
from homework.review.rubric import Rubric
from homework.untrusted import html


@dataclass(frozen=True)
class State:
    """What saving changes on the page. `explained`: whether score and comment follow from the items."""

    key: str
    version: str
    score: float | None
    graded: bool
    by: str
    at: str
    explained: bool

    @classmethod
    def of(cls, reviews: Reviews, row: Row, last: Last | None, rubric: Rubric) -> State:
        """The state of a mark with its last event."""
        return cls(
            key=reviews.answers.key(row.student),
            version=reviews.version(row),
            score=row.mark.score if row.mark.score is not None else row.mark.auto,
            graded=not row.mark.review,
            by=last.grader if last else "",
            at=last.at if last else "",
            explained=last is None or explained(row.mark, rubric),
        )


@dataclass(frozen=True)
class Card:
    """One answer on the page."""

    state: State
    row: Row
    answer: Markup
    plots: list[Markup]
    free: str
    kind: str
    size: int
    joined: str  # the key of the answer that it was put next to
    dealt: str  # the grader whose answer it is, where the work was split


class ClassQuestion:
    """A question with the answers of the class and their marks, as they were when it was read."""

    def __init__(self, reviews: Reviews, question: str, graders: Sequence[str]) -> None:
        self.reviews, self.question = reviews, question
        self.rows, self.last = reviews.load(question)
        self.rubric = reviews.rubrics()[question]
        self.answers = reviews.answers.to(question)
        moved = {
            student: row.mark.group for (_, student), row in self.rows.items() if row.mark.group is not None
        }
        self._numbered = reviews.answers.numbered(question) if moved else {}
        groups = reviews.answers.groups(question, moved)
        self.groups = {
            student: group
            for group in groups
            for student in group.students
            if (question, student) in self.rows
        }
        self._shares = dealt(dict.fromkeys(self.groups.values()), graders)

    @property
    def students(self) -> list[str]:
        """The students in the order of the page: group by group."""
        return list(self.groups)

    def others(self, student: str) -> list[Row]:
        """The other answers in the group of one."""
        group = self.groups.get(student)
        return [
            self.rows[self.question, one]
            for one, its in self.groups.items()
            if its is group and one != student
        ]

    def card(self, student: str) -> Card:
        """One answer. Raises UsageError if there is none."""
        if student not in self.groups:
            raise UsageError(f"{self.question} has no such answer")
        row, answer, group = self.rows[self.question, student], self.answers[student], self.groups[student]
        return Card(
            state=State.of(self.reviews, row, self.last.get((self.question, student)), self.rubric),
            row=row,
            answer=html.markdown(answer.source, {one.name: one.png for one in answer.pictures}, answer.lost),
            plots=self._plots(student),
            free=free_text(row.mark, self.rubric),
            kind=group.kind,
            size=len(group.students),
            joined=self._numbered.get(row.mark.group or 0, ""),
            dealt=self._shares.get(student, ""),
        )

    def _plots(self, student: str) -> list[Markup]:
        """The drawings that belong to an answer, such as the curves of the training that it is about."""
        task = self.reviews.task
        shows = task.questions[self.question].shows
        receipt = last_receipt(self.reviews.course.autograded / student / task.name) if shows else None
        tests = [one.tests for one in receipt.exercises if one.name == shows] if receipt else []
        return sequences(tests[0]) if tests else []
