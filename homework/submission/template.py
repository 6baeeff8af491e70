"""The release of an assignment: the template that submissions are rebuilt on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homework.course.cells import TRAIN, Label, label, nbgrader_metadata, task_of
from homework.submission.read import SubmittedCell
from homework.untrusted.embedded import in_one_form, keep_form


@dataclass
class NotebookCell(SubmittedCell):
    """A cell of a rebuilt notebook. `own`: written by the student. `exercise`: set on a grade cell.

    `label` and `metadata` are the release's, and empty for a cell that the student added.
    """

    own: bool = False
    exercise: str = ""
    label: Label = field(default_factory=Label)
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def train(self) -> bool:
        """Whether it is not run when grading: a code cell that has the tag `train` in the release."""
        return self.kind == "code" and TRAIN in self.label.tags


class Template:
    """A released notebook, on which submissions are rebuilt."""

    def __init__(self, notebook: dict[str, Any]) -> None:
        self.notebook = notebook
        self.cells: list[NotebookCell] = []
        for index, raw in enumerate(notebook["cells"]):
            said = label(raw)
            name = said.name or f"template_{index}"
            by_tests = raw["cell_type"] == "code" and said.grade and not said.solution
            kept = nbgrader_metadata(raw)
            source, attachments = "".join(raw["source"]), raw.get("attachments", {})
            if raw["cell_type"] != "code":  # as submissions are read
                keep_form(source)
                source, attachments = in_one_form(source, attachments)
            self.cells.append(
                NotebookCell(
                    kind=raw["cell_type"],
                    source=source,
                    name=name,
                    attachments=attachments,
                    exercise=task_of(name) if by_tests else "",
                    label=said,
                    metadata={"nbgrader": kept} if kept else {},
                )
            )
        self.by_name = {cell.name: cell for cell in self.cells}
        self._places = {cell.name: place for place, cell in enumerate(self.cells)}
        self.exercises = [cell.exercise for cell in self.cells if cell.exercise]

    @classmethod
    def load(cls, path: Path) -> Template:
        """Read a released notebook."""
        return cls(json.loads(path.read_text("utf-8")))

    def place(self, name: str) -> int:
        """The index of the cell called `name`."""
        return self._places[name]

    def is_solution(self, name: str) -> bool:
        """Whether the cell called `name` is one that students fill in."""
        return name in self.by_name and self.by_name[name].label.solution
