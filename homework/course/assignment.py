"""What an assignment asks for, read from `source/` alone."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from homework.course.tasks import KINDS, Fault, Task, read_tasks, tasks_of
from homework.errors import CourseError, UsageError

_NOT_READ = (".ipynb", ".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass(frozen=True)
class Assignment:
    """One assignment: a folder of `source/`."""

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
        """The notebook that students get. Raises UsageError if it has not been generated."""
        path = self.release / f"{self.name}.ipynb"
        if not path.is_file():
            raise UsageError(f"{self.name} has not been released: run `homework release {self.name}` first")
        return path

    @property
    def companions(self) -> dict[str, Path]:
        """The released files that the notebook's cells may import or read, by path from its folder; not pictures."""
        found = {path.relative_to(self.release).as_posix(): path for path in sorted(self.release.rglob("*"))}
        return {
            name: path
            for name, path in found.items()
            if path.is_file() and path.suffix not in _NOT_READ and "__pycache__" not in path.parts
        }

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """The cells of the source notebook, each `source` joined into one string."""
        try:
            cells = json.loads(self.notebook.read_text("utf-8"))["cells"]
        except (OSError, ValueError, KeyError) as error:
            raise CourseError(f"{self.notebook} cannot be read: {error}") from error
        return [{**cell, "source": "".join(cell["source"])} for cell in cells]

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """All tasks, in the order of the notebook. Raises CourseError for an invalid grade cell."""
        return tasks_of(self.cells, self.notebook)

    def readable(self) -> tuple[Assignment, list[Fault]]:
        """This assignment with its tasks as far as they can be read (`read_tasks`), and what is wrong with them."""
        tasks, faults = read_tasks(self.cells)
        return self._with(tasks), faults

    def only(self, names: Collection[str]) -> Assignment:
        """This assignment as if it had no other tasks than those called `names`."""
        return self._with({name: task for name, task in self.tasks.items() if name in names})

    def _with(self, tasks: dict[str, Task]) -> Assignment:
        same = Assignment(self.name, self.root)
        vars(same).update(cells=self.cells, tasks=tasks)  # as if they were read already
        return same

    @property
    def exercises(self) -> dict[str, Task]:
        """The tasks that are graded by tests."""
        return self._marked_by("tests")

    @property
    def questions(self) -> dict[str, Task]:
        """The tasks that are graded by a person."""
        return self._marked_by("person")

    def _marked_by(self, who: str) -> dict[str, Task]:
        return {name: task for name, task in self.tasks.items() if task.kind.marked_by == who}

    @property
    def groups(self) -> dict[str, list[Task]]:
        """The tasks, by the heading under which pages show them, in the order of `KINDS`."""
        groups: dict[str, list[Task]] = {}
        for kind in KINDS.values():
            if found := [task for task in self.tasks.values() if task.kind is kind]:
                groups.setdefault(kind.group, []).extend(found)
        return groups

    @property
    def hands_in(self) -> dict[str, int]:
        """The files that students hand in with the notebook, each with the most bytes it may have."""
        return {name: most for task in self.tasks.values() for name, most in task.hands_in.items()}

    @property
    def auto_max(self) -> float:
        """The maximum number of points from tests, without a bonus."""
        return sum(task.points for task in self.exercises.values() if not task.bonus)

    @property
    def max_points(self) -> float:
        """The maximum number of points, without a bonus."""
        return sum(task.points for task in self.tasks.values() if not task.bonus)
