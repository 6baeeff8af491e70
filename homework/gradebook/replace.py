"""Replace nbgrader's grading with ours, so that `nbgrader autograde` and Formgrader's button grade in the sandbox too.

Theory of operation. nbgrader_config.py calls `install` if nbgrader has been imported, as it has whenever nbgrader reads
its configuration. The grading itself runs in a separate process (`homework autograde`): a sandbox ends with the thread
that started it, and in Formgrader that would be a thread of the Jupyter server.
"""

from __future__ import annotations

import fnmatch
import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import homework
from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.database import tune_sqlite
from homework.gradebook.nbgrader_import import nbgrader_api
from homework.submission.files import small_file, submissions
from homework.submission.times import parse_time


def install() -> None:
    """Replace nbgrader's Autograde everywhere that nbgrader looks it up. Does nothing the second time."""
    api = nbgrader_api()
    tune_sqlite()  # for nbgrader's own connections, too
    import nbgrader.apps.api
    import nbgrader.apps.autogradeapp
    import nbgrader.converters
    from nbgrader.converters.autograde import Autograde
    from nbgrader.converters.base import NbGraderException

    if nbgrader.converters.Autograde is not Autograde:
        return

    class HomeworkAutograde(Autograde):  # type: ignore[misc]  # nbgrader ships no types
        """nbgrader's Autograde with the sandbox and the hidden tests of this course."""

        def start(self) -> None:
            """Grade `coursedir.student_id` (a pattern) of `coursedir.assignment_id`. Raises NbGraderException."""
            if self.config.get("Execute", {}).get("enabled", True) is False:
                self._refuse(
                    "--no-execute is not possible here: points come from hidden tests, which run the notebook"
                )
            try:
                course = Course(Path(self.coursedir.root))
                students = self._students(course)
            except CourseError as error:
                self._refuse(str(error))
            command = [sys.executable, "-m", "homework", "autograde", self.coursedir.assignment_id]
            command += [f"--student={student}" for student in students]
            if self.force:
                command.append("--force")
            if (status := self._run(command, course)) != 0:
                self._refuse(f"nothing more was graded (exit status {status} of homework autograde)")

        def _students(self, course: Course) -> list[str]:
            """The students asked for; an empty list for all."""
            pattern = self.coursedir.student_id
            excluded = [name for name in self.coursedir.student_id_exclude.split(",") if name]
            if pattern == "*" and not excluded and self.create_student:
                return []
            names = [one.student for one in submissions(course, self.coursedir.assignment_id)]
            chosen = [
                name
                for name in names
                if (name == pattern or fnmatch.fnmatchcase(name, pattern)) and name not in excluded
            ]
            if not chosen:
                raise CourseError(f"nothing was handed in by {pattern} for {self.coursedir.assignment_id}")
            if not self.create_student:
                with api.Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                    unknown = set(chosen) - {student.id for student in gradebook.students}
                if unknown:
                    raise CourseError(f"no student with ID '{min(unknown)}' exists in the database")
            return chosen

        def _run(self, command: list[str], course: Course) -> int:
            """Run a command on the course and log the lines that it prints. Returns its exit status."""
            package = str(Path(homework.__file__).parent.parent)
            environment = {
                **os.environ,
                "HOMEWORK_COURSE": str(course.root),
                "HOMEWORK_DB_URL": self.coursedir.db_url,
                "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")])),
            }
            with subprocess.Popen(
                command,
                cwd=course.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process:
                try:
                    assert process.stdout is not None
                    for line in process.stdout:
                        level = logging.ERROR if line.startswith("homework: ") else logging.INFO
                        self.log.log(level, "%s", line.rstrip())
                finally:
                    if process.poll() is None:
                        process.terminate()
            return process.returncode

        def _refuse(self, why: str) -> Any:
            self.log.error("%s", why)
            raise NbGraderException(why)

    def get_submitted_timestamp(self: Any, assignment_id: str, student_id: str) -> datetime | None:
        """Like nbgrader's, which fails to list the class if one student's timestamp.txt is invalid."""
        step = self.coursedir.submitted_directory
        folder = Path(self.coursedir.format_path(step, student_id, assignment_id))
        return parse_time(small_file(folder, "timestamp.txt").strip())

    nbgrader.apps.api.NbGraderAPI.get_submitted_timestamp = get_submitted_timestamp
    for module in (nbgrader.converters, nbgrader.apps.api, nbgrader.apps.autogradeapp):
        module.Autograde = HomeworkAutograde
