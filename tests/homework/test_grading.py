"""What `grade` makes of submissions whose cells or functions hang, die or change names: only what did so is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from homework.grading import Grader
from homework.handin import Submission
from homework.notebook import Template, splice
from tests.homework.conftest import exercise

Grade = Callable[[Any], dict[str, Any]]


def scores(result: dict[str, Any]) -> dict[str, float]:
    """The score of each exercise."""
    return {exercise["name"]: exercise["score"] for exercise in result["exercises"]}


@pytest.fixture
def with_cell(references: dict[str, str], template: Template) -> Callable[..., dict[str, Any]]:
    """The reference solution with one more cell, after the cell called `after`."""

    def make(source: str, after: str, **replaced: str) -> dict[str, Any]:
        notebook = splice(template, "\n\n".join({**references, **replaced}.values()))
        names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
        cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        notebook["cells"].insert(names.index(after) + 1, cell)
        return notebook

    return make


def test_a_name_means_what_it_meant_at_its_grade_cell(
    grade: Grade, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """Later cells may use a name again: for something else, or not at all."""
    later = "def cross_corr_2d(X, K):\n    return None\n\ndel spatial_batchnorm_forward, torch\n"
    assert grade(with_cell(later, "test_spatial_batchnorm_backward"))["score"]["auto"] == 42.5


@pytest.mark.parametrize("slow", ["", "import time\ntime.sleep(0.6)\n"])
@pytest.mark.parametrize(
    ("fault", "verdict"), [("while True: pass", "timeout"), ("import os; os._exit(1)", "crashed")]
)
def test_a_lost_call_costs_its_exercise_alone(
    grade: Grade, with_cell: Callable[..., dict[str, Any]], slow: str, fault: str, verdict: str
) -> None:
    """Whether the cells are run again after it or, where they took long, their state was kept."""
    code = f"""
def cross_corr_2d(X, K):
    if tuple(X.shape) in ((3, 3), (2, 4), (24, 32)):  # of the notebook's own cells
        raise ValueError
    {fault}
"""
    notebook = with_cell(slow, "setup", cross_corr_2d=code)
    result = grade(notebook)
    assert scores(result) == {
        "learning_rate_labels": 2.5,
        "cross_corr_2d": 0,
        "spatial_batchnorm_forward": 15,
        "spatial_batchnorm_backward": 10,
    }
    assert verdict in {test["verdict"] for test in exercise(result, "cross_corr_2d")["tests"]}


def test_cells_that_end_the_process_are_left_out(
    grade: Grade, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """One such cell costs nothing but itself, and the student reads which it was."""
    result = grade(with_cell("import os; os._exit(3)", "test_cross_corr_2d"))
    assert result["score"]["auto"] == 42.5
    assert any("ended the Python process" in note for note in result["submission"]["notes"])


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!true",
        (
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "InteractiveShell.ast_node_interactivity = 'all'"
        ),
        "await __import__('asyncio').sleep(0)",
        "%%capture\nprint(1)",
        "In [1]: x = 3",
        "",
        "# a comment",
    ],
)
def test_notebooks_hold_more_than_python(
    grade: Grade, with_cell: Callable[..., dict[str, Any]], source: str
) -> None:
    """Magics, shell escapes, prompts and top-level await run as in Jupyter."""
    assert grade(with_cell(source, "setup"))["score"]["auto"] == 42.5


def test_a_cell_shows_its_last_expression(grader: Grader, with_cell: Callable[..., dict[str, Any]]) -> None:
    """As Jupyter does; with a semicolon behind it, or the shell told otherwise, as the shell does."""
    notebook = with_cell("6 * 7\n'last'", "setup")
    graded = grader.grade([Submission("ada", json.dumps(notebook).encode())])[0]
    shown = [outputs for cell, outputs in graded.cells if cell.source == "6 * 7\n'last'"]
    assert shown == [[{"type": "text", "text": "'last'"}]]
