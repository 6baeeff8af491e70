"""What a cell's metadata say, and the names that cells bear. The only module that reads nbgrader's metadata.

| name              | cell                                                            |
| ----------------- | --------------------------------------------------------------- |
| `<task>`          | where the answer goes: a function, or the answer to a question  |
| `test_<task>`     | the grade cell of a task that tests mark                        |
| `question_<task>` | the text of a task that a person marks, with its marking scheme |

Whatever stands in a cell, reading it raises nothing: the same functions read what students hand in, of which only the
name counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TRAIN = "train"  # the tag of cells that are not run when grading
_GRADE = "test_"
_QUESTION = "question_"


@dataclass(frozen=True)
class Label:
    """What the metadata of a cell say.

    `name` is nbgrader's grade_id, "" without one; `points` is None where there is no number; `homework` is our own
    entry beside nbgrader's.
    """

    name: str = ""
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    tags: frozenset[str] = frozenset()
    homework: Mapping[str, Any] = field(default_factory=dict)


def label(cell: Any) -> Label:
    """What the metadata of `cell`, a cell of a notebook's JSON, say."""
    metadata = _entry(cell, "metadata")
    marks = _entry(metadata, "nbgrader")
    tags = metadata.get("tags")
    return Label(
        name=name_of(cell),
        grade=marks.get("grade") is True,
        solution=marks.get("solution") is True,
        task=marks.get("task") is True,
        points=_number(marks.get("points")),
        tags=frozenset(tag for tag in (tags if isinstance(tags, list) else ()) if isinstance(tag, str)),
        homework=_entry(metadata, "homework"),
    )


def name_of(cell: Any) -> str:
    """The name of a cell, "" without one."""
    name = nbgrader_metadata(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def nbgrader_metadata(cell: Any) -> dict[str, Any]:
    """What nbgrader keeps in a cell's metadata; empty where there is nothing."""
    return _entry(_entry(cell, "metadata"), "nbgrader")


def grade_cell(task: str) -> str:
    """The name of the grade cell of a task that tests mark."""
    return f"{_GRADE}{task}"


def question_cell(task: str) -> str:
    """The name of the cell with the text of a task that a person marks."""
    return f"{_QUESTION}{task}"


def is_grade_cell(name: str) -> bool:
    """Whether a cell of this name is the grade cell of a task that tests mark."""
    return name.startswith(_GRADE)


def is_question_cell(name: str) -> bool:
    """Whether a cell of this name holds the text of a task that a person marks."""
    return name.startswith(_QUESTION)


def task_of(name: str) -> str:
    """The task that a cell belongs to, by the cell's name."""
    for prefix in (_GRADE, _QUESTION):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _number(value: Any) -> float | None:
    try:
        number = float(value) if type(value) in (int, float) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _entry(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
