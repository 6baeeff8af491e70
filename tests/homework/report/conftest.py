"""The course of these tests: small, and nothing in it is graded yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from homework.course import Course
from tests.homework.report.support import CELLS, notebook


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A private course: one exercise, two questions, nothing graded yet."""
    root = tmp_path / "a course"
    (root / "source" / "hw1").mkdir(parents=True)
    (root / "source" / "hw1" / "hw1.ipynb").write_text(notebook(*CELLS))
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Homework.secret = 'x'\n")
    return Course(root)
