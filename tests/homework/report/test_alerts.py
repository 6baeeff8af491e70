"""What a class report begins with: each alert has its number, and the students behind it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homework.choices import Choice, Option
from homework.commands.fairness import SolutionRow
from homework.commands.kept import Kept
from homework.report import alerts
from homework.report.alerts import Alert
from homework.report.classes import report, write_report
from homework.report.items import OptionRow, items
from homework.report.summary import summarize
from homework.results import Receipt
from homework.review.marks import Reviews, Wanted
from tests.homework.report.support import (
    FAILED_BY_FLIP,
    OTHERS,
    RECORDED,
    Seen,
    ending,
    result,
    without_score,
)
from tests.homework.review.support import in_formgrader, make_course
from tests.homework.support import run_homework


def receipt(student: str, tests: list[dict[str, Any]], **more: Any) -> Receipt:
    return Receipt.from_json(json.dumps({**result(student, tests, **more), "recorded": RECORDED}))


def a_class(n: int, *tests: dict[str, Any]) -> dict[str, Receipt]:
    return {f"s{k:02}": receipt(f"s{k:02}", list(tests)) for k in range(n)}


def test_a_test_that_nobody_passes_counts_who_got_there() -> None:
    graded = a_class(4, ending("wide", "failed", 2, "No."))
    graded["zoe"] = receipt("zoe", [ending("wide", "skipped", 2)])
    graded["yan"] = receipt("yan", [ending("wide", "grader-fault", 2)])
    assert list(alerts.of_tests(graded)) == []  # four got there: too few for a share
    graded["xu"] = receipt("xu", [ending("wide", "error", 2, "No.")])
    who = ["s00", "s01", "s02", "s03", "xu"]
    assert list(alerts.of_tests(graded)) == [Alert("correlate, test_wide: none of 5 passed", 0, who)]
    graded["ada"] = receipt("ada", [ending("wide")])
    assert list(alerts.of_tests(graded)) == []


def test_a_test_that_all_pass_tells_nothing_from_twenty_on() -> None:
    assert list(alerts.of_tests(a_class(19, ending("wide")))) == []
    (one,) = alerts.of_tests(a_class(20, ending("wide")))
    assert (one.said, one.number) == ("correlate, test_wide: all 20 passed; it tells nothing", 20)
    assert one.students == [f"s{k:02}" for k in range(20)]


def test_a_negative_correlation_names_those_who_make_it_so() -> None:
    """Of 30 students four are good here and weak elsewhere, or the other way; of 29 nothing is said."""
    x = [1.0] * 2 + [0.0] * 2 + [0.0, 1.0] * 13
    rest = [0.0] * 2 + [9.0] * 2 + [4.0, 4.2] * 13
    totals = [a + b for a, b in zip(x, rest, strict=True)]
    names = [f"s{k:02}" for k in range(30)]
    (one,) = alerts.of_item("correlate", -0.4321, x, totals, names)
    assert one.said == "correlate: item–rest correlation -0.43 of 30"
    assert one.number == -0.4321
    assert {"s00", "s01", "s02", "s03"} <= set(one.students)
    assert list(alerts.of_item("correlate", -0.4321, x[:29], totals[:29], names[:29])) == []
    assert list(alerts.of_item("correlate", 0.0, x, totals, names)) == []
    assert list(alerts.of_item("correlate", None, x, totals, names)) == []


def test_only_complete_submissions_count_for_a_correlation(tmp_path: Path) -> None:
    """Of 31 students one waits for a mark in a question that nearly everybody has: 30 are compared."""
    students = {f"s{k:02}": f"Answer {k}." for k in range(31)}
    course = make_course(tmp_path / "a course", students)
    for number, student in enumerate(students):
        for question, score in (("depth", number % 3), ("width", 2 - number % 3)):
            if (student, question) != ("s30", "width"):
                in_formgrader(course, student, question, score)
    done = report(course, "hw1")
    (depth,) = [item for item in done.items if item.task == "depth"]
    assert (depth.n, depth.complete) == (31, 30)
    assert depth.item_rest == pytest.approx(-1)
    assert [one.said for one in done.alerts if "correlation" in one.said] == [
        "depth: item–rest correlation -1.00 of 30",
        "width: item–rest correlation -1.00 of 30",
    ]


@pytest.mark.parametrize(("count", "of", "said"), [(2, 8, "2 of 8 (25 %)"), (1, 5, ""), (3, 4, "")])
def test_a_misconception_of_a_quarter_of_the_class(count: int, of: int, said: str) -> None:
    who = ["ada", "bob", "cyd"][:count]
    found = list(alerts.of_misconception("correlate", "flipped_kernel", who, of))
    expected = [Alert(f"correlate: {said} have flipped_kernel", count / of, who)] if said else []
    assert found == expected


def test_no_share_of_a_class_of_four_is_shown(tmp_path: Path) -> None:
    course = make_course(tmp_path / "a course", dict.fromkeys(("ada", "bob", "cyd", "dan"), "Because."))
    for student in ("ada", "bob", "cyd", "dan"):
        graded = {**result(student, FAILED_BY_FLIP), "recorded": RECORDED}
        (course.autograded / student / "hw1" / "receipt.json").write_text(json.dumps(graded))
    page = write_report(course, "hw1")
    assert "flipped_kernel in correlate" in Seen(page.read_text()).text
    assert "4 of 4 –" in Seen(page.read_text()).text
    with (page.parent / "misconceptions.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["count"], row["of"], row["share"], row["low"]) == ("4", "4", "", "")


def timed(seconds: Sequence[float]) -> dict[str, Receipt]:
    graded = a_class(len(seconds), ending("wide"))
    found = {}
    for (name, one), took in zip(graded.items(), seconds, strict=True):
        raw = json.loads(json.dumps(result(name, [ending("wide")])))
        raw["exercises"][0]["seconds"] = took
        found[name] = Receipt.from_json(json.dumps({**raw, "recorded": RECORDED}))
        assert one.student == name
    return found


def test_a_class_that_takes_five_times_the_banks_time() -> None:
    graded = timed([0.2, 5.5, 6, 7, 8])
    (one,) = alerts.of_times(graded, {"correlate": 1.0})
    assert one.said == "correlate: takes 6 s (median), and the bank's solutions 1 s"
    assert (one.number, one.students) == (6, ["s01", "s02", "s03", "s04"])
    assert list(alerts.of_times(graded, {"correlate": 1.2})) == []  # exactly five times
    assert list(alerts.of_times(graded, {})) == []  # never checked here
    assert list(alerts.of_times(timed([0.4] * 5), {"correlate": 0.01})) == []  # nobody waits for that


def test_submissions_that_need_a_person(tmp_path: Path) -> None:
    receipts: dict[str, Receipt | None] = {
        "ada": receipt("ada", OTHERS),
        "bob": Receipt.from_json(
            json.dumps({**without_score("bob", "grader-fault", "x"), "recorded": RECORDED})
        ),
        "cyd": Receipt.from_json(
            json.dumps({**without_score("cyd", "unreadable", "x"), "recorded": RECORDED})
        ),
        "dan": None,
        "eve": receipt("eve", [ending("wide", "grader-fault", 2)]),
    }
    assert list(alerts.of_submissions(receipts)) == [
        Alert("2 submissions with a fault of the grader", 2, ["bob", "eve"]),
        Alert("1 submission could not be read", 1, ["cyd"]),
    ]


def test_questions_left_and_adjustments(tmp_path: Path) -> None:
    """Of ten answers two wait and two are adjusted; one adjusted answer of ten is no alert."""
    course = make_course(tmp_path / "a course", {f"s{k}": f"Answer {k}." for k in range(10)})
    reviews = Reviews(course, "hw1")
    rows, _ = reviews.load()
    for (question, student), row in rows.items():
        if student not in ("s8", "s9"):
            adjusted = student == "s0" or (student == "s1" and question == "depth")
            wanted = Wanted((1,), 0.5 if adjusted else None)
            reviews.change(question, student, reviews.version(row), wanted, "gil")
    found = list(alerts.of_reviews(["depth", "width"], *reviews.load()))
    assert found == [
        Alert("4 answers left to mark: depth 2, width 2", 4, ["s8", "s9"]),
        Alert("depth: 2 of 10 (20 %) adjusted", 0.2, ["s0", "s1"]),
    ]
    page = write_report(course, "hw1")
    with (page.parent / "alerts.csv").open(newline="") as file:
        rows_of = {row["alert"]: (row["number"], row["students"]) for row in csv.DictReader(file)}
    assert rows_of["depth: 2 of 10 (20 %) adjusted"] == ("0.200", "s0 s1")
    assert "depth: 2 of 10 (20 %) adjusted 2 students s0 , s1" in Seen(page.read_text()).text


def test_a_grader_who_gives_more_is_named_with_both_graders_students(tmp_path: Path) -> None:
    """The worked numbers of the report's documentation: 0.50 (0.12 to 0.88)."""
    one = [2.5, 2, 2.25, 1.5, 2, 2.5, 1.75, 2.25, 2, 1.25]
    other = [1.5, 1.25, 2, 1, 1.75, 1.5, 2.25, 1, 1.25, 1.5]
    course = make_course(tmp_path / "a course", {f"s{k:02}": f"Answer {k}." for k in range(20)})
    reviews = Reviews(course, "hw1")
    rows, last = reviews.load()
    marked = dict(rows)
    for k, score in enumerate([*one, *other]):
        row = rows["depth", f"s{k:02}"]
        wanted = Wanted((), score)
        reviews.change("depth", row.student, reviews.version(row), wanted, "ann" if k < 10 else "bob")
    marked, last = reviews.load()
    (drift,) = [one for one in alerts.of_reviews(["depth"], marked, last) if "gives" in one.said]
    assert drift.said == "depth: ann gives +0.50 (0.12 to 0.88) against bob"
    assert len(drift.students) == 20
    assert drift.number == pytest.approx(0.5)


