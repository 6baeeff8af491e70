"""`homework autograde`, in a copy of the course with nothing but the class."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measure import Command
from bench.sample import Student
from homework.course import Course
from homework.submission.template import Template

_PARTS = ("source", "release", "solutions", "tests", "nbgrader_config.py")


class Homework:
    """Grades with `jobs` workers. Every run starts without a gradebook and without anything graded."""

    sample = False
    starts_once = True

    def __init__(self, course: Course, assignment: str, jobs: int) -> None:
        self.name = f"homework {jobs}"
        self.title = f"`homework autograde`, {jobs} job{'s' * (jobs > 1)}"
        self.assignment = assignment
        self.jobs = jobs
        self._origin = course
        self.template = Template.load(course.assignment(assignment).released_notebook)

    def prepare(self, folder: Path, limit: float) -> None:
        """Make the course in `folder`, with `limit` seconds a cell, and as much for the tests of an exercise."""
        self.folder = folder
        self._course = folder / "course"
        self._course.mkdir(parents=True)
        for part in _PARTS:
            origin = self._origin.root / part
            if origin.is_dir():
                shutil.copytree(
                    origin,
                    self._course / part,
                    ignore=shutil.ignore_patterns("__pycache__", "homework", "content"),
                )
            else:
                shutil.copyfile(origin, self._course / part)
        # After two calls without an answer the rest of an exercise's tests are not run.
        limits = {"*": {"seconds_per_cell": limit, "seconds_per_call": limit / 2}}
        with (self._course / "nbgrader_config.py").open("a") as config:
            config.write(f"\nc.Homework.limits = {limits!r}\n")

    def fresh(self, students: Sequence[Student]) -> Command:
        """Hand in what `students` wrote and forget everything graded; the command that grades them."""
        for name in ("submitted", "autograded", "feedback"):
            shutil.rmtree(self._course / name, ignore_errors=True)
            (self._course / name).mkdir()
        for path in self._course.glob("gradebook.db*"):
            path.unlink()
        for student in students:
            target = self._course / "submitted" / student.name / self.assignment
            target.mkdir(parents=True)
            (target / f"{self.assignment}.ipynb").write_bytes(student.notebook(self.template))
        return self.command("autograde", self.assignment, "--jobs", str(self.jobs), "--quiet")

    def command(self, *arguments: str) -> Command:
        """A command of ours on this course."""
        environment = {"HOMEWORK_COURSE": str(self._course)}
        arguments_ = [sys.executable, "-m", "homework", *arguments]
        return Command(arguments_, self._course, self.folder / "log", environment)

    def scores(self, students: Sequence[Student]) -> dict[str, dict[str, float]]:
        """Points by student and exercise, as the receipts of the last run say."""
        found = {}
        for student in students:
            receipt = self._course / "autograded" / student.name / self.assignment / "receipt.json"
            if receipt.is_file():
                exercises = json.loads(receipt.read_text())["exercises"]
                found[student.name] = {exercise["name"]: exercise["score"] for exercise in exercises}
        return found
