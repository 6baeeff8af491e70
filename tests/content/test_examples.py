"""The worked examples of the banks, which students read after the due date: what they print is what the reference gives."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from homework.course import EXAMPLE, Course
from homework.course.hints import section_of
from homework.judge.banks import load
from homework.untrusted import html
from tests.homework.support import ROOT

COURSE = Course(ROOT)
EXAMPLES = sorted((ROOT / "solutions").glob(f"*/*/{EXAMPLE}"))
EXERCISES = [
    (name, task.name)
    for name, one in COURSE.assignments.items()
    for task in one.exercises.values()
    if not task.kind.file
]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_an_example_prints_what_the_reference_gives(path: Path) -> None:
    exercise = path.parent.name
    names = {"np": np, "torch": torch, "nn": nn, exercise: load("functions", path.parent, exercise).reference}
    found = doctest.DocTestParser().get_doctest(
        path.read_text("utf-8").replace("```", ""), names, exercise, str(path), 0
    )
    assert any(exercise in one.source for one in found.examples), "it never calls the function"
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(found, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_every_formula_of_an_example_is_set(path: Path) -> None:
    shown = html.markdown(path.read_text("utf-8"))
    assert re.findall(r'class="formula">\$[^<]*', shown) == []


@pytest.mark.parametrize(("assignment", "exercise"), EXERCISES)
def test_every_exercise_stands_under_a_heading_of_its_own(assignment: str, exercise: str) -> None:
    """Not under one of the headings inside its statement, such as *Length*."""
    heading = section_of(COURSE.assignment(assignment).cells, exercise)
    assert heading[0].isdigit() or heading.startswith("("), heading
