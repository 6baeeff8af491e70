"""`homework solve`: the worked solution of an assignment as a notebook."""

from __future__ import annotations

import re
from typing import Any

from homework.commands.execute import run_notebook
from homework.course import Course
from homework.course.cells import is_question_cell, name_of, text_cell
from homework.errors import CourseError
from homework.grading import load_exercises
from homework.submission.splice import fill
from homework.submission.template import Template

_SOLUTION_MARKER = re.compile(r"^.*(?:BEGIN|END) SOLUTION.*\n?", re.MULTILINE)


def solved(course: Course, name: str) -> dict[str, Any]:
    """The release with reference solutions, model answers and marking schemes filled in, executed.

    Raises CourseError if a cell of the worked solution fails.
    """
    from nbclient.exceptions import CellExecutionError

    assignment = course.assignment(name)
    template = Template.load(assignment.released_notebook)
    sources = {exercise.name: exercise.bank.code() for exercise in load_exercises(course, name)}
    for choice in course.choices(name).values():
        asked = template.by_name[text_cell(choice.name)].source
        why = f"*{choice.right.text}*: {choice.right.why}\n\nSource: {choice.source}"
        sources[text_cell(choice.name)] = f"{asked}\n\n{why}"
    for cell in assignment.cells:
        cell_name = name_of(cell)
        if cell_name in assignment.questions:
            sources[cell_name] = _SOLUTION_MARKER.sub("", cell["source"])
        elif is_question_cell(cell_name):
            scheme = cell["source"].replace("### BEGIN MARK SCHEME", "**Marking scheme**\n")
            sources[cell_name] = re.sub(r"^.*END MARK SCHEME.*\n?", "", scheme, flags=re.MULTILINE)
    try:
        return run_notebook(fill(template, sources), assignment.release, allow_errors=False)
    except CellExecutionError as error:
        raise CourseError(f"the worked solution of {name} fails: {error.ename}: {error.evalue}") from error
