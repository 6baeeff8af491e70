"""Hidden tests are found wherever the course is."""

from __future__ import annotations

from pathlib import Path

from homework.grading import load_exercise
from homework.judge.collect import collect
from tests.homework.support import copy_course


def test_a_course_in_a_folder_with_brackets(tmp_path: Path) -> None:
    """With which pytest begins the parameters of a test."""
    course = copy_course(tmp_path / "EE P 590 [Fall 26]")
    task = course.assignment("hw1").exercises["cross_corr_2d"]
    before = Path.cwd()
    found = collect([load_exercise(course, "hw1", task)])
    assert len(found["cross_corr_2d"]) > 1
    assert Path.cwd() == before
