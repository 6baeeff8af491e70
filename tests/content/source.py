"""A source notebook as its tests see it: cells by name, what students get, and a way to run it with different answers."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from homework.course import Assignment
from homework.course.cells import name_of
from homework.gradebook.preprocessors import ShowChoices

Cells = dict[str, dict[str, Any]]


def load(path: Path) -> ModuleType:
    """Execute a Python file as if it were started in its folder, and return its module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


@dataclass(frozen=True)
class Source:
    """The source of one assignment."""

    assignment: Assignment

    @cached_property
    def cells(self) -> Cells:
        """The cells of the notebook by nbgrader's ID, `source` joined."""
        return _by_name(json.loads(self.assignment.notebook.read_text()))

    @cached_property
    def released(self) -> Cells:
        """The cells as students get them: nbgrader's preprocessors, and ours for quizzes, over the source."""
        config = Config()
        config.ShowChoices.root = str(self.assignment.root)
        config.ClearMarkScheme.enforce_metadata = False
        notebook = nbformat.read(self.assignment.notebook, as_version=4)
        resources = {"nbgrader": {"assignment": self.assignment.name}}
        for kind in (ClearSolutions, ClearHiddenTests, ClearMarkScheme, ShowChoices):
            notebook, _ = kind(config=config).preprocess(notebook, resources)
        return _by_name(notebook)

    @property
    def figures(self) -> Path:
        """The folder of the figures."""
        return self.assignment.source / "figures"

    @cached_property
    def script(self) -> ModuleType | None:
        """The script that draws the figures; None if the assignment has none."""
        path = self.figures / "scripts" / "make_figures.py"
        return load(path) if path.is_file() else None

    def text(self, name: str) -> str:
        """The source of one cell."""
        source: str = self.cells[name]["source"]
        return source


def run(cells: Cells, **replaced: Any) -> dict[str, Exception]:
    """Run code cells in order; errors by cell. `replaced` are definitions that replace a cell.

    Cells with the tag `long`, which take minutes, are left out. Others train for one epoch: that shows that they run.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    errors: dict[str, Exception] = {}
    for name, cell in cells.items():
        if name in replaced:
            namespace[name] = replaced[name]
        elif cell["cell_type"] == "code" and "long" not in cell["metadata"].get("tags", ()):
            try:
                source = re.sub(r"\bepochs=\d+", "epochs=1", cell["source"])
                exec(compile(source, f"cell {name}", "exec"), namespace)
            except Exception as error:
                errors[name] = error
    return errors


def matrices(text: str) -> list[np.ndarray]:
    """The matrices printed in a text, in order."""
    found = re.findall(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}", text)
    return [np.array([[float(v) for v in row.split("&")] for row in m.split(r"\\")]) for m in found]


def _by_name(notebook: dict[str, Any]) -> Cells:
    return {name_of(cell): {**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]}
