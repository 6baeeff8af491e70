"""What the review pages share while the server runs: the reviews of each assignment, and who has which answer open."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from homework.course import Course
from homework.drawings import sequences
from homework.errors import UsageError
from homework.results import last_receipt
from homework.review.groups import Group, dealt
from homework.review.marks import Last, Reviews, explained, free_text
from homework.review.rows import Row
from homework.review.rubric import Rubric, question_text
from homework.review.scheme import model_answer
from homework.submission.answers import Answer
from homework.untrusted import html

PER_PAGE = 50
_OPEN_SECONDS = 120


@dataclass(frozen=True)
class Card:
    """One answer on the page."""

    key: str
    version: str
    answer: Markup
    plots: list[Markup]
    row: Row
    score: float | None
    free: str
    by: str
    at: str
    explained: bool
    kind: str
    group: int
    size: int
    joined: str = ""  # the key of the answer that it was put next to
    dealt: str = ""  # the grader whose answer it is, where the work was split

    @property
    def graded(self) -> bool:
        """Whether nobody needs to look at it."""
        return not self.row.mark.review


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

    def reviews(self, assignment: str) -> Reviews:
        """The reviews of an assignment. Raises UsageError for an unknown or ungraded one."""
        if assignment not in self._reviews:
            self._reviews[assignment] = Reviews(self.course, assignment)
        return self._reviews[assignment]

    def question(self, assignment: str, question: str) -> tuple[Reviews, Rubric]:
        """An assignment's reviews and a question's rubric. Raises UsageError for an unknown question."""
        reviews = self.reviews(assignment)
        if question not in reviews.task.questions:
            raise UsageError(f"{assignment} has no question {question}")
        return reviews, reviews.rubrics()[question]

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
                rows, last = self.reviews(name).load()
            except UsageError:
                found.append({"name": name, "questions": []})
                continue
            questions = [progress(question, rows, last) for question in task.questions]
            titles = {question: task.questions[question].title for question in task.questions}
            similar = self.similar(name) is not None
            found.append({"name": name, "questions": questions, "titles": titles, "similar": similar})
        return found

    def similar(self, assignment: str) -> Path | None:
        """The page that `homework similar` wrote; None if there is none."""
        page = self.course.root / "report" / self.course.assignment(assignment).name / "similar.html"
        return page if page.is_file() else None

    def work(self, assignment: str, question: str, page: int) -> dict[str, Any]:
        """Everything on the page of one question."""
        reviews, rubric = self.question(assignment, question)
        text, _ = question_text(reviews.task, question)
        rows, last = reviews.load(question)
        members = self._members(reviews, question, rows)
        answers = reviews.answers.to(question)
        shares = self._shares(members)
        shown = members[(page - 1) * PER_PAGE : page * PER_PAGE]
        names = list(reviews.task.questions)
        at = names.index(question)
        return {
            "assignment": assignment,
            "question": question,
            "title": reviews.task.questions[question].title,
            "text": html.markdown(text),
            "model": html.markdown(model_answer(reviews.task, question)),
            "rubric": rubric,
            "bank": reviews.bank(question),
            "cards": [self._card(reviews, shares, rubric, rows, last, answers, *member) for member in shown],
            "progress": progress(question, rows, last),
            "graders": self.graders,
            "page": page,
            "pages": max(1, -(-len(members) // PER_PAGE)),
            "before": names[at - 1] if at else "",
            "after": names[at + 1] if at + 1 < len(names) else "",
        }

    def card(self, assignment: str, question: str, student: str) -> dict[str, Any]:
        """One answer again, and how far the question is."""
        reviews, rubric = self.question(assignment, question)
        rows, last = reviews.load(question)
        members = self._members(reviews, question, rows)
        member = next((one for one in members if one[0] == student), None)
        if member is None:
            raise UsageError(f"{question} has no such answer")
        return {
            "assignment": assignment,
            "question": question,
            "rubric": rubric,
            "card": self._card(
                reviews, self._shares(members), rubric, rows, last, reviews.answers.to(question), *member
            ),
            "progress": progress(question, rows, last),
        }

    def group(self, assignment: str, question: str, student: str) -> tuple[list[Row], list[Row]]:
        """The other answers in the group of one: those that wait, and those that are marked already."""
        reviews, _ = self.question(assignment, question)
        rows, _ = reviews.load(question)
        number = next((m[1] for m in self._members(reviews, question, rows) if m[0] == student), -1)
        others = [
            rows[question, m[0]]
            for m in self._members(reviews, question, rows)
            if m[1] == number and m[0] != student
        ]
        waiting = [row for row in others if row.mark.review]
        return waiting, [row for row in others if not row.mark.review]

    def student(self, assignment: str, question: str, key: str) -> str:
        """The student with a key. Raises UsageError if there is none."""
        reviews, _ = self.question(assignment, question)
        for student in reviews.answers.to(question):
            if reviews.answers.key(student) == key:
                return student
        raise UsageError(f"{question} has no answer {key}")

    @staticmethod
    def _members(
        reviews: Reviews, question: str, rows: dict[tuple[str, str], Row]
    ) -> list[tuple[str, int, Group]]:
        moved = {student: row.mark.group for (_, student), row in rows.items() if row.mark.group is not None}
        groups = reviews.answers.groups(question, moved)
        return [
            (student, number, group)
            for number, group in enumerate(groups, 1)
            for student in group.students
            if (question, student) in rows
        ]

    def _shares(self, members: list[tuple[str, int, Group]]) -> dict[str, str]:
        """Whose answer each student's is, where the work was split."""
        return dealt(dict.fromkeys(group for _, _, group in members), self.graders)

    def _card(
        self,
        reviews: Reviews,
        shares: dict[str, str],
        rubric: Rubric,
        rows: dict[tuple[str, str], Row],
        last: dict[tuple[str, str], Last],
        answers: dict[str, Answer],
        student: str,
        number: int,
        group: Group,
    ) -> Card:
        row = rows[rubric.question, student]
        answer = answers[student]
        pictures = {one.name: one.png for one in answer.pictures}
        entry = last.get((rubric.question, student))
        return Card(
            key=reviews.answers.key(student),
            version=row.mark.version(answer.sha256),
            answer=html.markdown(answer.source, pictures, answer.lost),
            plots=self._plots(reviews, rubric.question, student),
            row=row,
            score=row.mark.score if row.mark.score is not None else row.mark.auto,
            free=free_text(row.mark, rubric),
            by=entry.grader if entry else "",
            at=entry.at if entry else "",
            explained=entry is None or explained(row.mark, rubric),
            kind=group.kind,
            group=number,
            size=len(group.students),
            joined=reviews.answers.numbered(rubric.question).get(row.mark.group or 0, "")
            if row.mark.group
            else "",
            dealt=shares.get(student, ""),
        )

    @staticmethod
    def _plots(reviews: Reviews, question: str, student: str) -> list[Markup]:
        """The drawings that belong to an answer, such as the curves of the training that it is about."""
        shows = reviews.task.questions[question].shows
        receipt = last_receipt(reviews.course.autograded / student / reviews.task.name) if shows else None
        tests = [one.tests for one in receipt.exercises if one.name == shows] if receipt else []
        return sequences(tests[0]) if tests else []


def progress(
    question: str, rows: dict[tuple[str, str], Row], last: dict[tuple[str, str], Last]
) -> dict[str, Any]:
    """How many answers to a question are marked, and by whom."""
    here = {place: row for place, row in rows.items() if place[0] == question}
    graders: dict[str, int] = {}
    for place, row in here.items():
        if place in last and not row.mark.review:
            graders[last[place].grader] = graders.get(last[place].grader, 0) + 1
    done = sum(not row.mark.review for row in here.values())
    return {"question": question, "done": done, "of": len(here), "graders": dict(sorted(graders.items()))}


@cache
def templates() -> jinja2.Environment:
    """The templates, which escape everything."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda value: "–" if value is None else f"{round(value, 3) + 0.0:g}"
    return environment
