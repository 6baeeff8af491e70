"""Fixtures of the program's tests: the real course, a copy of it to write to, a warm grader, and a class."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from homework.course import Course
from homework.gradebook.record import Recorder
from homework.grading import GradedSubmission, Grader
from homework.judge.banks import load
from homework.submission.files import submissions
from homework.submission.handin import Submission
from homework.submission.template import Template
from tests.homework.gradebook.support import HOSTILE, jpeg, named
from tests.homework.support import ROOT, copy_course, filled, search_repeatably

search_repeatably()


@pytest.fixture(scope="session")
def course() -> Course:
    """The repository itself; tests do not write to it."""
    return Course(ROOT)


@pytest.fixture(scope="session")
def template(course: Course) -> Template:
    """The release of hw1."""
    return Template.load(course.assignment("hw1").released_notebook)


@pytest.fixture(scope="session")
def grader(course: Course) -> Iterator[Grader]:
    """A warm grader for hw1 in the real sandbox."""
    with Grader(course, "hw1") as warm:
        warm.limits = replace(warm.limits, seconds_per_cell=2, seconds_per_call=1)  # endless loops end sooner
        yield warm


@pytest.fixture(scope="session")
def references(course: Course) -> dict[str, str]:
    """Source of every reference solution of hw1, by exercise."""
    return {
        name: (course.solutions("hw1", name) / "reference.py").read_text()
        for name in course.assignment("hw1").exercises
    }


@pytest.fixture
def grade(grader: Grader) -> Callable[[Any], dict[str, Any]]:
    """Grade one notebook (a dict, or raw bytes) and return the result."""

    def one(notebook: Any, student: str = "ada") -> dict[str, Any]:
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        return grader.grade([Submission(student, data)])[0].result.to_json()

    return one


@pytest.fixture
def own_course(tmp_path: Path) -> Course:
    """A copy of the course that a test may write to, in a folder with a space in its name."""
    return copy_course(tmp_path / "my course")


@pytest.fixture(scope="session")
def handed_in(course: Course, template: Template, references: dict[str, str]) -> dict[str, bytes]:
    """What the students of this class hand in."""
    bank = load("functions", course.solutions("hw1", "cross_corr_2d"), "cross_corr_2d")
    wrong = bank.code(bank.misconceptions["flipped_kernel"])
    answers = {name: f"About {name}: $a<b$ holds." for name in course.assignment("hw1").questions}
    hostile = filled(template, {**references, "warmup_a": HOSTILE})
    named(hostile, "warmup_a")["attachments"] = {
        "my sketch.jpg": {"image/jpeg": jpeg()},
        "drawing.svg": {"image/svg+xml": "<svg onload=alert(7)/>"},
        "bomb.png": {"image/png": jpeg()},
    }
    code = """
        from IPython.display import HTML, display
        display(HTML("<script>alert(8)</script>"))
        print("\\x1b[31m<script>alert(9)</script>")
        raise ValueError("<img src=x onerror=alert(10)>")
    """
    own = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code.replace("\n        ", "\n"),
    }
    hostile["cells"][3:3] = [
        own,
        {"cell_type": "markdown", "metadata": {}, "source": "<iframe src=javascript:alert(11)>"},
    ]
    notebooks = {
        "ada": filled(template, {**references, **answers}),
        "bob": filled(template, {"cross_corr_2d": wrong, "warmup_a": answers["warmup_a"]}),
        "blank": template.notebook,
        "mallory": hostile,
    }
    return {**{name: json.dumps(one).encode() for name, one in notebooks.items()}, "eve": b"%PDF-1.7"}


@pytest.fixture(scope="session")
def graded(grader: Grader, handed_in: dict[str, bytes]) -> dict[str, GradedSubmission]:
    """The class, graded once."""
    results = grader.grade([Submission(name, data) for name, data in handed_in.items()])
    return {one.result.student: one for one in results}


@pytest.fixture(scope="session")
def recorded_course(
    tmp_path_factory: pytest.TempPathFactory,
    handed_in: dict[str, bytes],
    grader: Grader,
    graded: dict[str, GradedSubmission],
) -> Course:
    """A course with the class handed in and recorded; read-only."""
    course = copy_course(tmp_path_factory.mktemp("class") / "my course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Homework.limits = {{'*': {asdict(grader.limits)!r}}}\n")
    for name, data in handed_in.items():
        folder = course.submitted / name / "hw1"
        folder.mkdir(parents=True)
        (folder / "hw1.ipynb").write_bytes(data)
    (course.submitted / "mallory" / "hw1" / "timestamp.txt").write_text("2026-11-20 12:00:00.5 UTC")
    with Recorder(course, "hw1") as recorder:
        for one in submissions(course, "hw1"):
            recorder.record(copy.deepcopy(graded[one.student]), one)
    return course


@pytest.fixture
def own(recorded_course: Course, tmp_path: Path) -> Course:
    """The recorded course, to write to."""
    shutil.copytree(recorded_course.root, tmp_path / "my course", symlinks=True)
    return Course(tmp_path / "my course")
