"""What the review pages share while the server runs: the reviews of each assignment, and who has which answer open."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import connect
from homework.gradebook.tables import new_id
from homework.review.cards import ClassQuestion, State
from homework.review.marks import Conflict, Reviews, Wanted, adjustment
from homework.review.progress import Progress, progress
from homework.review.rows import Row
from homework.review.rubric import bank, question_text
from homework.review.scheme import model_answer
from homework.untrusted import html
from homework.untrusted.templates import templates_in

PER_PAGE = 50
_OPEN_SECONDS = 120


class Desk:
    """The reviews of a course."""

    def __init__(
        self,
        course: Course,
        grader: str = "",
        graders: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.course, self.grader, self.graders, self._now = course, grader, tuple(graders), now
        self._reviews: dict[str, Reviews] = {}
        self._open: dict[tuple[str, str, str], tuple[str, float]] = {}

    def reviews(self, assignment: str, question: str | None = None) -> Reviews:
        """The reviews of an assignment. Raises UsageError for an unknown or ungraded one, or an unknown question."""
        if assignment not in self._reviews:
            self._reviews[assignment] = Reviews(self.course, assignment)
        found = self._reviews[assignment]
        if question is not None and question not in found.task.questions:
            raise UsageError(f"{assignment} has no question {question}")
        return found

    def looks_at(self, grader: str, assignment: str, question: str, key: str) -> dict[str, str]:
        """Note that a grader looks at an answer. Returns what others have open, with their names."""
        now = self._now()
        self._open = {place: one for place, one in self._open.items() if now - one[1] < _OPEN_SECONDS}
        self._open = {place: one for place, one in self._open.items() if one[0] != grader}
        others = {p[2]: who for p, (who, _) in self._open.items() if p[:2] == (assignment, question)}
        if key not in others:
            self._open[assignment, question, key] = (grader, now)
        return others

    # -- what pages show

    def index(self) -> list[dict[str, Any]]:
        """The assignments with written answers, and how far each question is."""
        found: list[dict[str, Any]] = []
        for name, task in self.course.assignments.items():
            if not task.questions:
                continue
            try:
                with connect(self.reviews(name).course) as connection:
                    done = progress(connection, name)
            except UsageError:
                done = {}
            questions = (
                [(one, done.get(one.name, Progress())) for one in task.questions.values()] if done else []
            )
            found.append({"name": name, "questions": questions, "similar": self.similar(name) is not None})
        return found

    def similar(self, assignment: str) -> Path | None:
        """The page that `homework similar` wrote; None if there is none."""
        page = self.course.root / "report" / self.course.assignment(assignment).name / "similar.html"
        return page if page.is_file() else None

    def work(self, assignment: str, question: str, page: int) -> dict[str, Any]:
        """Everything on the page of one question."""
        asked = self._asked(assignment, question)
        task = asked.reviews.task
        text, _ = question_text(task, question)
        names = list(task.questions)
        at = names.index(question)
        pages = max(1, -(-len(asked.students) // PER_PAGE))
        page = min(page, pages)
        shown = asked.students[(page - 1) * PER_PAGE : page * PER_PAGE]
        return {
            "assignment": assignment,
            "question": question,
            "title": task.questions[question].title,
            "text": html.markdown(text),
            "model": html.markdown(model_answer(task, question)),
            "rubric": asked.rubric,
            "bank": self.bank(assignment, question),
            "cards": [asked.card(student) for student in shown],
            "progress": self._progress(asked.reviews, question),
            "graders": self.graders,
            "page": page,
            "pages": pages,
            "before": names[at - 1] if at else "",
            "after": names[at + 1] if at + 1 < len(names) else "",
        }

    def bank(self, assignment: str, question: str, add: str = "") -> list[str]:
        """The sentences of the comment bank for a question, after adding one."""
        with self.reviews(assignment, question).transaction() as connection:
            return bank(connection, assignment, question, add)

    def card(self, assignment: str, question: str, key: str) -> dict[str, Any]:
        """One answer again, and how far the question is."""
        asked = self._asked(assignment, question)
        return {
            "assignment": assignment,
            "question": question,
            "rubric": asked.rubric,
            "card": asked.card(self.student(assignment, question, key)),
            "progress": self._progress(asked.reviews, question),
        }

    def group(self, assignment: str, question: str, key: str) -> dict[str, Any]:
        """What giving an answer's mark to its whole group would do: to how many, and who is marked otherwise."""
        asked, student = self._asked(assignment, question), self.student(assignment, question, key)
        card, others = asked.card(student), asked.others(student)
        marked = [row for row in others if not row.mark.review and row.mark.score != card.row.mark.score]
        return {
            "assignment": assignment,
            "question": question,
            "card": card,
            "count": sum(row.mark.review for row in others),
            "skipped": [asked.reviews.answers.key(row.student) for row in marked],
        }

    def student(self, assignment: str, question: str, key: str) -> str:
        """The student with a key. Raises UsageError if there is none."""
        found = self.reviews(assignment, question).answers.student(key, question)
        if found is None:
            raise UsageError(f"{question} has no answer {key}")
        return found

    def _asked(self, assignment: str, question: str) -> ClassQuestion:
        return ClassQuestion(self.reviews(assignment, question), question, self.graders)

    @staticmethod
    def _progress(reviews: Reviews, question: str) -> Progress:
        with connect(reviews.course) as connection:
            return progress(connection, reviews.task.name, question).get(question, Progress())

    # -- what graders do

    def mark(
        self, assignment: str, question: str, key: str, version: str, wanted: Wanted, grader: str
    ) -> dict[str, Any]:
        """Give an answer a mark. Returns what changes on the page; the whole answer if it is in another group now.

        Raises Conflict if the mark is not `version`. It reads this answer's row alone, and counts.
        """
        student, reviews = self.student(assignment, question, key), self.reviews(assignment)
        with reviews.transaction() as connection:
            before, row = reviews.decide(connection, question, student, version, wanted, grader, new_id())
            last = reviews.last(connection, question, student).get((question, student))
            rubric = reviews.rubric(connection, question)
            done = progress(connection, assignment, question)[question]
        if row.mark.group != before.mark.group:
            return self.card(assignment, question, key)
        return {"state": State.of(reviews, row, last, rubric), "max": rubric.max, "progress": done}

    def mark_group(self, assignment: str, question: str, key: str, grader: str) -> int:
        """Give the mark of an answer to those of its group that wait, as one batch. Returns how many got it."""
        asked, student = self._asked(assignment, question), self.student(assignment, question, key)
        reviews, card = asked.reviews, asked.card(student)
        mark, batch, given = card.row.mark, new_id(), 0

        def wanted(row: Row) -> Wanted:
            return Wanted(
                mark.items, adjustment(mark, asked.rubric), card.free, row.mark.flagged, row.mark.group
            )

        with reviews.transaction() as connection:
            for row in asked.others(student):
                if row.mark.review:
                    try:
                        version = reviews.version(row)
                        reviews.decide(connection, question, row.student, version, wanted(row), grader, batch)
                        given += 1
                    except Conflict:  # somebody marked it meanwhile: theirs stays
                        continue
        return given


@cache
def templates() -> jinja2.Environment:
    """The templates, which escape everything."""
    environment = templates_in(Path(__file__).parent / "templates")
    environment.filters["points"] = lambda value: "–" if value is None else f"{round(value, 3) + 0.0:g}"
    environment.filters["when"] = lambda at: f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC"
    return environment
