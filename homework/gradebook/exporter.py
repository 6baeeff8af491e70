"""The exporter that `nbgrader export` calls. It is separate from the export itself, which needs none of nbgrader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.export import write_csv
from homework.gradebook.nbgrader_import import nbgrader_api

nbgrader_api()  # makes the next import faster
from nbgrader.converters import NbGraderException  # noqa: E402
from nbgrader.plugins import ExportPlugin  # noqa: E402


class HomeworkExporter(ExportPlugin):  # type: ignore[misc]  # nbgrader ships no types
    """Writes the same file as `homework export`, for `nbgrader export` (`c.ExportApp.plugin_class`)."""

    def export(self, gradebook: Any) -> None:
        """Write `self.to`, or grades.csv in the working directory."""
        path = Path(self.to or "grades.csv")
        course = Course(Path(self.parent.coursedir.root))
        chosen = [str(name) for name in self.assignment], [str(name) for name in self.student]
        try:
            with gradebook.engine.connect() as connection:
                write_csv(course, connection, path, chosen[0] or None, chosen[1] or None)
        except CourseError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from error
        self.log.info("Exported grades to %s", path)
