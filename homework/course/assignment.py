"""What an assignment asks: read from `source/` alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from homework.errors import CourseError, UsageError


@dataclass(frozen=True)
class Exercise:
    """One auto-graded task, named after its function."""

    name: str
    points: float


@dataclass(frozen=True)
class Question:
    """One written task; `title` is the first line of its text."""

    name: str
    points: float
    title: str


@dataclass(frozen=True)
class Assignment:
    """One folder of `source/`."""

    name: str
    root: Path

    @property
    def source(self) -> Path:
        """The folder that instructors edit."""
        return self.root / "source" / self.name

    @property
    def notebook(self) -> Path:
        """The source notebook."""
        return self.source / f"{self.name}.ipynb"

    @property
    def release(self) -> Path:
        """The folder that students get."""
        return self.root / "release" / self.name

    @property
    def released_notebook(self) -> Path:
        """The notebook that students get. Raises UsageError if it was never generated."""
        path = self.release / f"{self.name}.ipynb"
        if not path.is_file():
            raise UsageError(f"{self.name} has not been released: run `homework release {self.name}` first")
        return path

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """The cells of the source notebook, `source` joined to one text."""
        try:
            cells = json.loads(self.notebook.read_text())["cells"]
        except (OSError, ValueError, KeyError) as error:
            raise CourseError(f"{self.notebook} cannot be read: {error}") from error
        return [{**cell, "source": "".join(cell["source"])} for cell in cells]

    def _graded(self, kind: str, written: bool) -> list[tuple[str, float, int]]:
        found = []
        for index, cell in enumerate(self.cells):
            mark = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == kind and mark.get("grade") and bool(mark.get("solution")) == written:
                found.append((mark["grade_id"], float(mark["points"]), index))
        return found

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """The auto-graded tasks in the notebook's order. Raises CourseError for a grade cell of another name."""
        exercises = {}
        for grade_id, points, _ in self._graded("code", written=False):
            if not grade_id.startswith("test_"):
                raise CourseError(
                    f"{self.notebook}: the grade cell {grade_id!r} must be called test_<exercise>, after its function"
                )
            name = grade_id.removeprefix("test_")
            exercises[name] = Exercise(name, points)
        return exercises

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The written tasks in the notebook's order."""
        texts = {
            cell["metadata"].get("nbgrader", {}).get("grade_id", ""): cell["source"] for cell in self.cells
        }
        return {
            name: Question(name, points, _title(texts.get(f"question_{name}", "")) or name)
            for name, points, _ in self._graded("markdown", written=True)
        }

    @property
    def auto_max(self) -> float:
        """Points given by hidden tests."""
        return sum(exercise.points for exercise in self.exercises.values())

    @property
    def max_points(self) -> float:
        """All points."""
        return self.auto_max + sum(question.points for question in self.questions.values())


def _title(text: str) -> str:
    for line in text.splitlines():
        line = re.sub(r"\$[^$]*\$|[#*_`>]", "", line).strip()
        if line:
            return line
    return ""
