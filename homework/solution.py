"""`homework solve`: the worked solution of an assignment as a notebook."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from homework.course import Course
from homework.errors import CourseError
from homework.judge import Bank
from homework.notebook import Template, fill

_MARK = re.compile(r"^.*(?:BEGIN|END) SOLUTION.*\n?", re.MULTILINE)


def solved(course: Course, name: str) -> dict[str, Any]:
    """The release filled with reference solutions and model answers, executed, with the marking schemes.

    Raises CourseError if a cell of the worked solution fails.
    """
    assignment = course.assignment(name)
    template = Template.load(assignment.released_notebook)
    sources = {e: Bank(e, course.solutions(name, e)).code() for e in assignment.exercises}
    for cell in assignment.cells:
        cell_name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if cell_name in assignment.questions:
            sources[cell_name] = _MARK.sub("", cell["source"])
        elif cell_name.startswith("question_"):
            scheme = cell["source"].replace("### BEGIN MARK SCHEME", "**Marking scheme**\n")
            sources[cell_name] = re.sub(r"^.*END MARK SCHEME.*\n?", "", scheme, flags=re.MULTILINE)
    return _executed(fill(template, sources), assignment.release, name)


def _executed(notebook: dict[str, Any], folder: Path, name: str) -> dict[str, Any]:
    """Run a notebook of our own in a copy of the release's folder."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    with tempfile.TemporaryDirectory(prefix="homework-solve-") as temporary:
        copy = Path(temporary) / name
        shutil.copytree(folder, copy)
        node = nbformat.reads(json.dumps(notebook), as_version=4)
        client = NotebookClient(
            node,
            timeout=600,
            kernel_name="python3",
            resources={"metadata": {"path": str(copy)}},
            record_timing=False,
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise CourseError(
                f"the worked solution of {name} fails: {error.ename}: {error.evalue}"
            ) from error
    executed: dict[str, Any] = json.loads(nbformat.writes(node, version=4))
    return executed
