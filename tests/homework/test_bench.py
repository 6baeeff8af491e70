"""bench/ compares like with like: the class is what it says, the floor judges as we do, the report shows what was measured."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench import compare, report
from bench.floor import Floor
from bench.hidden import hidden_tests
from bench.measure import cost
from bench.sample import Student, evenly, sample_class, without_endless
from bench.stock import Stock
from homework.course import Course
from homework.grading import Grader
from homework.submission.handin import Submission
from homework.submission.template import Template


@pytest.fixture(scope="module")
def students(course: Course) -> list[Student]:
    """The class of the comparison."""
    return sample_class(course, "hw1", 200)


def test_a_third_of_the_class_is_wrong_and_two_never_end(course: Course, students: list[Student]) -> None:
    assert Counter(student.kind for student in students) == {"right": 134, "wrong": 64, "endless": 2}
    wrong = [s for s in students if s.kind == "wrong"]
    slips = [name for s in wrong for name, entry in s.entries.items() if entry != "reference"]
    assert len(slips) == len(wrong), "a wrong submission is wrong in one exercise"
    assert set(slips) == set(course.assignment("hw1").exercises)
    assert len({tuple(s.entries.items()) for s in students if s.kind == "right"}) > 60
    assert sample_class(course, "hw1", 200) == students


def test_samples_are_of_the_same_kind(students: list[Student]) -> None:
    for size in (3, 12, 30):
        sample = evenly(students, size)
        assert len({s.name for s in sample}) == size
        assert Counter(s.kind for s in sample) == {"right": 2 * size // 3, "wrong": size // 3}
    assert evenly(students, 200) == without_endless(students)
    slips = {
        name
        for s in evenly(students, 12)
        for name, e in s.entries.items()
        if s.kind == "wrong" and e != "reference"
    }
    assert len(slips) > 1, "not all of a sample's slips are in one exercise"


def floor_judges(course: Course, students: list[Student], folder: Path, limit: float) -> dict[str, Any]:
    """The points that the floor gives, by student, exercise and test."""
    floor = Floor(course, "hw1", jobs=2)
    floor.prepare(folder / "floor", limit)
    cost(floor.fresh(students))
    points: dict[str, Any] = json.loads((folder / "floor" / "results.json").read_text())["points"]
    return points


def judged(result: dict[str, Any]) -> dict[str, dict[str, float]]:
    """The same of a result of ours."""
    return {e["name"]: {t["name"]: t["score"] for t in e["tests"]} for e in result["exercises"]}


def test_the_floor_judges_as_we_do(
    course: Course, template: Template, students: list[Student], tmp_path: Path
) -> None:
    some = evenly(students, 12)
    floor = floor_judges(course, some, tmp_path, limit=10)
    with Grader(course, "hw1") as grader:
        graded = grader.grade([Submission(s.name, s.notebook(template)) for s in some])
    for student, ours in zip(some, graded, strict=True):
        assert floor[student.name] == judged(ours.result.to_json()), student.entries
        right = ours.result.score.auto == ours.result.score.auto_max
        assert right == (student.kind == "right"), student.entries


def test_the_floor_ends_what_never_ends(
    course: Course,
    template: Template,
    students: list[Student],
    grade: Callable[[Any], dict[str, Any]],
    tmp_path: Path,
) -> None:
    last = next(student for student in students if student.kind == "endless")
    exercise = list(last.entries)[-1]
    floor = floor_judges(course, [last], tmp_path, limit=2)[last.name][exercise]
    assert floor == judged(grade(last.notebook(template)))[exercise]
    assert set(floor.values()) == {0.0}


def test_other_graders_get_all_hidden_tests_with_their_points(course: Course) -> None:
    cells = {
        c["metadata"].get("nbgrader", {}).get("grade_id"): c
        for c in Stock(course, "hw1").source_notebook()["cells"]
    }
    for name, exercise in course.assignment("hw1").exercises.items():
        namespace: dict[str, Any] = {}
        exec(hidden_tests(course, "hw1", name), namespace)
        tests = namespace["hidden_tests"]()
        assert sum(weight for weight, _ in tests.values()) == exercise.points
        assert course.tests("hw1", name).read_text().count("@points(") == len(tests)
        source = cells[f"hidden_{name}"]["source"]
        assert source.startswith("### BEGIN HIDDEN TESTS\n") and source.endswith("\n### END HIDDEN TESTS")
        assert cells[f"hidden_{name}"]["metadata"]["nbgrader"]["points"] == exercise.points


def test_disagreements_are_told(students: list[Student]) -> None:
    right, _, wrong = students[:3]
    slip = next(name for name, entry in wrong.entries.items() if entry != "reference")
    points = dict.fromkeys(right.entries, 2.0)
    scores = {right.name: points | {slip: 1.5}, wrong.name: points}
    assert compare.disagreements([right, wrong], scores, points) == [
        f"{right.name} (right): {slip} as {right.entries[slip]} gets 1.5 of 2",
        f"{wrong.name} (wrong): full marks for {slip} as {wrong.entries[slip]}",
    ]
    assert compare.disagreements([wrong], {wrong.name: points | {slip: 1.5}}, points) == []
    assert compare.disagreements([right], {}, points) == [f"{right.name} (right): no result"]


def test_the_report_shows_what_was_measured(tmp_path: Path) -> None:
    part = {
        "date": "2026-01-01 00:00 UTC",
        "commit": "abc",
        "load": [1.0, 1.0, 1.0],
        "machine": {"processor": "one", "cores": 2, "memory_gb": 8},
        "versions": {"python": "3.11"},
    }
    common = {
        "class": 200,
        "limit": 10,
        "right": 8,
        "wrong": 4,
        "memory": {"process": 250.4, "tree": 400, "submissions": 3},
    }
    ours = {
        **common,
        "title": "ours",
        "submissions": 198,
        "wall": [19.8, 39.6],
        "cpu": [20, 20],
        "disagreements": [],
    }
    stock = {
        **common,
        "title": "theirs",
        "submissions": 12,
        "wall": [50, 98],
        "start": [2, 2],
        "cpu": [40, 40],
    }
    stock["disagreements"] = ["s0001 (right): f as g gets 1 of 2"]
    path = tmp_path / "results" / "new.json"
    report.store(path, "grader: homework 1", {**part, "figures": {**ours, "endless": 20.0}})
    report.store(path, "grader: nbgrader", {**part, "figures": stock})
    results = report.load(path)
    # (50 - 2) / 12 + 2 / 200 is 40.1 times 0.1, (98 - 2) / 12 + 0.01 is 40.05 times 0.2
    assert [(found, reached) for _, _, found, reached in report.goals(results)] == [("40.1 (40–40.1)", True)]
    assert report.caution(results) == (
        "**Not to be relied on**: there were fewer than three rounds. Measure again with `make bench`."
    )
    console = Console(file=StringIO(), width=250)
    report.print_tables(results, console)
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert "0.150 (0.100–0.200)" in shown and "6.01 (4.01–8.01)" in shown and "s0001 (right)" in shown
    report.draw(results, tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    other = copy.deepcopy(part) | {
        "machine": {"processor": "another"},
        "figures": {"homework --help": [0.4, 0.2, 0.3]},
    }
    report.store(path, "cold", other)
    assert list(json.loads(path.read_text())["parts"]) == ["cold"], "results of two machines are not mixed"
    assert [(found, reached) for _, _, found, reached in report.goals(report.load(path))] == [
        ("0.30 s", True)
    ]
