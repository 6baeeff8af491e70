"""The statistics of a class, against worked numbers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from homework.report import statistics as stats
from homework.report.classes import _csv, report, write_report
from homework.review.marks import Reviews, Wanted
from tests.homework.report.support import OTHERS, RECORDED, Seen, ending, result
from tests.homework.review.support import make_course

ROWS = """2 1 1 3 0 | 2 1 1 2.5 1 | 2 1 0 3 0 | 1.5 1 1 2 1 | 2 0 1 1.5 0 | 1 1 1 2 1 | 1 0 0 1 1 | .5 1 0 1.5 0
| 1 0 0 .5 1 | 0 0 1 0 1 | 0 0 0 .5 1"""
TABLE = [[float(x) for x in row.split()] for row in ROWS.split("|")]
ITEMS = [list(column) for column in zip(*TABLE, strict=True)]
MAXIMA = [2, 1, 1, 3, 1]
TOTALS = [sum(row) for row in TABLE]


def test_the_worked_numbers_of_eleven_students() -> None:
    assert TOTALS == [7, 7.5, 6, 6.5, 4.5, 6, 3, 3, 2.5, 2, 1.5]
    rest = [stats.item_rest(x, TOTALS) for x in ITEMS]
    assert rest == pytest.approx([0.653294, 0.669084, 0.374421, 0.731039, -0.426243], abs=1e-6)
    total = [stats.correlation(x, TOTALS) for x in ITEMS]
    assert total == pytest.approx([0.834666, 0.790736, 0.571087, 0.910693, -0.227358], abs=1e-6)
    upper = [stats.discrimination(x, most, TOTALS) for x, most in zip(ITEMS, MAXIMA, strict=True)]
    assert upper == pytest.approx([0.75, 1.0, 0.666667, 0.722222, -0.333333], abs=1e-6)
    percent = [stats.efficiency(x, TOTALS) for x in ITEMS]
    assert percent == pytest.approx([68.390805, 71.502591, 43.005181, 76.637168, -48.260870], abs=1e-6)
    assert stats.alpha(ITEMS) == pytest.approx((0.604067, 1.371380), abs=1e-6)
    without = stats.alpha(ITEMS[:4])
    assert without is not None
    assert without[0] == pytest.approx(0.800440, abs=1e-6)
    assert stats.item_rest([1.0] * 11, TOTALS) is None


def test_intervals() -> None:
    assert stats.wilson(12, 39) == pytest.approx((0.19, 0.46), abs=0.005)
    for n, low, high in ((11, -0.37, 0.76), (30, -0.07, 0.60), (100, 0.11, 0.47)):
        assert stats.fisher(0.3, n) == pytest.approx((low, high), abs=0.006)


def test_options_of_a_question() -> None:
    rest = [float(x) for x in "9 9 8 8 8 7 7 7 6 6 6 5 5 5 4 4 3 3 2 1".split()]
    found = {o: stats.correlation([float(c == o) for c in "BBBBBBABBBCABCACABAC"], rest) for o in "ABCD"}
    assert found == pytest.approx({"A": -0.373363, "B": 0.620806, "C": -0.367941, "D": None}, abs=1e-6)


def test_a_grader_who_gives_more() -> None:
    one = [2.5, 2, 2.25, 1.5, 2, 2.5, 1.75, 2.25, 2, 1.25]
    other = [1.5, 1.25, 2, 1, 1.75, 1.5, 2.25, 1, 1.25, 1.5]
    found = stats.drift(one, other)
    assert found is not None
    assert (found.by, found.low, found.high) == pytest.approx((0.50, 0.116, 0.884), abs=5e-4)
    assert found.alarming
    assert stats.drift(one[:9], other) is None


def test_page_and_tables_have_the_same_numbers(tmp_path: Path) -> None:
    course = make_course(tmp_path / "a course", {f"s{n:02d}": f"Answer {n} <b>." for n in range(12)})
    reviews = Reviews(course, "hw1")
    for number, ((question, student), row) in enumerate(reviews.load()[0].items()):
        items = ((1,), (1, 2), (), (1, 2, 3))[number % 4]
        if student != "s11":
            reviews.change(question, student, reviews.version(row), Wanted(items), "gil")
    page = write_report(course, "hw1")
    with (page.parent / "items.csv").open(newline="") as file:
        items = {row["task"]: row for row in csv.DictReader(file)}
    seen = Seen(page.read_text())
    assert seen.dangers == []
    for row in items.values():
        for column in ("facility", "item_rest", "low", "high"):
            assert row[column] in seen.text, column
    assert (items["depth"]["n"], items["correlate"]["facility"]) == ("11", "0.500")
    assert "left to mark: depth 1" in seen.text


def test_wrong_answers_without_a_name_are_grouped(tmp_path: Path) -> None:
    course = make_course(tmp_path / "a course")
    for student, message in (("ada", "Off by one."), ("bob", "Off by one."), ("cyd", "Off by two.")):
        tests = [ending("wide", "failed", 2, message), *OTHERS]
        receipt = {**result(student, tests), "recorded": RECORDED}
        (course.autograded / student / "hw1" / "receipt.json").write_text(json.dumps(receipt))
    (group,) = report(course, "hw1").unnamed
    assert (group.exercise, group.students, group.message) == ("correlate", ["ada", "bob"], "Off by one.")


def test_no_field_of_the_reports_tables_is_a_formula(tmp_path: Path) -> None:
    _csv(
        tmp_path / "a.csv",
        ["name", "share"],
        [{"name": "ada =1+1;=2", "share": -0.5}, {"name": "=1", "share": None}],
    )
    assert (tmp_path / "a.csv").read_text("utf-8").splitlines() == [
        "name,share",
        "ada =1+1;'=2,-0.500",
        "'=1,",
    ]
