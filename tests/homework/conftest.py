"""Fixtures of the program's tests: the real course, a copy of it to write into, and a warm grader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homework.course import Course
from homework.grading import Grader
from homework.submission.handin import Submission
from homework.submission.template import Template
from tests.homework.support import ROOT, copy_course, search_repeatably

search_repeatably()


@pytest.fixture(scope="session")
def course() -> Course:
    """The repository itself; tests do not write into it."""
    return Course(ROOT)


@pytest.fixture(scope="session")
def template(course: Course) -> Template:
    """The release of hw1."""
    return Template.load(course.assignment("hw1").released_notebook)


@pytest.fixture(scope="session")
def grader(course: Course) -> Iterator[Grader]:
    """A warm grader of hw1 in the real sandbox."""
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
    """A copy of the course that a test may write into, in a folder with a space in its name."""
    return copy_course(tmp_path / "my course")