# ---------------------------------------------------------------------------------------------- quiz


LETTERS = "BBBBBBABBBCABCACABAC"
REST = [9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6, 5, 5, 5, 4, 4, 3, 3, 2, 1]


def quiz(key: str, letters: str = LETTERS) -> tuple[Choice, Mapping[str, Receipt]]:
    """Twenty students' choices of one question, and their scores elsewhere."""
    names = {letter: Option(letter.upper(), f"Option {letter}", "") for letter in "abcd"}
    choice = Choice("q01", "Topic", "Text", "", names, key)
    graded = {}
    for k, (letter, rest) in enumerate(zip(letters, REST, strict=True)):
        right = letter.lower() == key
        test = ending("one", "passed" if right else "failed", 1, "" if right else "Why.")
        raw = result(f"s{k:02}", [test | {"misconception": None if right else letter}])
        raw["exercises"] = [
            raw["exercises"][0] | {"name": "q01", "max": 1},
            {"name": "others", "score": rest, "max": 10, "seconds": 0.1, "tests": []},
        ]
        graded[f"s{k:02}"] = Receipt.from_json(json.dumps({**raw, "recorded": RECORDED}))
    return choice, graded


def questions(choice: Choice) -> dict[str, Choice]:
    return {"q01": choice, "others": replace(choice, name="others")}


