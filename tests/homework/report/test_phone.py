"""Pages fit a phone: bars, points and long names, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from homework.course import Course
from homework.report.classes import write_report
from homework.report.feedback import write_feedback
from homework.report.overview import write_overview
from homework.report.similar_page import write_similar
from tests.homework.attacks.browser import CHROMIUM, Browser
from tests.homework.report.support import (
    FAILED_BY_FLIP,
    RECORDED,
    a_class,
    ending,
    given,
    read,
    record,
    result,
)
from tests.homework.review.support import make_course

LONG = "spatial_batchnorm_backward_with_a_very_long_name"
OUT = """JSON.stringify([...document.querySelectorAll(".card *:not(option)")].filter((one) => {
    if (one.closest("pre, .unseen, svg, .list, .answer table") || one.matches(".unseen, pre") || getComputedStyle(one).display === "inline") return false;
    const box = one.getBoundingClientRect(), card = one.closest(".card").getBoundingClientRect();
    return box.width && box.right > card.right + 1;
}).map((one) => one.outerHTML.slice(0, 80)))"""
OVERLAP = """JSON.stringify([...document.querySelectorAll(".scores tr, .tests li, .top")].filter((row) => {
    const boxes = [...row.children].filter((one) => one.getBoundingClientRect().width > 1).map((one) => one.getBoundingClientRect());
    return boxes.some((a, i) => boxes.some((b, j) => i < j && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1));
}).map((one) => one.outerHTML.slice(0, 80)))"""
BARS = "Math.min(...[...document.querySelectorAll('.bar')].map((one) => one.getBoundingClientRect().width))"


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
def test_nothing_leaves_its_card_or_overlaps(course: Course, tmp_path: Path) -> None:
    tests = [
        ending(f"{LONG}_{n}", "failed", 2.125, f"Your `{LONG}` differs.", title=f"{LONG} of {LONG}")
        for n in range(3)
    ]
    exercise = {"name": LONG, "score": 5.75, "max": 12.125, "seconds": 1.0, "tests": tests}
    graded = result("ada" * 20, tests)
    graded["exercises"].append(exercise)
    record(course, graded, answer="| a | b |\n|---|---|\n| " + LONG * 4 + " | 2 |")
    marks = {graded["student"]: given(penalty=0.375, depth=(1.125, f"- (+0.75) {LONG}", 0, False))}
    (feedback,) = write_feedback(course, "hw1", scores=marks)
    overview = write_overview(course, "hw1", read(a_class()))
    with Browser(tmp_path) as browser:

        def measured(script: str) -> Any:
            return json.loads(str(browser.value(script)))

        for width in (360, 414):
            browser._ask(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=800,
                deviceScaleFactor=1,
                mobile=True,
            )
            for page in (feedback, overview):
                browser.open(page.as_uri())
                assert browser.value("document.documentElement.scrollWidth") <= width, page
                assert measured(OUT) == []
                assert measured(OVERLAP) == []
                assert browser.value(BARS) > 100


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
def test_the_class_pages_fit_too(tmp_path: Path) -> None:
    """Names of tasks and misconceptions have a line of their own, and bars of a histogram are bars."""
    words = " ".join(f"word{n}" for n in range(40))
    course = make_course(tmp_path / "a course", {name: f"{words} {name}" for name in ("ada", "bob", "cyd")})
    for student in ("ada", "bob", "cyd"):
        graded = {**result(student, FAILED_BY_FLIP), "recorded": RECORDED}
        (course.autograded / student / "hw1" / "receipt.json").write_text(json.dumps(graded))
    names = "Math.min(...[...document.querySelectorAll('.list tbody th')].map((one) => one.getBoundingClientRect().width))"
    with Browser(tmp_path) as browser:
        browser._ask(
            "Emulation.setDeviceMetricsOverride", width=360, height=800, deviceScaleFactor=1, mobile=True
        )
        for page in (write_report(course, "hw1"), write_similar(course, "hw1")[0]):
            browser.open(page.as_uri())
            assert browser.value("document.documentElement.scrollWidth") <= 360, page
            assert json.loads(str(browser.value(OUT))) == []
            assert json.loads(str(browser.value(OVERLAP))) == []
            shown = browser.value(BARS) if page.name == "similar.html" else browser.value(names)
            assert shown > 100, page
