"""No task of the original documents is lost: each has a cell or a hidden test that exists, or an assignment to come."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from homework.course import Course
from tests.content.source import Source
from tests.homework.support import ROOT

# The tasks of each document, as the document numbers them.
TASKS = {
    "Building blocks": [
        *(f"Warm-up ({letter})" for letter in "abcdefghij"),
        *("Cross-correlation", "Cross-correlation", "Batch normalization", "Batch normalization"),
    ],
    "Cheaper layers": "1.1 1.2 1.3 1.4 1.5 1.5 2.1 2.2 2.3 3.1 3.2 3.3".split(),
    "Networks on devices": [
        f"Warm-up ({name})" for name in ("a", "b", "c", "d", "e", "f", "f, again", "g", "h")
    ],
    "Measure and compress": [
        *("Exercise 1", "Exercise 2 (1)", "Exercise 2 (2)"),
        *5 * ["Exercise 2 (3)"],
        *("Method 1", "Method 2", "Method 3"),
    ],
    "Inference challenges": [*(f"Question {number}" for number in range(1, 21)), *8 * ["Notes"]],
}
DOCUMENTS: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "seeds.toml").read_text())["document"]
ROWS = [task for document in DOCUMENTS for task in document["task"]]


@pytest.fixture(scope="module")
def cells() -> dict[str, set[str]]:
    """The cells of each assignment."""
    return {name: set(Source(one).cells) for name, one in Course(ROOT).assignments.items()}


def test_every_task_of_every_document_is_listed() -> None:
    listed = {
        document["name"]: [re.split(r":| (?=[A-Z`])", task["task"])[0] for task in document["task"]]
        for document in DOCUMENTS
    }
    assert listed == TASKS
    assert len({(task["task"]) for task in ROWS if not task["task"].startswith("Warm-up")}) == sum(
        not task["task"].startswith("Warm-up") for task in ROWS
    ), "no line twice"


@pytest.mark.parametrize("task", ROWS, ids=lambda task: task["task"])
def test_a_task_is_carried_or_planned(task: dict[str, Any], cells: dict[str, set[str]]) -> None:
    assert task.keys() in ({"task", "carried"}, {"task", "planned"})
    if "planned" in task:
        assert task["planned"] not in cells, f"{task['planned']} is there: say which of its cells carry this"
        return
    assert task["carried"], "write what carries it, or what it is planned for"
    for place in task["carried"]:
        assignment, _, name = place.partition("/")
        if assignment == "tests":
            assert (ROOT / place).is_file(), place
        else:
            assert name in cells[assignment], place


def test_every_question_of_a_person_and_of_the_quiz_comes_from_a_document() -> None:
    """The other way round: what carries nothing was added here, and is known."""
    carried = {place for task in ROWS for place in task.get("carried", ())}
    for assignment in Course(ROOT).assignments.values():
        for name, task in assignment.tasks.items():
            places = {
                f"{assignment.name}/{cell}" for cell in (f"question_{name}", f"{name}_text", f"test_{name}")
            }
            places.add(f"tests/{assignment.name}/test_{name}.py")
            if task.kind.name in ("question", "choice"):
                assert places & carried, name
