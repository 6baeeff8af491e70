"""The rubric of a question: items with points, filled from the marking scheme the first time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from homework.course import Assignment
from homework.course.cells import name_of, question_cell
from homework.review import scheme
from homework.review.tables import BANK, RUBRIC

_HEADING = re.compile(r"\A\s*#+ [^\n]*\n*")


@dataclass(frozen=True)
class Item:
    """One item: `text` is for graders, `comment` for the student."""

    number: int
    points: float
    text: str
    comment: str = ""
    note: str = ""
    retired: bool = False


@dataclass(frozen=True)
class Rubric:
    """The items of one question. The score is `start` plus the points of the items, within 0 and `max`."""

    question: str
    max: float
    start: float
    items: tuple[Item, ...]

    @property
    def active(self) -> list[Item]:
        """The items that can be chosen."""
        return [item for item in self.items if not item.retired]

    def score(self, chosen: Iterable[int] | None, adjust: float | None) -> float | None:
        """The score from items and adjustment; None if neither was chosen."""
        if chosen is None and adjust is None:
            return None
        return round(min(max(self.sum(chosen) + (adjust or 0.0), 0.0), self.max), 6)

    def sum(self, chosen: Iterable[int] | None) -> float:
        """`start` plus the points of the items, which may be below 0 or above `max`: what an adjustment is added to."""
        points = {item.number: item.points for item in self.active}
        return self.start + sum(points.get(number, 0.0) for number in chosen or ())

    def comment(self, chosen: Iterable[int] | None, free: str) -> str:
        """What the student reads: the comments of the items as a list, then what the grader typed."""
        said = {item.number: item.comment for item in self.active if item.comment.strip()}
        lines = "\n".join(f"- {said[number]}" for number in sorted(chosen or ()) if number in said)
        return "\n\n".join(part for part in (lines, free.strip()) if part)


def question_text(task: Assignment, question: str) -> tuple[str, list[scheme.SchemeLine]]:
    """The text of a question below its heading, and the lines of its marking scheme."""
    name = question_cell(question)
    text, lines = scheme.split(next((cell["source"] for cell in task.cells if name_of(cell) == name), ""))
    return _HEADING.sub("", text), lines


def fill(connection: Connection, task: Assignment) -> None:
    """Write the rubric of each question that has none, from the marking scheme."""
    known = set(
        connection.execute(select(RUBRIC.c.question).where(RUBRIC.c.assignment == task.name)).scalars()
    )
    for question in task.questions:
        if question in known:
            continue
        _, lines = question_text(task, question)
        texts = [(0.0, "start"), *((line.points, line.text) for line in lines)]
        rows = [
            {
                "assignment": task.name,
                "question": question,
                "item": number,
                "position": number,
                "points": points,
                "text": text,
                "comment": "",
                "note": "",
                "retired": False,
            }
            for number, (points, text) in enumerate(texts)
        ]
        connection.execute(insert(RUBRIC), rows)


def rubrics(connection: Connection, task: Assignment, question: str | None = None) -> dict[str, Rubric]:
    """The rubrics of an assignment, by question; or that of one question."""
    query = select(RUBRIC).where(RUBRIC.c.assignment == task.name)
    if question is not None:
        query = query.where(RUBRIC.c.question == question)
    rows = connection.execute(query.order_by(RUBRIC.c.position, RUBRIC.c.item)).all()
    found = {}
    for name in task.questions if question is None else (question,):
        of_this = [row for row in rows if row.question == name]
        items = tuple(
            Item(row.item, row.points, row.text, row.comment, row.note, row.retired)
            for row in of_this
            if row.item
        )
        start = next((row.points for row in of_this if not row.item), 0.0)
        found[name] = Rubric(name, task.questions[name].points, start, items)
    return found


def bank(connection: Connection, assignment: str, question: str, add: str = "") -> list[str]:
    """The sentences of the comment bank for a question, after adding one."""
    query = select(BANK.c.text).where(BANK.c.assignment == assignment, BANK.c.question.in_((question, "*")))
    texts = list(connection.execute(query.order_by(BANK.c.no)).scalars())
    if (add := add.strip()) and add not in texts:
        connection.execute(insert(BANK), {"assignment": assignment, "question": question, "text": add})
        texts.append(add)
    return texts
