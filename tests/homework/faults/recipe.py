"""What the recipes of broken notebooks share. A notebook is a dict as nbformat has it; cells are found by grade_id."""

from __future__ import annotations

import copy
import json
from typing import Any

from homework.course.cells import name_of

Notebook = dict[str, Any]


def cell(notebook: Notebook, name: str) -> dict[str, Any]:
    """The cell whose grade_id is `name`."""
    return notebook["cells"][place(notebook, name)]


def place(notebook: Notebook, name: str) -> int:
    """Its number."""
    return [name_of(one) for one in notebook["cells"]].index(name)


def source(notebook: Notebook, name: str) -> str:
    """Its text."""
    return "".join(cell(notebook, name)["source"])


def write(notebook: Notebook, name: str, text: str) -> None:
    """Replace its text."""
    cell(notebook, name)["source"] = text


def stub(notebook: Notebook, released: Notebook, name: str) -> str:
    """Leave an exercise as it was released, and return what the student had written."""
    written = source(notebook, name)
    write(notebook, name, source(released, name))
    return written


def own(text: str, kind: str = "code") -> dict[str, Any]:
    """A cell of the student's own."""
    new: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text}
    return {**new, "outputs": [], "execution_count": None} if kind == "code" else new


def above(notebook: Notebook, name: str, *cells: dict[str, Any]) -> None:
    """Put cells above the one called `name`."""
    at = place(notebook, name)
    notebook["cells"][at:at] = cells


def below(notebook: Notebook, name: str, *cells: dict[str, Any]) -> None:
    """Put cells below the one called `name`."""
    at = place(notebook, name) + 1
    notebook["cells"][at:at] = cells


def copied(notebook: Notebook, name: str) -> dict[str, Any]:
    """A copy of a cell, metadata and all."""
    return copy.deepcopy(cell(notebook, name))


def saved(notebook: Notebook, **options: Any) -> bytes:
    """The file that JupyterLab writes."""
    return json.dumps(notebook, **{"indent": 1, "ensure_ascii": False, **options}).encode()
