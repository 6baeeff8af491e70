"""The autograded notebook, as graders see it."""

from __future__ import annotations

import base64
import copy
import io
import json
from xml.etree import ElementTree

import nbformat
from nbconvert import HTMLExporter
from PIL import Image

from homework.course import Course
from homework.course.cells import name_of
from homework.gradebook.notebook import NotebookBuilder, judged
from homework.grading import GradedSubmission
from homework.results import (
    ExerciseResult,
    Result,
    Score,
    Status,
    Submitted,
    TestResult,
    Verdict,
    read_receipt,
)
from homework.untrusted.pictures import Pictures
from tests.homework.gradebook.support import named


def test_the_autograded_notebook_is_valid_and_inert(recorded_course: Course) -> None:
    """Text, and pictures that Pillow has re-encoded, and nothing else from the student."""
    notebook = json.loads((recorded_course.autograded / "mallory" / "hw1" / "hw1.ipynb").read_text())
    nbformat.validate(nbformat.from_dict(notebook))  # type: ignore[no-untyped-call]
    answer = named(notebook, "warmup_a")
    assert "![mine](attachment:picture-1.png)" in answer["source"]
    assert answer["source"].endswith("![picture-2.png](attachment:picture-2.png)"), "not shown by the text"
    assert list(answer["attachments"]) == ["picture-1.png", "picture-2.png"]
    with Image.open(
        io.BytesIO(base64.b64decode(answer["attachments"]["picture-1.png"]["image/png"]))
    ) as picture:
        assert (picture.format, picture.size) == ("PNG", (30, 20))
    banner = notebook["cells"][0]["source"].replace("\\", "")
    assert "the picture drawing.svg in cell warmup_a cannot be shown" in banner
    assert "the picture gone.png in cell warmup_a is not in the notebook" in banner
    assert "the picture http://example.org/pixel.png in cell warmup_a is not in the notebook" in banner
    receipt = read_receipt(recorded_course.autograded / "mallory" / "hw1")
    assert receipt is not None
    assert "the picture drawing.svg in cell warmup_a cannot be shown" in receipt.submission.notes
    kinds = {
        kind for cell in notebook["cells"] for one in cell.get("outputs", []) for kind in one.get("data", {})
    }
    assert kinds <= {"text/plain", "image/png"}
    assert "\x1b" not in json.dumps(notebook).encode().decode("unicode_escape")


def test_graders_see_the_marking_scheme_and_the_judges_table(recorded_course: Course) -> None:
    """The scheme in the question's text; the table as the grade cell's last output."""
    notebook = json.loads((recorded_course.autograded / "bob" / "hw1" / "hw1.ipynb").read_text())
    assert "BEGIN MARK SCHEME" in named(notebook, "question_warmup_a")["source"]
    last = named(notebook, "test_cross_corr_2d")["outputs"][-1]
    assert last["metadata"] == {"homework": "judge"}
    table = last["data"]["text/plain"]
    assert table.startswith("Hidden tests of cross_corr_2d: ")
    assert "✗" in table
    assert "turned by 180°" in table
    assert "As above." in table


def test_too_much_output_is_cut_and_what_is_no_picture_noted(
    course: Course, graded: dict[str, GradedSubmission]
) -> None:
    """A browser can still open the notebook."""
    one = copy.deepcopy(graded["blank"])
    outputs = next(outputs for cell, outputs in one.cells if cell.name == "setup")
    outputs[:] = [
        {"type": "stream", "name": "stdout", "text": "10%\r20%\n" + "x" * 10**6},
        {"type": "png", "png": b"\x89PNG"},
    ]
    notebook = NotebookBuilder(course.assignment("hw1")).build(one, Pictures())
    (shown,) = named(notebook, "setup")["outputs"]
    assert shown["text"].startswith("20%\nx")
    assert len(shown["text"]) < 30_000
    assert "more characters are not shown" in shown["text"]
    assert "a picture displayed by cell setup could not be shown" in notebook["cells"][0]["source"]


def test_a_fault_in_the_table_is_no_zero() -> None:
    """It says that there are no points yet."""
    test = TestResult("t", "T.", 2, 0, Verdict.GRADER_FAULT, "broken", None)
    table = judged(ExerciseResult("e", 0.0, 2, 0.0, [test]))
    assert "no points yet" in table
    assert "? T." in table


def test_an_answer_about_a_training_is_followed_by_its_curves(course: Course) -> None:
    """As Formgrader shows notebooks: pictures in `img`, where nothing in them runs."""
    history = {"loss": {"training": [2.0, 1.0, 0.5], "validation": [2.1, 1.2, 0.9]}}
    test = TestResult("test_history", "T.", 1, 1, Verdict.PASSED, "", None, series=history)
    empty = Submitted(sha256=None, notes=[])
    result = Result(
        assignment="hw4",
        student="ada",
        status=Status.GRADED,
        submission=empty,
        score=Score(1.0, 34.0, []),
        exercises=[ExerciseResult("CompressedCNN", 1.0, 34, 0.0, [test])],
        environment={},
    )
    notebook = NotebookBuilder(course.assignment("hw4")).build(GradedSubmission(result), Pictures())
    nbformat.validate(nbformat.from_dict(notebook))  # type: ignore[no-untyped-call]
    names = [name_of(cell) for cell in notebook["cells"]]
    drawn = notebook["cells"][names.index("compression_curves") + 1]
    (picture,) = drawn["attachments"].values()
    root = ElementTree.fromstring(base64.b64decode(picture["image/svg+xml"]))
    assert [one.tag.rpartition("}")[2] for one in root].count("polyline") == 2
    assert "validation" in "".join(root.itertext())
    page, _ = HTMLExporter().from_notebook_node(nbformat.from_dict({**notebook, "cells": [drawn]}))
    assert f'<img alt="CompressedCNN" src="data:image/svg+xml;base64,{picture["image/svg+xml"]}"' in page
