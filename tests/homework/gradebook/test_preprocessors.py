"""nbgrader's feedback pages show the points of each question: a quiz gets them only when its key is published."""

from __future__ import annotations

import nbformat
import pytest
from traitlets.config import Config

from homework.course import Course
from homework.gradebook.preprocessors import KeepKey


def preprocess(course: Course, assignment: str) -> None:
    config = Config()
    config.KeepKey.root = str(course.root)
    notebook = nbformat.v4.new_notebook()
    KeepKey(config=config).preprocess(notebook, {"nbgrader": {"assignment": assignment}})


def test_nbgraders_feedback_waits_for_publication(own_course: Course) -> None:
    preprocess(own_course, "hw1")
    with pytest.raises(RuntimeError, match="use `homework feedback quiz1`, or add quiz1 to"):
        preprocess(own_course, "quiz1")
    with (own_course.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.Homework.published = ["quiz1"]\n')
    preprocess(own_course, "quiz1")


def test_the_configuration_uses_it(own_course: Course) -> None:
    text = (own_course.root / "nbgrader_config.py").read_text()
    pages = text.split("c.GenerateFeedback.preprocessors = [")[1].split("]")[0]
    assert "homework.gradebook.preprocessors.KeepKey" in pages
