"""Whether a release is still what its source generates: at once, by comparing cells, and where two notebooks differ."""

from __future__ import annotations

import json
import re
from typing import Any

from homework.course import Assignment
from homework.course.cells import is_as_released, label, name_of, nbgrader_metadata
from homework.course.figures import embedded

_REPLACED = re.compile(r"[^\n]*### BEGIN |\{\{")  # from here on a release has another text
_SHOWN = 5


def stale_cells(assignment: Assignment) -> list[str]:
    """The cells whose release does not fit their source: cells that came or went, other points, another text.

    What nbgrader replaces is not looked at, nor are other files: that is what `homework release --check` does.
    """
    released = json.loads(assignment.released_notebook.read_text("utf-8"))["cells"]
    old = {name_of(cell): cell for cell in released}
    new = {name_of(cell): cell for cell in assignment.cells}
    found = [name for name in new if name not in old or not _fits(assignment, new[name], old[name])]
    return [*found, *(name for name in old if name not in new)]


def _fits(assignment: Assignment, source: dict[str, Any], released: dict[str, Any]) -> bool:
    text, shown = source["source"], "".join(released["source"])
    if source["cell_type"] != released["cell_type"] or label(source).points != label(released).points:
        return False
    replaced = _REPLACED.search(text)
    if replaced is None and label(source).solution:  # then nbgrader replaces all of it
        return True
    start = embedded(text[: replaced.start()] if replaced else text, assignment.source)
    return shown.startswith(start.rstrip()) if replaced else shown == start


def edited_by_hand(released: dict[str, Any]) -> list[str]:
    """The cells of a released notebook that have another text than the one that nbgrader computed a checksum of."""
    return [
        name_of(cell)
        for cell in released["cells"]
        if "checksum" in nbgrader_metadata(cell) and not is_as_released(cell, "".join(cell["source"]))
    ]


def differing_cells(new: bytes, old: bytes) -> list[str]:
    """The names of the cells in which two notebooks differ; empty if they cannot be compared."""
    try:
        one, other = ({name_of(cell): cell for cell in json.loads(data)["cells"]} for data in (new, old))
    except (ValueError, KeyError, TypeError):
        return []
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]


def named(cells: list[str]) -> str:
    """The names of some cells in words: `cells a, b and 3 more`."""
    shown = ", ".join(name or "without an ID" for name in cells[:_SHOWN])
    more = f" and {len(cells) - _SHOWN} more" if cells[_SHOWN:] else ""
    return f"cell{'s' * (len(cells) > 1)} {shown}{more}"
