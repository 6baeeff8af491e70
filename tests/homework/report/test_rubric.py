"""Rubric items on feedback pages, and a page for a notebook that is not recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from homework.course import Course
from homework.report.feedback import write_feedback, write_preview
from homework.review.edits import edit
from homework.review.marks import Reviews, Wanted
from homework.review.rubric import Item
from homework.submission.answers import Answers
from tests.homework.report.support import OTHERS, Seen, read, result
from tests.homework.review.support import in_formgrader, make_course


def test_a_page_shows_items_with_their_points_and_comments(tmp_path: Path) -> None:
    course = make_course(tmp_path / "a course")
    reviews = Reviews(course, "hw1")
    edit(reviews, "depth", Item(2, 0.75, "Says why.", "You say why."), "gil", apply=True)
    for name in ("ada", "bob"):
        seen = reviews.version(reviews.load()[0]["depth", name])
        reviews.change("depth", name, seen, Wanted((1, 2), free="Well put."), "gil")
    in_formgrader(course, "bob", "depth", comment="Another.")
    ada, bob = (Seen(page.read_text()).text for page in write_feedback(course, "hw1", ["ada", "bob"]))
    assert "(+0.75) You say why. Well put." in ada
    assert "Another." in bob and "You say why" not in bob
    assert "Says so." not in ada and "gil" not in ada  # for graders


def test_all_items_are_listed_if_that_is_asked_for(tmp_path: Path) -> None:
    """With what a student may read of them; nothing of an answer that waits, or that was marked elsewhere."""
    course = make_course(tmp_path / "a course")
    reviews = Reviews(course, "hw1")
    edit(reviews, "depth", Item(1, 1, "Says so.", "You say so."), "gil", apply=True)
    edit(reviews, "depth", Item(2, 0.75, "Says why.", "You say why."), "gil", apply=True)
    for name in ("ada", "bob"):
        seen = reviews.version(reviews.load()[0]["depth", name])
        reviews.change("depth", name, seen, Wanted((2,), free="Well put."), "gil")
    in_formgrader(course, "bob", "depth", comment="Another.")
    pages = write_feedback(course, "hw1", ["ada", "bob", "cyd"], all_items=True)
    ada, bob, cyd = (Seen(page.read_text()).text for page in pages)
    assert "(+1, not applied) You say so. (+0.75) You say why. Well put." in ada
    assert "Says" not in ada
    assert "You say" not in bob + cyd
    (page,) = write_feedback(course, "hw1", ["ada"])
    assert "not applied" not in page.read_text()


def test_a_preview_is_the_page_of_a_result_that_is_not_recorded(course: Course, tmp_path: Path) -> None:
    (one,) = read([result("ada", OTHERS)])
    data: dict[str, Any] = {"schema": 1, "assignment": "hw1", "student": "ada", "sha256": None}
    answers = Answers.parse(json.dumps({**data, "answers": {}, "code": {}}))
    page = write_preview(course, "hw1", one, answers, tmp_path / "page.html")
    assert "Title of zeros." in Seen(page.read_text()).text
    assert not course.feedback.exists()
