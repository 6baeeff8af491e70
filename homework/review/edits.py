"""Change a rubric: a preview first, then all marks that follow from it, as one batch."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, insert, update

from homework.counted import counted
from homework.errors import UsageError
from homework.gradebook.tables import new_id
from homework.review.marks import Reviews, explained
from homework.review.rows import Mark, Row, load
from homework.review.rubric import Item, Rubric, rubrics
from homework.review.tables import RUBRIC


@dataclass(frozen=True)
class Edited:
    """What a change of the rubric does. `stays` are marks that somebody changed elsewhere."""

    changes: list[tuple[Row, Mark]]
    stays: list[Row]

    def __str__(self) -> str:
        moved: dict[float, int] = {}
        for row, mark in self.changes:
            by = round((mark.score or 0.0) - (row.mark.score or 0.0), 6)
            moved[by] = moved.get(by, 0) + 1
        said = [
            f"{counted(count, 'gains', 'gain') if by > 0 else counted(count, 'loses', 'lose')} {abs(by):g}"
            for by, count in sorted(moved.items(), reverse=True)
            if by
        ]
        if moved.get(0.0):
            said.append(counted(moved[0.0], "gets another comment", "get another comment"))
        line = counted(len(self.changes), "answer changes", "answers change")
        line += f": {', '.join(said)}" if said else ""
        stay = counted(len(self.stays), "with another hand's score stays", "with another hand's score stay")
        return f"{line}; {stay}" if self.stays else line


def edit(reviews: Reviews, question: str, item: Item, grader: str, *, apply: bool) -> Edited:
    """Replace an item of a question's rubric (number 0: a new one), and recalculate every answer that has it.

    Raises UsageError for an unknown item.
    """
    with reviews.transaction() as connection:
        old = rubrics(connection, reviews.task)[question]
        known = {one.number: one for one in old.items}
        if item.number and item.number not in known:
            raise UsageError(f"{question} has no item {item.number}")
        item = item if item.number else replace(item, number=max(known, default=0) + 1)
        new = Rubric(question, old.max, old.start, tuple({**known, item.number: item}.values()))
        rows = load(connection, reviews.task.name, question).values()
        done = _edited([row for row in rows if item.number in (row.mark.items or ())], old, new, item)
        if apply:
            where = (
                RUBRIC.c.assignment == reviews.task.name,
                RUBRIC.c.question == question,
                RUBRIC.c.item == item.number,
            )
            connection.execute(delete(RUBRIC).where(*where))
            place = {"assignment": reviews.task.name, "question": question, "item": item.number}
            values = {name: getattr(item, name) for name in ("points", "text", "comment", "note", "retired")}
            connection.execute(insert(RUBRIC), {**place, "position": item.number, **values})
            _put(reviews, connection, done, grader)
    return done


def count_from(reviews: Reviews, question: str, maximum: bool, grader: str, *, apply: bool) -> Edited:
    """Count a question's points from its maximum, for items that take points off, or from 0.

    Every answer with items is recalculated.
    """
    with reviews.transaction() as connection:
        old = rubrics(connection, reviews.task)[question]
        new = replace(old, start=old.max if maximum else 0.0)
        rows = load(connection, reviews.task.name, question).values()
        done = _edited([row for row in rows if row.mark.items is not None], old, new, Item(0, 0.0, ""))
        if apply:
            here = (
                RUBRIC.c.assignment == reviews.task.name,
                RUBRIC.c.question == question,
                RUBRIC.c.item == 0,
            )
            connection.execute(update(RUBRIC).where(*here).values(points=new.start))
            _put(reviews, connection, done, grader)
    return done


def _put(reviews: Reviews, connection: Connection, done: Edited, grader: str) -> None:
    batch = new_id()
    for row, mark in done.changes:
        now, _ = reviews.locked(connection, row.question, row.student)
        reviews.put(connection, now, mark, grader, batch, "rubric")


def _edited(rows: list[Row], old: Rubric, new: Rubric, item: Item) -> Edited:
    changes, stays = [], []
    for row in rows:
        mark = row.mark
        if not explained(mark, old):
            stays.append(row)
            continue
        items = tuple(n for n in mark.items or () if n != item.number or not item.retired)
        score, comment = new.score(items, mark.adjust), new.comment(items, mark.free)
        after = replace(mark, items=items, score=score, comment=comment)
        if after != mark:
            changes.append((row, after))
    return Edited(changes, stays)
