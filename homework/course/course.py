"""Where things are in a course."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from homework.choices import Choice, read_choices
from homework.course.assignment import Assignment
from homework.course.figures import figures
from homework.course.settings import Settings, load_settings
from homework.course.tasks import KINDS, Task
from homework.errors import CourseError, UsageError

EXAMPLE = "example.md"  # of a bank: a worked example, which feedback pages show after the due date
_OVERVIEW = "overview_", ".html"  # around the name of an assignment


def is_overview(name: str) -> bool:
    """Whether a file in `autograded/` with this name is a class page."""
    return name.startswith(_OVERVIEW[0]) and name.endswith(_OVERVIEW[1])


class Course:
    """A checkout of the homework repository. Raises CourseError if `root` is not one."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not (self.root / "source").is_dir():
            raise CourseError(f"{root} is not a course: it has no folder source/. Run inside the repository.")

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course around `start` (the working directory), or the checkout this package was installed from.

        The environment variable HOMEWORK_COURSE overrides both.
        """
        if chosen := os.environ.get("HOMEWORK_COURSE"):
            return cls(Path(chosen))
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
            if (folder / "nbgrader_config.py").is_file() and (folder / "source").is_dir():
                return cls(folder)
        raise CourseError("no course found: run inside the repository, or set HOMEWORK_COURSE to its folder")

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
        """One assignment. Raises UsageError for an unknown name, listing the ones that exist."""
        if name not in self.assignments and (self.root / "source" / name).is_dir() and name:
            raise UsageError(
                f"source/{name} has no notebook {name}.ipynb: move it there, or run `homework new`"
            )
        if name not in self.assignments:
            raise UsageError(
                f"there is no assignment {name!r}; the assignments are: {', '.join(self.assignments) or 'none'}"
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

    def overview(self, assignment: str) -> Path:
        """The class page of an assignment. It is next to students' folders, and none of them is called like it."""
        return self.autograded / assignment.join(_OVERVIEW)

    @property
    def feedback(self) -> Path:
        """Feedback pages: `feedback/<student>/<assignment>/`."""
        return self.root / "feedback"

    def solutions(self, assignment: str, exercise: str) -> Path:
        """The folder of an exercise's bank."""
        return self.root / "solutions" / assignment / exercise

    def bank(self, assignment: str, task: Task) -> Path:
        """Where the bank of a task is: a folder, or the file that has the banks of all tasks of its kind."""
        return self.solutions(assignment, task.kind.file or task.name)

    def least(self, assignment: str, task: Task) -> tuple[int, int]:
        """How many right and wrong solutions `homework check` asks for: as the settings say, otherwise the kind."""
        chosen = self.settings.least
        return chosen.get(f"{assignment}/{task.name}") or chosen.get(assignment) or task.kind.least

    def deciding_files(self, assignment: str, task: Task) -> list[Path]:
        """The files that decide the points of a task graded by tests: its hidden tests and its bank."""
        bank = self.bank(assignment, task)
        if task.kind.file:
            return [bank]
        return [self.tests(assignment, task.name), *sorted(bank.glob("*.py")), *bank.glob("named.toml")]

    def choices(self, assignment: str) -> dict[str, Choice]:
        """The multiple-choice questions of `assignment`, in order. Raises CourseError if one cannot be read."""
        kind = KINDS["choice"]
        names = [task.name for task in self.assignment(assignment).tasks.values() if task.kind is kind]
        if not names:
            return {}
        path = self.solutions(assignment, str(kind.file))
        try:
            found = read_choices(path, self.settings.offering)
        except ValueError as error:
            raise CourseError(str(error)) from error
        if missing := [name for name in names if name not in found]:
            raise CourseError(f"{path} has no question [{missing[0]}], which the notebook asks for")
        folder = self.assignment(assignment).source
        return {name: replace(found[name], figures=figures(found[name].markdown(), folder)) for name in names}

    def sample_answers(self, assignment: str, question: str) -> list[str]:
        """The sample answers to a question, best first. Raises CourseError for a malformed file."""
        path = self.solutions(assignment, question) / "answers.toml"
        if not path.is_file():
            return []
        try:
            answers = tomllib.loads(path.read_text("utf-8"))["answer"]
            return [str(answer["text"]) for answer in sorted(answers, key=lambda answer: -answer["marks"])]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CourseError(
                f"{path} cannot be read ({error}): it must contain tables [[answer]] with `marks`, `comment` and `text`"
            ) from error

    def example(self, assignment: str, exercise: str) -> str:
        """The worked example of an exercise, in Markdown; "" if its bank has none. Raises CourseError."""
        path = self.solutions(assignment, exercise) / EXAMPLE
        try:
            return path.read_text("utf-8").strip() if path.is_file() else ""
        except (OSError, ValueError) as error:
            raise CourseError(f"{path} cannot be read: {error}") from error

    def tests(self, assignment: str, exercise: str) -> Path:
        """The module of an exercise's hidden tests."""
        return self.root / "tests" / assignment / f"test_{exercise}.py"
