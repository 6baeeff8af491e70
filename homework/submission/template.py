"""The release of an assignment: the template that submissions are rebuilt on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homework.submission.read import Cell


@dataclass
class RunCell(Cell):
    """A cell of a rebuilt notebook. `own`: written by the student; `exercise`: set on a grade cell."""

    own: bool = False
    exercise: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


class Template:
    """A released notebook, the form that submissions are rebuilt on."""

    def __init__(self, notebook: dict[str, Any]) -> None:
        self.notebook = notebook
        self.cells: list[RunCell] = []
        for index, raw in enumerate(notebook["cells"]):
            mark = raw["metadata"].get("nbgrader", {})
            name = mark.get("grade_id", f"template_{index}")
            graded_code = raw["cell_type"] == "code" and mark.get("grade") and not mark.get("solution")
            self.cells.append(
                RunCell(
                    kind=raw["cell_type"],
                    source="".join(raw["source"]),
                    name=name,
                    attachments=raw.get("attachments", {}),
                    exercise=name.removeprefix("test_") if graded_code else "",
                    metadata={"nbgrader": mark} if mark else {},
                )
            )
        self.by_name = {cell.name: cell for cell in self.cells}
        self._places = {cell.name: place for place, cell in enumerate(self.cells)}
        self.exercises = [cell.exercise for cell in self.cells if cell.exercise]

    @classmethod
    def load(cls, path: Path) -> Template:
        """Read a released notebook."""
        return cls(json.loads(path.read_text()))

    def place(self, name: str) -> int:
        """The number of the cell called `name`, counted from 0."""
        return self._places[name]

    def is_solution(self, name: str) -> bool:
        """Whether the cell called `name` is one that students fill."""
        return bool(name in self.by_name and self.by_name[name].metadata.get("nbgrader", {}).get("solution"))
