"""nbgrader's preprocessors of ours, for `homework release` and for nbgrader's own commands (`nbgrader_config.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from homework.course import Course
from homework.course.cells import name_of, text_cell
from homework.course.figures import embedded
from homework.gradebook.nbgrader_import import nbgrader_api

nbgrader_api()  # makes the next import faster
from nbgrader.preprocessors import NbGraderPreprocessor  # noqa: E402
from traitlets import Unicode  # noqa: E402

PLACE = "{{ question }}"


class ShowChoices(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """Puts multiple-choice questions and their shuffled options into a release, and empties the answers."""

    root = Unicode(help="the folder of the course").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill the place of each question. Raises RuntimeError for a question without a place."""
        assignment = resources["nbgrader"]["assignment"]
        cells = {name_of(cell): cell for cell in nb.cells}
        for name, choice in Course(Path(self.root)).choices(assignment).items():
            text = cells.get(text_cell(name))
            if text is None or PLACE not in text.source:
                raise RuntimeError(
                    f"the cell {text_cell(name)} must contain {PLACE}, in whose place {name} is put"
                )
            text.source = text.source.replace(PLACE, choice.markdown())
            cells[name].source = f'{name} = ""'
        return nb, resources


class EmbedFigures(NbGraderPreprocessor):  # type: ignore[misc]  # as above
    """Puts the figures that a release's texts show into the notebook."""

    root = Unicode(help="the folder of the course").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replace the address of each figure in the assignment's folder."""
        folder = Course(Path(self.root)).assignment(resources["nbgrader"]["assignment"]).source
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = embedded(cell.source, folder)
        return nb, resources


class KeepKey(NbGraderPreprocessor):  # type: ignore[misc]  # as above
    """Refuses nbgrader's feedback pages of a quiz until its key is published: they show the points of each question."""

    root = Unicode(help="the folder of the course").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Change nothing. Raises RuntimeError for a quiz that is not published."""
        course, assignment = Course(Path(self.root)), resources["nbgrader"]["assignment"]
        if course.choices(assignment) and assignment not in course.settings.published:
            raise RuntimeError(
                f"the key of {assignment} is not published, and nbgrader's pages would show which answers are right: "
                f"use `homework feedback {assignment}`, or add {assignment} to c.Homework.published"
            )
        return nb, resources
