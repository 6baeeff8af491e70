"""The bank of broken submissions and broken systems: each is handled as the file beside it expects.

A folder of `faults/bytes/` or `faults/notebooks/` is one submission: `make.py` makes it of a right notebook, and
`expected.toml` has the status, the score, how many answers wait for a person, and the sentences that people read.
"""

from __future__ import annotations

import copy
import json
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homework.course import Course
from homework.grading import Grader
from homework.handin import Submission
from homework.notebook import Template
from tests.homework.conftest import exercise, filled

BANK = Path(__file__).parent / "faults"
SUBMISSIONS = sorted(path.parent for path in BANK.glob("*/*/make.py"))


@pytest.fixture(scope="module")
def grader(course: Course) -> Iterator[Grader]:
    """A warm grader of hw1 with the limits that students have."""
    with Grader(course, "hw1") as warm:
        yield warm


@pytest.fixture(scope="module")
def right(course: Course, template: Template, references: dict[str, str]) -> dict[str, Any]:
    """A notebook in which every exercise is right and every question is answered."""
    answers = {name: f"My answer to {name}." for name in course.assignment("hw1").questions}
    return filled(template, {**references, **answers})


def submission(folder: Path, right: dict[str, Any], released: dict[str, Any]) -> bytes:
    """What the recipe in `folder` makes: bytes, or a notebook (the one given, if it returns nothing)."""
    given = copy.deepcopy(right)
    made = runpy.run_path(str(folder / "make.py"))["make"](given, copy.deepcopy(released))
    return made if isinstance(made, bytes) else json.dumps(given if made is None else made).encode()


@pytest.mark.parametrize("folder", SUBMISSIONS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_broken_submission(grader: Grader, right: dict[str, Any], template: Template, folder: Path) -> None:
    """Right work that can be read gets its marks; what is lost is lost for the reason named."""
    expected = tomllib.loads((folder / "expected.toml").read_text())
    (graded,) = grader.grade([Submission("ada", submission(folder, right, template.notebook))])
    result = graded.result
    assert result.get("reason") == expected.get("reason")
    assert result["submission"]["notes"] == expected.get("notes", [])
    lost = expected.get("lost", {})
    for name, loss in lost.items():
        assert exercise(result, name)["score"] == loss["score"]
        messages = [
            test["message"] for test in exercise(result, name)["tests"] if test["verdict"] != "passed"
        ]
        assert messages and all(loss["says"] in message for message in messages), messages
    assert result["status"] == expected["status"]
    assert result["score"]["auto"] == expected["score"], result["submission"]["notes"]
    assert len(result["score"]["to_review"]) == expected["to_review"]
