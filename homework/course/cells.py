"""What a cell's metadata says, and how cells are named. The only module that reads nbgrader's metadata.

| name              | cell                                                            |
| ----------------- | --------------------------------------------------------------- |
| `<task>`          | where the answer goes: a function, or the answer to a question  |
| `test_<task>`     | the grade cell of a task that is graded by tests                |
| `question_<task>` | the text of a task graded by a person, with its marking scheme  |
| `<task>_text`     | the text of a task graded by tests                              |

Nothing here raises, whatever a cell contains: the same functions read what students hand in, and of that only the
name counts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TRAIN = "train"  # the tag of cells that are not run when grading
_GRADE = "test_"
_QUESTION = "question_"


@dataclass(frozen=True)
class Label:
    """What a cell's metadata says.

    `name` is nbgrader's grade_id, or ""; `points` is None unless it is a finite number; `homework` is our own entry,
    next to nbgrader's.
    """

    name: str = ""
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    tags: frozenset[str] = frozenset()
    homework: Mapping[str, Any] = field(default_factory=dict)


def label(cell: Any) -> Label:
    """What the metadata of `cell`, a cell in a notebook's JSON, says."""
    metadata = _entry(cell, "metadata")
    nbgrader = _entry(metadata, "nbgrader")
    tags = metadata.get("tags")
    return Label(
        name=name_of(cell),
        grade=nbgrader.get("grade") is True,
        solution=nbgrader.get("solution") is True,
        task=nbgrader.get("task") is True,
        points=_number(nbgrader.get("points")),
        tags=frozenset(tag for tag in (tags if isinstance(tags, list) else ()) if isinstance(tag, str)),
        homework=_entry(metadata, "homework"),
    )


def name_of(cell: Any) -> str:
    """The name of a cell, or "" if it has none."""
    name = nbgrader_metadata(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def nbgrader_metadata(cell: Any) -> dict[str, Any]:
    """nbgrader's entry in a cell's metadata, or an empty dictionary."""
    return _entry(_entry(cell, "metadata"), "nbgrader")


def is_as_released(cell: Any, source: str) -> bool:
    """Whether a cell with the text `source` has the checksum that nbgrader gave it in some release.

    A student can write any checksum. It only says that a text differs because the instructor changed it.
    """
    said = nbgrader_metadata(cell)
    name = said.get("grade_id")
    if not isinstance(name, str) or not name or "checksum" not in said:
        return False
    parts = [source, _entry_text(cell, "cell_type")]
    parts += [str(said.get(key, False)) for key in ("grade", "solution", "locked")]
    parts.append(name)
    if said.get("grade", False):
        points = _number(said.get("points"))
        parts.append(str(points))
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(part.encode("utf-8", "replace"))
    return bool(said["checksum"] == digest.hexdigest())


def grade_cell(task: str) -> str:
    """The name of the grade cell of a task that is graded by tests."""
    return f"{_GRADE}{task}"


def question_cell(task: str) -> str:
    """The name of the cell with the text of a task that is graded by a person."""
    return f"{_QUESTION}{task}"


def text_cell(task: str) -> str:
    """The name of the cell with the text of a task that is graded by tests."""
    return f"{task}_text"


def is_grade_cell(name: str) -> bool:
    """Whether a cell with this name is the grade cell of a task that is graded by tests."""
    return name.startswith(_GRADE)


def is_question_cell(name: str) -> bool:
    """Whether a cell with this name holds the text of a task that is graded by a person."""
    return name.startswith(_QUESTION)


def task_of(name: str) -> str:
    """The task that the cell called `name` belongs to."""
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


def _entry_text(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _entry(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
