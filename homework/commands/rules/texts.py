"""The rules about what texts print: the points of a task, and pictures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from homework.commands.rules.problem import Problem
from homework.course import Assignment, Task
from homework.course.cells import name_of, question_cell, task_of, text_cell
from homework.untrusted.embedded import in_one_form, missing

_PRIVATE = re.compile(r"### BEGIN (?:MARK SCHEME|SOLUTION).*?### END (?:MARK SCHEME|SOLUTION)", re.DOTALL)
_HEADING = re.compile(r"^#+ .*\((\d+(?:\.\d+)?) points?\)\s*$", re.MULTILINE)
_SENTENCE = re.compile(r"^(?:- )?\*(\d+(?:\.\d+)?) points?[.,;:]", re.MULTILINE)


def text_problems(assignment: Assignment, page: str) -> Iterator[Problem]:
    """What is wrong with the texts that students read."""
    public = [{**cell, "source": _PRIVATE.sub("", cell["source"])} for cell in assignment.cells]
    texts = {name_of(cell): cell["source"] for cell in reversed(public)}  # the first one of a name
    for task in assignment.tasks.values():
        name = text_cell(task.name) if task.kind.marked_by == "tests" else question_cell(task.name)
        for points in _printed(texts.get(name, "")):
            if points != task.points and not math.isnan(task.points):
                what = f"prints {points:g} points, but {_has(task)} {task.points:g}; correct one of the two"
                yield Problem(task.name, f"{page}, cell {name}", what)
    for name, picture in missing_pictures(public, assignment.source):
        what = f"shows {picture}, which is not there: {where_to_put(assignment, picture)}"
        yield Problem(task_of(name.removesuffix("_text")), f"{page}, cell {name or 'without a name'}", what)


def _has(task: Task) -> str:
    return (
        f"the grade cell {task.grade_cell} has"
        if task.kind.marked_by == "tests"
        else f"its cell {task.name} has"
    )


def _printed(text: str) -> list[float]:
    """The points that a task's text prints in its own heading, or at the start of a line: `*3 points. …*`."""
    return [float(found[1]) for found in [*[*_HEADING.finditer(text)][-1:], *_SENTENCE.finditer(text)]]


def missing_pictures(cells: Iterable[Mapping[str, Any]], folder: Path) -> Iterator[tuple[str, str]]:
    """The pictures that texts show and that are neither attached nor in `folder`, with the cell's name."""
    for cell in cells:
        if cell["cell_type"] == "code":
            continue
        text, attachments = in_one_form("".join(cell["source"]), cell.get("attachments", {}))
        for name in missing(text, attachments):
            here = not re.match(r"[a-z]+:", name, re.IGNORECASE) and "HTML" not in name
            if here and not (folder / name).is_file():
                yield name_of(cell), name


def where_to_put(assignment: Assignment, picture: str) -> str:
    """What to do about a missing picture."""
    path = (assignment.source / picture).relative_to(assignment.root)
    return f"put it at {path.as_posix()}, or paste it into the cell again"
