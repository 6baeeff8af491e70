"""Cells that the release tags `train` are not run; what they displayed to the student is shown to people."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from homework.course.cells import name_of
from homework.gradebook.notebook import NotebookBuilder
from homework.grading import GradedSubmission, Grader
from homework.submission.handin import Submission
from homework.submission.splice import fill
from homework.untrusted.pictures import Pictures
from tests.homework.support import copy_course, exercise

ENDLESS = "while True:\n    pass\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """A grader for hw1 with a cell that trains, directly after the imports."""
    course = copy_course(tmp_path_factory.mktemp("train") / "course")
    marks = {"grade_id": "train_net", "grade": False, "solution": True, "locked": False, "schema_version": 3}
    for path in (course.assignment("hw1").notebook, course.assignment("hw1").released_notebook):
        notebook = json.loads(path.read_text())
        cell = code("epochs = 100\n")
        cell["metadata"] = {"tags": ["train"], "nbgrader": {**marks, "task": False}}
        notebook["cells"].insert([name_of(one) for one in notebook["cells"]].index("setup") + 1, cell)
        path.write_text(json.dumps(notebook))
    with Grader(course, "hw1") as grader:
        grader.limits = replace(grader.limits, seconds_per_cell=2, seconds_per_call=1)
        yield grader


@pytest.fixture
def right(trained: Grader, references: dict[str, str]) -> dict[str, Any]:
    """A right submission for it."""
    return fill(trained.template, references)


def code(source: str, *outputs: Any) -> dict[str, Any]:
    """A code cell with outputs."""
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [*outputs],
        "execution_count": None,
    }


def cell_of(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """The cell of this name."""
    found: dict[str, Any] = next(cell for cell in notebook["cells"] if name_of(cell) == name)
    return found


def graded(grader: Grader, notebook: dict[str, Any]) -> GradedSubmission:
    """The notebook, graded."""
    return grader.grade([Submission("ada", json.dumps(notebook).encode())])[0]


def picture(color: str) -> dict[str, Any]:
    """An output that is a PNG picture."""
    data = io.BytesIO()
    Image.new("RGB", (3, 2), color).save(data, "PNG")
    shown = {"image/png": base64.encodebytes(data.getvalue()).decode(), "text/plain": "<Figure>"}
    return {"output_type": "display_data", "metadata": {}, "data": shown}


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_training_costs_nothing(trained: Grader, right: dict[str, Any], kind: str) -> None:
    cell = cell_of(right, "train_net")
    cell.update(source=ENDLESS, cell_type=kind)
    right["cells"].insert(right["cells"].index(cell), json.loads(json.dumps(cell)))  # copied, too
    result = graded(trained, right).result
    assert result.score.auto == result.score.auto_max
    assert result.submission.notes == []


def test_only_tags_of_the_release_count(trained: Grader, right: dict[str, Any]) -> None:
    own = code(
        "def cross_corr(X, K):\n    return torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]\n"
    )
    solution = cell_of(right, "cross_corr_2d")
    solution["source"] = "def cross_corr_2d(X, K):\n    return cross_corr(X, K)\n"
    right["cells"].insert(right["cells"].index(solution), own)
    for cell in right["cells"]:
        cell["metadata"]["tags"] = ["train"]
    del cell_of(right, "train_net")["metadata"]["tags"]
    cell_of(right, "train_net")["source"] = ENDLESS
    result = graded(trained, right).result
    assert exercise(result.to_json(), "cross_corr_2d")["score"] == 15
    assert result.score.auto == result.score.auto_max


@pytest.mark.parametrize("left", ["# It is in the cell above.\n", None], ids=["a comment", "the stub"])
def test_what_a_cell_that_is_not_run_defines_is_not_defined(
    trained: Grader, right: dict[str, Any], references: dict[str, str], left: str | None
) -> None:
    solution = cell_of(right, "cross_corr_2d")
    solution["source"] = left or cell_of(trained.template.notebook, "cross_corr_2d")["source"]
    cell_of(right, "train_net")["source"] = references["cross_corr_2d"]
    found = exercise(graded(trained, right).result.to_json(), "cross_corr_2d")
    assert found["score"] == 0
    said = "is not defined" if left else "NotImplementedError"
    assert all(said in test["message"] for test in found["tests"])


def test_its_pictures_are_shown_to_who_marks(trained: Grader, right: dict[str, Any]) -> None:
    no_picture = {
        **picture("red"),
        "data": {"image/png": "R0lGODlh", "text/html": "<script>alert(1)</script>"},
    }
    text = {"output_type": "stream", "name": "stdout", "text": "accuracy 1.0"}
    cell_of(right, "train_net")["outputs"] = [picture("red"), text, no_picture, {"data": 3}, picture("blue")]
    cell_of(right, "train_net")["source"] = "epochs = 3\n"
    cell_of(right, "cross_corr_2d")["outputs"] = [picture("red")]
    one = graded(trained, right)
    notebook = NotebookBuilder(trained.assignment).build(one, Pictures())
    shown = cell_of(notebook, "train_net")
    assert shown["source"] == "epochs = 3\n"
    said, *pictures = [output["data"] for output in shown["outputs"]]
    assert "not run when grading" in said["text/plain"]
    colors = [
        Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB").getpixel((0, 0))
        for data in pictures
    ]
    assert colors == [(255, 0, 0), (0, 0, 255)]
    assert cell_of(notebook, "cross_corr_2d")["outputs"] == []
    assert "<script>" not in json.dumps(notebook)
    assert r"a picture displayed by cell train\_net could not be shown" in notebook["cells"][0]["source"]
    assert one.result.score.auto == one.result.score.auto_max
