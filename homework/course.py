"""Where things are in a course, and what its assignments ask: read from `source/` alone."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from homework.config import Settings, load_settings
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


class Course:
    """A checkout of the homework repository. Raises CourseError if `root` is none."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not (self.root / "source").is_dir():
            raise CourseError(f"{root} is no course: it has no folder source/. Run inside the repository.")

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course around `start` (the working directory), or the checkout this package was installed from.

        The environment variable HOMEWORK_COURSE wins over both.
        """
        if chosen := os.environ.get("HOMEWORK_COURSE"):
            return cls(Path(chosen))
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
            if (folder / "nbgrader_config.py").is_file() and (folder / "source").is_dir():
                return cls(folder)
        raise CourseError("no course here: run inside the repository, or set HOMEWORK_COURSE to its folder")

    @cached_property
    def settings(self) -> Settings:
        """What `nbgrader_config.py` sets."""
        return load_settings(self.root)

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        """All assignments by name."""
        folders = sorted(path for path in (self.root / "source").iterdir() if path.is_dir())
        return {
            folder.name: Assignment(folder.name, self.root)
            for folder in folders
            if (folder / f"{folder.name}.ipynb").is_file()
        }

    def assignment(self, name: str) -> Assignment:
        """One assignment. Raises UsageError, listing those there are."""
        if name not in self.assignments:
            raise UsageError(
                f"there is no assignment {name!r}; there are: {', '.join(self.assignments) or 'none'}"
            )
        return self.assignments[name]

    @property
    def submitted(self) -> Path:
        """What students handed in: `submitted/<student>/<assignment>/`."""
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        """Graded notebooks and receipts: `autograded/<student>/<assignment>/`."""
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        """Feedback pages: `feedback/<student>/<assignment>/`."""
        return self.root / "feedback"

    def solutions(self, assignment: str, exercise: str) -> Path:
        """The folder of an exercise's bank."""
        return self.root / "solutions" / assignment / exercise

    def tests(self, assignment: str, exercise: str) -> Path:
        """The module of an exercise's hidden tests."""
        return self.root / "tests" / assignment / f"test_{exercise}.py"


def reference(name: str) -> Any:
    """The reference solution of the exercise `name`: what source notebooks call in place of a solution."""
    course = Course.find()
    folders = sorted((course.root / "solutions").glob(f"*/{name}"))
    if not folders:
        raise UsageError(f"there is no solution of {name!r} in {course.root / 'solutions'}")
    changed = max(path.stat().st_mtime_ns for path in folders[0].glob("*.py"))
    return _reference(name, folders[0], changed)


@cache
def _reference(name: str, folder: Path, changed: int) -> Any:
    """Loaded once for each state of the files (`changed`), so that an instructor's edit counts at the next call."""
    from homework.judge import Bank

    return Bank(name, folder).reference
