"""What was measured is drawn: on the feedback page, on the class page, beside the answer that is about it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from homework.course import Course
from homework.drawings import Axis, training_curves
from homework.report.leaderboard import front
from homework.report.overview import write_overview
from homework.results import Curve
from homework.review.desk import Desk
from tests.homework.report.support import RECORDED, Seen, ending, page_of, read, result
from tests.homework.review.support import make_course

ACCURACY = {"name": "accuracy", "none": 0.5, "full": 0.85, "percent": True}
SIZE = {"name": "parameters", "none": 1_000_000, "full": 10_000, "log": True}
LOSS = {"loss": {"training": [2.0, 1.0, 0.5], "validation": [1.5, 0.75, 0.9]}}


def model(student: str, accuracy: float, size: float, **more: Any) -> dict[str, Any]:
    """A result with a network of this accuracy and size."""
    tests = [
        ending("accuracy", "failed", 4, "So far.", score=2, measured=accuracy, curve=ACCURACY, **more),
        ending("size", "failed", 4, "Large.", score=1, measured=size, curve=SIZE),
        ending("history", series=LOSS),
    ]
    return result(student, tests)


def alternatives(html: str) -> list[str]:
    """The text alternatives of all drawings of a page."""
    return re.findall(r'<svg class="plot"[^>]* aria-label="([^"]*)"', html)


def test_a_curve_gives_the_shares_that_it_shows() -> None:
    line, logarithm = Curve("accuracy", 0.5, 0.9), Curve("size", 1e6, 1e4, log=True)
    assert [line.share(x) for x in (0.4, 0.5, 0.7, 0.9, 1.0)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert [logarithm.share(x) for x in (1e7, 1e6, 1e5, 1e4, 1, 0)] == pytest.approx([0, 0, 0.5, 1, 1, 1])


def test_a_student_sees_the_own_point_on_each_curve_and_the_training(course: Course) -> None:
    html = page_of(course, model("ada", 0.675, 100_000))
    assert Seen(html).dangers == []
    assert alternatives(html) == [
        "accuracy: no points at 50.0 %, 4 at 85.0 %; yours, 67.5 %, gave 2.",
        "parameters: no points at 1,000,000, 4 at 10,000; yours, 100,000, gave 1.",
        (
            "loss over 3 epochs. training: 2 at first, 0.5 at the end, lowest 0.5 in epoch 3, highest 2 in epoch 1. "
            "validation: 1.5 at first, 0.9 at the end, lowest 0.75 in epoch 2, highest 1.5 in epoch 1."
        ),
    ]


def test_the_leaderboard_names_only_those_who_agreed(course: Course) -> None:
    found = [model("ada", 0.9, 50_000, named=True), model("bob", 0.8, 20_000), model("cyd", 0.8, 60_000)]
    html = write_overview(course, "hw1", read(found)).read_text()
    assert Seen(html).dangers == []
    (board,) = re.findall(r'<h2 id="leaderboard-correlate">.*?</section>', html, re.DOTALL)
    assert "ada" in board and "bob" not in board and "cyd" not in board
    text = Seen(board).text
    assert "ada 90.0 % 50,000 yes not named 80.0 % 20,000 yes not named 80.0 % 60,000" in text
    assert alternatives(board) == [
        "accuracy against parameters of 3 submissions. On the Pareto front: 80.0 % with 20,000; 90.0 % with 50,000."
    ]


def test_a_class_without_measured_values_has_no_leaderboard(course: Course) -> None:
    html = write_overview(course, "hw1", read([result("ada", [ending("wide")])])).read_text()
    assert "Leaderboard" not in html


def test_equals_are_on_the_front_together() -> None:
    high, low = Curve("accuracy", 0, 1), Curve("size", 9, 1)
    values = {"a": (0.9, 5.0), "b": (0.9, 5.0), "c": (0.9, 6.0), "d": (0.5, 1.0), "e": (0.4, 1.0)}
    found = {name: {"accuracy": accuracy, "size": size} for name, (accuracy, size) in values.items()}
    assert front(found, high, low) == {"a", "b", "d"}


def test_who_marks_an_answer_sees_the_curves_that_it_is_about(tmp_path: Any) -> None:
    course = make_course(tmp_path / "a course")
    path = course.root / "source" / "hw1" / "hw1.ipynb"
    notebook = json.loads(path.read_text())
    next(c for c in notebook["cells"] if c["id"] == "depth")["metadata"]["homework"] = {"shows": "correlate"}
    path.write_text(json.dumps(notebook))
    receipt = {**model("ada", 0.7, 100_000), "recorded": RECORDED}
    (course.autograded / "ada" / "hw1" / "receipt.json").write_text(json.dumps(receipt))
    desk = Desk(Course(course.root))
    for question, drawn in (("depth", [1, 0]), ("width", [0, 0])):
        cards = {card.row.student: card for card in desk.work("hw1", question, 1)["cards"]}
        assert [len(cards[student].plots) for student in ("ada", "bob")] == drawn
    assert "lowest 0.75 in epoch 2" in str(desk.work("hw1", "depth", 1)["cards"])


def test_a_name_cannot_break_out_of_a_drawing() -> None:
    drawing = str(training_curves('"><script>', {"<b>": [1.0, 2.0]}))
    assert "<script>" not in drawing and "<b>" not in drawing


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis.of(0, 0.99, percent=True), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        (Axis.of(3_000, 2e6, log=True), ["10 k", "100 k", "1 M"]),
        (Axis.of(3_000, 4_000, log=True), ["1 k", "10 k"]),
        (Axis.of(2, 2), ["1.4", "1.6", "1.8", "2", "2.2", "2.4", "2.6"]),
    ],
)
def test_axes_have_round_numbers(axis: Axis, ticks: list[str]) -> None:
    assert [text for _, text in axis.ticks] == ticks
