"""The points of rubric items in the comments that students read."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import inspect

from homework.course import Course
from homework.gradebook.database import connect
from homework.gradebook.scores import SubmissionScore
from homework.review.marks import explained
from homework.review.rows import load
from homework.review.rubric import rubrics
from homework.review.tables import APPLIED


def show_points(
    course: Course, assignment: str, scores: Mapping[str, SubmissionScore], *, all_items: bool = False
) -> None:
    """Put the points of each rubric item in front of its comment. Comments from elsewhere stay as they are.

    With `all_items` those that were not applied are listed, too. Of each item students read the comment only.
    """
    if not scores:
        return
    with connect(course) as connection:
        if not inspect(connection).has_table(APPLIED.name):
            return
        rows = load(connection, assignment)
        known = rubrics(connection, course.assignment(assignment))
    for (question, student), row in rows.items():
        mark = row.mark
        if student not in scores or question not in known or not explained(mark, known[question]):
            continue
        lines = []
        for item in known[question].active:
            applied = item.number in (mark.items or ())
            if item.comment.strip() and (applied or (all_items and mark.items is not None)):
                lines.append(f"- ({item.points:+g}{'' if applied else ', not applied'}) {item.comment}")
        if lines:
            parts = ["\n".join(lines), mark.free.strip()]
            scores[student].comments[question] = "\n\n".join(part for part in parts if part)
