"""The rules about the cells of a source notebook. Cells are found by nbgrader's ID."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from homework.commands.rules.problem import Problem, to_do
from homework.commands.rules.texts import text_problems
from homework.course import Assignment, Course, Task
from homework.course.cells import label, name_of, nbgrader_metadata, question_cell, task_of, text_cell
from homework.course.guard import guard
from homework.course.tasks import Fault

_PANEL = "in the panel Create Assignment"
_ITEM = re.compile(r"- \(([\d.]+) points?\) \S")
_SCHEME = re.compile(r"### BEGIN MARK SCHEME\n(.*?)\n### END MARK SCHEME(.*)", re.DOTALL)
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*)\n *### END SOLUTION(.*)", re.DOTALL)  # one or several
Cells = dict[str, dict[str, Any]]


def notebook_problems(
    course: Course, assignment: Assignment, faults: Sequence[Fault] = ()
) -> Iterator[Problem]:
    """What is wrong with the cells of the source notebook; `faults` are known of its grade cells."""
    page = assignment.notebook.relative_to(course.root).as_posix()
    names = [name_of(cell) for cell in assignment.cells]
    cells: Cells = {}
    places: dict[str, list[int]] = {}
    for number, (name, cell) in enumerate(zip(names, assignment.cells, strict=True), 1):
        if name:
            cells.setdefault(name, cell)
            places.setdefault(name, []).append(number)
    twice = {name: numbers for name, numbers in places.items() if len(numbers) > 1}
    for name, numbers in twice.items():
        which = " and ".join(f"{number} ({_begins(assignment.cells[number - 1])})" for number in numbers)
        yield Problem(task_of(name), page, f"cells {which} have the ID {name}; rename all but one")
    for fault in faults:
        if fault.cell not in twice:  # which says more
            yield Problem(task_of(fault.cell), page, str(fault))
    for number, (name, cell) in enumerate(zip(names, assignment.cells, strict=True), 1):
        task = task_of(name.removesuffix("_text"))
        where = f"{page}, cell {name or number}"
        if name not in twice or number == twice[name][0]:
            yield from (Problem(task, where, what) for what in _type_problems(assignment, name, cell))
        yield from to_do(task, where, cell["source"])
    total = math.nan if faults else assignment.max_points  # not known then
    yield from _points_problems(total, cells, f"{page}, cell intro")
    for task_ in assignment.tasks.values():
        by_tests = task_.kind.marked_by == "tests"
        found = _exercise(assignment, task_, cells) if by_tests else _question(task_, cells)
        for name, what in [*found, *_order(task_, names)]:
            yield Problem(task_.name, f"{page}, cell {name}", what)
    yield from text_problems(assignment, page)
    yield from _handed_in(assignment, page)


def beside(assignment: Assignment) -> list[Path]:
    """The files beside the source notebook, without those that stay with instructors."""
    found = []
    for path in sorted(assignment.source.rglob("*")):
        parts = path.relative_to(assignment.source).parts
        private = "scripts" in parts or any(part.startswith((".", "__")) for part in parts)
        if path.is_file() and not private and path != assignment.notebook and path.suffix != ".pyc":
            found.append(path)
    return found


def _type_problems(assignment: Assignment, name: str, cell: dict[str, Any]) -> Iterator[str]:
    """Whether a cell has the type that its name asks for; all but the answers are locked."""
    if not name:
        yield (
            "has no ID, so that it cannot be restored where a student changes it; "
            f"make it Read-only {_PANEL}, and give it an ID"
        )
        return
    said = label(cell)
    by_tests = assignment.exercises
    answers = name in by_tests or name in assignment.questions
    if name in by_tests and not (cell["cell_type"] == "code" and said.solution and not said.grade):
        yield f"has to be a code cell of the type Autograded answer ({_PANEL})"
    elif not answers and said.solution:
        yield f"is an answer that belongs to no task; make it Read-only {_PANEL}, or give it a grade cell test_{name}"
    elif not answers and nbgrader_metadata(cell).get("locked") is not True:
        yield f"is not locked, so that students could change it; make it Read-only {_PANEL}"


def _points_problems(total: float, cells: Cells, where: str) -> Iterator[Problem]:
    """Whether a table of points in the introduction agrees with the cells."""
    text = cells.get("intro", {}).get("source", "")
    rows = [
        [entry.strip(" *") for entry in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.strip().startswith("|")
    ]
    if not rows or "points" not in rows[0]:
        return
    column = rows[0].index("points")
    try:
        points = [float(row[column]) for row in rows[2:]]
    except (ValueError, IndexError):
        yield Problem("", where, "a row of the table of points has no number in the column points")
        return
    if not points:
        yield Problem("", where, "the table of points has no rows")
    elif points[-1] != total and not math.isnan(total):
        yield Problem(
            "",
            where,
            f"the last row of the table says {points[-1]:g} points, but the cells sum to {total:g}",
        )
    elif abs(sum(points[:-1]) - points[-1]) > 1e-9:
        yield Problem(
            "",
            where,
            f"the rows of the table of points sum to {sum(points[:-1]):g}, but its last row says {points[-1]:g}",
        )


def _exercise(assignment: Assignment, task: Task, cells: Cells) -> Iterator[tuple[str, str]]:
    if task.answer_cell not in cells:
        yield (
            task.grade_cell,
            (
                f"the grade cell {task.grade_cell} has no solution cell called {task.answer_cell}; add a code cell "
                f"above it, of the type Autograded answer ({_PANEL})"
            ),
        )
    else:
        region = _SOLUTION.search(cells[task.answer_cell]["source"])
        if region is None:
            yield (
                task.answer_cell,
                "needs a region from ### BEGIN SOLUTION to ### END SOLUTION, which students do not get",
            )
        elif region[2].strip():
            yield (
                task.answer_cell,
                "goes on after ### END SOLUTION; nothing may follow what the student writes",
            )
        elif f'reference("{task.name}"' not in region[1]:
            yield task.answer_cell, f'its solution has to call reference("{task.name}"), as the docs show'
    source = cells[task.grade_cell]["source"]
    if not source.rstrip().endswith(wanted := guard(assignment.name, task)):
        start = "has no guard" if "BEGIN HIDDEN TESTS" not in source else "has another guard"
        yield task.grade_cell, f"{start}; it has to end with these lines:\n" + _indented(wanted)


def _question(task: Task, cells: Cells) -> Iterator[tuple[str, str]]:
    text = question_cell(task.name)
    if text not in cells:
        yield (
            task.name,
            f"the question {task.name} has no cell {text} with its text; add a Read-only Markdown cell above it",
        )
        return
    scheme = _SCHEME.search(cells[text]["source"])
    if scheme is None:
        yield (
            text,
            (
                f"the question {task.name} has no marking scheme in its cell {text}; end it with one, from "
                "### BEGIN MARK SCHEME to ### END MARK SCHEME"
            ),
        )
        return
    if scheme[2].strip():
        yield text, "goes on after ### END MARK SCHEME; put the marking scheme at the end"
    items = [(line, _ITEM.match(line)) for line in scheme[1].splitlines()]
    if odd := [line for line, item in items if item is None]:
        yield text, f"{odd[0][:50]!r} in the marking scheme is not of the form `- (1 point) Says that …`"
        return
    total = sum(float(item[1]) for _, item in items if item)
    if abs(total - task.points) > 1e-9:
        yield text, f"the marking scheme sums to {total:g}, but the question has {task.points:g} points"


def _order(task: Task, names: list[str]) -> Iterator[tuple[str, str]]:
    """A task's text stands directly above the cell of its answer, and its examples directly below."""
    if task.answer_cell not in names:
        return
    at = names.index(task.answer_cell)
    by_tests = task.kind.marked_by == "tests"
    above = text_cell(task.name) if by_tests else question_cell(task.name)
    if above not in names:
        if by_tests:
            yield (
                task.answer_cell,
                f"there is no cell {above} with the statement; add a Read-only cell above it",
            )
    elif names[at - 1] != above:
        yield above, f"has to be directly above the cell {task.answer_cell}"
    if by_tests and names[at + 1 : at + 2] != [task.grade_cell]:
        yield task.grade_cell, f"has to be directly below the cell {task.answer_cell}"


def _handed_in(assignment: Assignment, page: str) -> Iterator[Problem]:
    released = {path.name for path in beside(assignment) if path.parent == assignment.source}
    for task in assignment.tasks.values():
        for name in sorted(task.hands_in.keys() & released):
            yield Problem(
                task.name,
                f"{page}, cell {task.grade_cell}",
                f"{name} is to be handed in, but is released with the notebook; rename one of the two",
            )


def _begins(cell: dict[str, Any]) -> str:
    """How a cell begins, by which one finds it in a notebook."""
    first = next((line.strip() for line in cell["source"].splitlines() if line.strip()), "empty")
    return f"{first[:40]!r}"


def _indented(lines: str) -> str:
    return "\n".join(f"      {line}".rstrip() for line in lines.splitlines())