def options(choice: Choice, graded: Mapping[str, Receipt]) -> dict[str, OptionRow]:
    """The options of q01, by letter."""
    first, _ = items(questions(choice), summarize(graded.values()))
    return {one.letter: one for one in first.options}


def test_the_worked_numbers_of_a_questions_options() -> None:
    choice, graded = quiz("b")
    found = options(choice, graded)
    assert {letter: len(one.students) for letter, one in found.items()} == {"a": 5, "b": 11, "c": 4, "d": 0}
    assert [found[letter].rest for letter in "abc"] == pytest.approx([4.2, 6.909091, 4.0], abs=1e-6)
    assert [found[letter].r for letter in "abc"] == pytest.approx([-0.373363, 0.620806, -0.367941], abs=1e-6)
    assert found["d"].r is found["d"].rest is None
    assert not any(one.doubtful for one in found.values())
    assert [letter for letter, one in found.items() if one.idle] == ["d"]


def test_a_wrong_key_is_suspected_from_both_sides() -> None:
    choice, graded = quiz("a")

    def told(graded: Mapping[str, Receipt]) -> list[Alert]:
        found = alerts.of_choices(items(questions(choice), summarize(graded.values())))
        return [one for one in found if one.said.startswith("q01")]

    assert [(one.said, len(one.students)) for one in told(graded)] == [
        ("q01, a) Option a: the key, and chosen by the weaker (r -0.37): is the key right?", 5),
        ("q01, b) Option b: wrong, and chosen by the stronger (r 0.62): is the key right?", 11),
    ]
    assert not told(dict(list(graded.items())[:19]))


def test_one_strong_student_who_errs_is_no_reason_to_doubt_the_key() -> None:
    choice, graded = quiz("b", "BBC" + 17 * "B")
    found = options(choice, graded)
    assert [found[letter].r for letter in "bc"] == pytest.approx([-0.2404, 0.2404], abs=1e-4)
    assert not any(one.doubtful for one in found.values())
    choice, graded = quiz("c", 18 * "B" + "CC")  # the two weakest choose the key
    found = options(choice, graded)
    assert [letter for letter, one in found.items() if one.doubtful] == ["b", "c"]


# ---------------------------------------------------------------------------------------------- the command


def test_the_banks_times_are_those_of_the_last_check(tmp_path: Path) -> None:
    """The median of its right solutions; a solution of which no time is known does not count."""
    course = make_course(tmp_path / "a course", {f"s{k}": "Because." for k in range(5)})
    for k, one in enumerate(timed([7.0] * 5).values()):
        folder = course.autograded / f"s{k}" / "hw1"
        raw = json.loads((folder / "receipt.json").read_text())
        raw["exercises"][0]["seconds"] = one.exercises[0].seconds
        (folder / "receipt.json").write_text(json.dumps(raw))
    kept = Kept()
    times = {"reference": 1.0, "variant": 1.2, "misconception": 30.0}
    rows = [
        SolutionRow("correlate", kind, kind, 1, 1, {"a": "passed"}, "", seconds=s)
        for kind, s in times.items()
    ]
    kept.keep(
        "correlate", "digest", [*rows, SolutionRow("correlate", "variant", "old", 1, 1, {"a": "passed"}, "")]
    )
    kept.write(course, "hw1")
    assert Kept.read(course, "hw1").seconds() == {"correlate": 1.1}
    done = run_homework("report", "hw1", course=course.root)
    assert done.returncode == 0, done.stderr
    page = (course.root / "report" / "hw1" / "index.html").read_text()
    assert "correlate: takes 7 s (median), and the bank's solutions 1.1 s" in Seen(page).text
