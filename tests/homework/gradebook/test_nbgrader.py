"""nbgrader's own commands and Formgrader's button, with our configuration and without."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from homework.course import Course
from homework.gradebook.export import export_csv
from homework.grading import GradedSubmission
from tests.homework.gradebook.support import PATH_WITH_ALEMBIC, by_hand, ended, grades, named, start_nbgrader
from tests.homework.support import exercise


@pytest.fixture(scope="module")
def after_nbgrader(
    recorded_course: Course, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, dict[str, str]]:
    """A course after `nbgrader autograde` of ada and `nbgrader generate_feedback` of the others."""
    root = tmp_path_factory.mktemp("nbgrader") / "my course"
    shutil.copytree(recorded_course.root, root, symlinks=True)
    course = Course(root)
    with sqlite3.connect(root / "gradebook.db") as connection:
        connection.execute("UPDATE grade SET auto_score = -1 WHERE auto_score = 15")
    connection.close()
    by_hand(course, "ada", "warmup_a", 1.5)
    by_hand(course, "bob", "warmup_a", 1.5, "nearly")
    feedback = start_nbgrader(course, "generate_feedback", "hw1", "--student=[!a]*")
    autograding = start_nbgrader(course, "autograde", "hw1", "--student=ada", "--force")
    return course, {"autograde": ended(autograding), "feedback": ended(feedback)}


def test_nbgrader_autograde_gives_the_same_scores(
    after_nbgrader: tuple[Course, dict[str, str]], graded: dict[str, GradedSubmission]
) -> None:
    """Through the sandbox and the hidden tests; scores from people and other students are unchanged."""
    course, said = after_nbgrader
    assert "ada: 42.5 of 42.5 points, 9 answers to review" in said["autograde"]
    rows = grades(course, "ada")
    for one in graded["ada"].result.exercises:
        assert rows[f"test_{one.name}"][0] == one.score
    assert rows["warmup_a"] == (None, 1.5, 0.5, 0)
    assert grades(course, "mallory")["test_cross_corr_2d"][0] == -1


def test_nbgraders_feedback_shows_results_and_no_secret(
    after_nbgrader: tuple[Course, dict[str, str]],
) -> None:
    """Scores, comments and the judge's table; no marking scheme, no receipt, nothing that runs."""
    course, _ = after_nbgrader
    html = (course.feedback / "bob" / "hw1" / "hw1.html").read_text()
    assert "turned by 180°" in html
    assert "nearly" in html
    assert "MARK SCHEME" not in html
    assert "HIDDEN TESTS" not in html
    scheme = named({"cells": course.assignment("hw1").cells}, "question_warmup_a")["source"]
    lines = scheme.split("BEGIN MARK SCHEME")[1].split("### END")[0].split("\n- ")[1:]
    assert lines
    assert not [line for line in lines if line.strip()[10:60] in html]
    assert 'src="figures/' not in html  # pictures are in the page
    assert not (course.feedback / "bob" / "hw1" / "receipt.json").exists()
    body = BeautifulSoup((course.feedback / "mallory" / "hw1" / "hw1.html").read_text(), "html.parser").find(
        id="notebook"
    )
    assert body is not None
    assert "alert(11)" in body.text
    for element in body.find_all(True):  # type: ignore[union-attr]
        assert element.name not in ("script", "iframe", "object", "embed", "svg")
        assert not [name for name in element.attrs if name.startswith("on")]
        assert not str(element.get("href", "")).lower().startswith(("javascript:", "data:"))


def test_formgraders_button_works_in_a_running_loop(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """NbGraderAPI.autograde, as the Jupyter server calls it: the same scores, and the log."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.converters import Autograde
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(own.root)).load_config()
    api_autograde = Autograde

    async def press(student: str, assignment: str = "hw1") -> dict[str, Any]:
        result: dict[str, Any] = NbGraderAPI(config=config).autograde(assignment, student)
        return result

    done = asyncio.run(press("bob"))
    assert done["success"], done
    assert "bob: " in done["log"]
    assert (
        grades(own, "bob")["test_cross_corr_2d"][0]
        == exercise(graded["bob"].result.to_json(), "cross_corr_2d")["score"]
    )
    refused = asyncio.run(press("nobody"))
    assert not refused["success"]
    assert "nothing was handed in by nobody" in refused["log"]
    (own.submitted / "ada" / "hw1" / "timestamp.txt").write_text("never")
    assert {one["student"] for one in NbGraderAPI(config=config).get_submissions("hw1")} == set(
        "ada blank bob eve mallory".split()
    )
    assert api_autograde is not None


def test_stock_nbgrader_gives_no_points_for_hidden_tests(
    own_course: Course, references: dict[str, str]
) -> None:
    """Without this configuration the guard in the hidden region stops every grade cell, even for a right solution."""
    (own_course.root / "nbgrader_config.py").write_text("c = get_config()\n")
    path = own_course.root / "source" / "hw1" / "hw1.ipynb"
    notebook = json.loads(path.read_text())
    kept = [named(notebook, name) for name in ("learning_rate_labels", "test_learning_rate_labels")]
    path.write_text(json.dumps({**notebook, "cells": kept}))
    ended(start_nbgrader(own_course, "generate_assignment", "hw1", "--force", PATH=PATH_WITH_ALEMBIC))
    released = json.loads((own_course.root / "release" / "hw1" / "hw1.ipynb").read_text())
    released["cells"][0]["source"] = references["learning_rate_labels"]
    folder = own_course.submitted / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_text(json.dumps(released))
    ended(start_nbgrader(own_course, "autograde", "hw1", PATH=PATH_WITH_ALEMBIC))
    assert grades(own_course, "ada") == {"test_learning_rate_labels": (0.0, None, None, 0)}
    outputs = json.loads((own_course.autograded / "ada" / "hw1" / "hw1.ipynb").read_text())["cells"][1][
        "outputs"
    ]
    assert "hidden tests were not run" in json.dumps(outputs)


def test_nbgrader_export_writes_the_same_file(own: Course, tmp_path: Path) -> None:
    """The configuration names our exporter."""
    export_csv(own, tmp_path / "ours.csv", ["hw1"])
    ended(start_nbgrader(own, "export", "--to", str(tmp_path / "theirs.csv")))
    assert (tmp_path / "theirs.csv").read_text() == (tmp_path / "ours.csv").read_text()
