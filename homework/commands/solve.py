"""`homework solve`: the worked solution of an assignment as a notebook."""

from __future__ import annotations

import re
from typing import Any

from homework.commands.execute import run_notebook
from homework.course import Course
from homework.errors import CourseError
from homework.judge import Bank
from homework.submission.splice import fill
from homework.submission.template import Template

_MARK = re.compile(r"^.*(?:BEGIN|END) SOLUTION.*\n?", re.MULTILINE)


def solved(course: Course, name: str) -> dict[str, Any]:
    """The release filled with reference solutions and model answers, executed, with the marking schemes.

    Raises CourseError if a cell of the worked solution fails.
    """
    from nbclient.exceptions import CellExecutionError

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
    try:
        return run_notebook(fill(template, sources), assignment.release, allow_errors=False)
    except CellExecutionError as error:
        raise CourseError(f"the worked solution of {name} fails: {error.ename}: {error.evalue}") from error
