"""Every page that people read passes axe-core, on a phone and a screen, light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from homework.course import Course
from homework.report.classes import write_report
from homework.report.feedback import write_feedback
from homework.report.overview import write_overview
from homework.report.similar_page import write_similar
from homework.review.marks import Reviews, Wanted
from tests.homework.attacks.browser import Browser
from tests.homework.axe import needs_axe, violations
from tests.homework.report.support import FAILED_BY_FLIP, OTHERS, RECORDED, a_class, ending, read, result
from tests.homework.review.support import hand_in, make_course

SAID = "Depth builds features from features, so later layers combine edges into parts and parts into objects, which a shallow network needs many more units for."


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each kind, with something in every part."""
    answers = {f"s{n:02d}": f"Answer {n} says something else." for n in range(12)}
    course: Course = make_course(tmp_path_factory.mktemp("pages") / "a course", answers)
    for student in ("s01", "s02", "s03"):
        tests = [
            *FAILED_BY_FLIP,
            ending("odd", "failed", 2, "`Y` differs.", answers="1" * 32),
            ending("slow", "timeout", 2, "Too slow."),
            *OTHERS,
        ]
        receipt = {**result(student, tests), "recorded": RECORDED}
        (course.autograded / student / "hw1" / "receipt.json").write_text(json.dumps(receipt))
    for student in ("s04", "s05"):
        hand_in(course, student, f"{SAID}\n\n| a | b |\n|---|---|\n| 1 | `x` |\n\n> quoted", {})
    reviews = Reviews(course, "hw1")
    for number, (place, row) in enumerate(reviews.load()[0].items()):
        if number % 3:
            reviews.change(*place, reviews.version(row), Wanted((1,), free="**Nice**, `x`."), "gil")
    return {
        "feedback": next(page for page in write_feedback(course, "hw1") if "s01" in str(page)),
        "overview": write_overview(course, "hw1", read(a_class())),
        "report": write_report(course, "hw1"),
        "similar": write_similar(course, "hw1")[0],
    }


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


@needs_axe
@pytest.mark.parametrize("name", ["feedback", "overview", "report", "similar"])
def test_a_page_has_no_serious_violation(pages: dict[str, Path], browser: Browser, name: str) -> None:
    assert violations(browser, pages[name].as_uri()) == []
