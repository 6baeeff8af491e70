"""Stock `nbgrader autograde`: a course of its own, without our configuration.

Its source notebook is our release with one autograder test cell more for each exercise: all our hidden tests of that
exercise between BEGIN and END HIDDEN TESTS, whose last expression is the points earned, which is how nbgrader gives
part of a cell's points. One cell for all of an exercise's tests is the quickest for nbgrader.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.hidden import hidden_tests, notebook_names
from bench.measure import Command, Failed, surroundings
from bench.sample import Student
from homework.course import Course
from homework.course.cells import label, task_of
from homework.submission.template import Template

_HIDDEN = "hidden_"


class Stock:
    """Grades one submission after the other: nbgrader knows no other way."""

    sample = True
    starts_once = True
    name = "nbgrader"
    title = "`nbgrader autograde`, stock"

    def __init__(self, course: Course, assignment: str) -> None:
        self.assignment = assignment
        self._origin = course

    def prepare(self, folder: Path, limit: float) -> None:
        """Make the course in `folder`, with `limit` seconds a cell, and generate its release."""
        self.folder = folder
        self._course = folder / "course"
        origin = self._origin.assignment(self.assignment).release
        source = self._course / "source" / self.assignment
        shutil.copytree(origin, source, ignore=shutil.ignore_patterns("__pycache__"))
        (source / f"{self.assignment}.ipynb").write_text(json.dumps(self.source_notebook(), indent=1))
        (self._course / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.CourseDirectory.course_id = 'stock'\nc.Execute.timeout = {round(limit)}\n"
        )
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", self.assignment]
        done = subprocess.run(command, cwd=self._course, env=surroundings(), capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"nbgrader generate_assignment failed:\n{done.stderr[-2000:]}")
        released = self._course / "release" / self.assignment / f"{self.assignment}.ipynb"
        self._template = Template.load(released)
        shutil.copyfile(self._course / "gradebook.db", folder / "gradebook.db")

    def source_notebook(self) -> dict[str, Any]:
        """What an instructor of a stock course would write."""
        assignment = self._origin.assignment(self.assignment)
        notebook = json.loads(assignment.released_notebook.read_text())
        cells = []
        for cell in notebook["cells"]:
            cells.append(cell)
            said = label(cell)
            name = task_of(said.name)
            if not (said.grade and cell["cell_type"] == "code" and name in assignment.exercises):
                continue
            # The examples give no points, with us neither.
            cell["metadata"]["nbgrader"].update(grade=False, locked=True)
            del cell["metadata"]["nbgrader"]["points"]
            cells.append(self._hidden_cell(name, assignment.exercises[name].points))
        notebook["cells"] = cells
        return dict(notebook)

    def _hidden_cell(self, exercise: str, points: float) -> dict[str, Any]:
        names = notebook_names(list(self._origin.assignment(self.assignment).exercises))
        source = (
            f"### BEGIN HIDDEN TESTS\n{hidden_tests(self._origin, self.assignment, exercise)}\n\n"
            "def points_earned(names):\n"
            "    points = 0.0\n"
            "    for weight, run in hidden_tests().values():\n"
            "        try:\n            run(names)\n            points += weight\n"
            "        except Exception:\n            pass\n"
            "    return round(points, 6)\n\n\n"
            f"points_earned({names})\n### END HIDDEN TESTS"
        )
        mark = {
            "grade": True,
            "grade_id": _HIDDEN + exercise,
            "locked": True,
            "points": points,
            "schema_version": 3,
            "solution": False,
            "task": False,
        }
        return {
            "cell_type": "code",
            "id": _HIDDEN + exercise,
            "metadata": {"nbgrader": mark},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }

    def fresh(self, students: Sequence[Student]) -> Command:
        """Hand in what `students` wrote, with the gradebook as it was after the release."""
        for name in ("submitted", "autograded"):
            shutil.rmtree(self._course / name, ignore_errors=True)
        shutil.copyfile(self.folder / "gradebook.db", self._course / "gradebook.db")
        for student in students:
            target = self._course / "submitted" / student.name / self.assignment
            target.mkdir(parents=True)
            (target / f"{self.assignment}.ipynb").write_bytes(student.notebook(self._template))
        command = [sys.executable, "-m", "nbgrader", "autograde", self.assignment]
        # Its status is 1 where one submission could not be graded, which the verdicts will tell.
        return Command(command, self._course, self.folder / "log", may_fail=True)

    def scores(self, students: Sequence[Student]) -> dict[str, dict[str, float]]:
        """Points by student and exercise, from the gradebook of the last run."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own, of SQLAlchemy
            from nbgrader.api import Gradebook, MissingEntry

            found = {}
            with Gradebook(f"sqlite:///{self._course / 'gradebook.db'}", course_id="stock") as gradebook:
                for student in students:
                    try:
                        submission = gradebook.find_submission(self.assignment, student.name)
                    except MissingEntry:
                        continue
                    found[student.name] = {
                        grade.name.removeprefix(_HIDDEN): float(grade.auto_score or 0)
                        for notebook in submission.notebooks
                        for grade in notebook.grades
                        if grade.name.startswith(_HIDDEN)
                    }
        return found
