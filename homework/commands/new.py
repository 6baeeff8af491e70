"""`homework new`: skeletons of an assignment, an exercise and a written question.

All files and cells that belong to a task are made at once, under its one name, with a guard, a call of the reference
and IDs. They pass the rules of `release` except for the marks TODO, which say what is left to write.
"""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import math
import re
from pathlib import Path
from typing import Any

from homework.commands import skeletons
from homework.course import KINDS, Assignment, Course, Task
from homework.course.cells import grade_cell, name_of, question_cell, text_cell
from homework.course.guard import guard
from homework.errors import UsageError

_HELPER = "eep590_utils.py"
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def new_assignment(course: Course, name: str, *, numpy: bool = False) -> list[Path]:
    """Make the source of an assignment without tasks, with `numpy` for one without torch. Returns the files."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise UsageError(
            f"{name!r} cannot be the name of an assignment; use letters, digits, - and _, a letter first"
        )
    assignment = Assignment(name, course.root)
    if assignment.source.exists() and any(assignment.source.iterdir()):
        raise UsageError(f"{assignment.source} exists already; choose another name")
    assignment.source.mkdir(parents=True, exist_ok=True)
    made = [assignment.notebook]
    cells = [_locked("intro", "markdown", skeletons.INTRO.format(assignment=name))]
    helper = next(
        (path for path in sorted(course.root.glob(f"source/*/{_HELPER}")) if not path.is_symlink()), None
    )
    if helper is not None:
        link = assignment.source / _HELPER
        link.symlink_to(Path("..") / helper.parent.name / _HELPER)
        made.append(link)
        check = "from eep590_utils import check_environment\n\ncheck_environment()"
        cells.append(_locked("environment", "code", check))
    cells += [
        _locked("setup", "code", skeletons.SETUP_NUMPY if numpy else skeletons.SETUP),
        _locked("rules", "markdown", _rules(course, name)),
        _locked("checklist", "markdown", skeletons.CHECKLIST.format(assignment=name)),
    ]
    _write(assignment, {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5})
    return made


def new_exercise(
    course: Course,
    assignment: str,
    name: str,
    points: float,
    parameters: str = "X",
    after: str = "",
    *,
    numpy: bool = False,
) -> list[Path]:
    """Add an exercise with its bank and hidden tests; `parameters` are those of its function. Returns the files.

    Its inputs are arrays with `numpy`, or where the notebook does not import torch, otherwise tensors.
    """
    signature, names, required = _parameters(parameters)
    imported = _imported(course.assignment(assignment))
    if name in imported or hasattr(builtins, name):
        whose = "the notebook imports" if name in imported else "Python has already"
        raise UsageError(f"{name!r} is a name that {whose}; choose another name for the exercise")
    arrays = numpy or "torch" not in imported
    right, wrong = KINDS["exercise"].least
    known = {
        "assignment": assignment,
        "name": name,
        "points": points,
        "parameters": signature,
        "names": ", ".join(names),
        "arguments": ", ".join("X" for _ in required),
        "drawn": ", ".join(f"rng.{'array' if arrays else 'tensor'}(3, 5)" for _ in required),
        "made": "np.array" if arrays else "torch.tensor",
        "right": right,
        "wrong": wrong,
    }
    bank, tests = course.solutions(assignment, name), course.tests(assignment, name)
    files = {
        bank / "reference.py": skeletons.REFERENCE,
        bank / "variants.py": skeletons.VARIANTS,
        bank / "misconceptions.py": skeletons.MISCONCEPTIONS,
        tests: skeletons.TESTS,
    }
    task = Task(name, KINDS["exercise"], points, name, grade_cell(name), name)
    cells = [
        _locked(text_cell(name), "markdown", skeletons.STATEMENT.format(**known)),
        _cell(name, "code", skeletons.SOLUTION.format(**known), solution=True),
        _cell(
            task.grade_cell,
            "code",
            skeletons.EXAMPLES.format(**known) + guard(assignment, task),
            grade=True,
            locked=True,
            points=points,
        ),
    ]
    return _add(
        course, assignment, task, after, cells, {path: text.format(**known) for path, text in files.items()}
    )


def _parameters(text: str) -> tuple[str, list[str], list[str]]:
    """The parameters of a function: as they are written in its definition, all names, those without a default."""
    wrong = f"--parameters {text!r} must be names with commas between them, as in 'X, K' or 'X, slope=0.01'"
    try:
        (node,) = ast.parse(f"def f({text}):\n    pass").body
        arguments = node.args  # type: ignore[attr-defined]
        for default in arguments.defaults:
            ast.literal_eval(default)
    except (SyntaxError, ValueError) as error:
        raise UsageError(wrong) from error
    names = [one.arg for one in arguments.args]
    others = [arguments.posonlyargs, arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    if (
        not names
        or len(set(names)) < len(names)
        or any(others)
        or any(one.annotation for one in arguments.args)
    ):
        raise UsageError(wrong)
    return ast.unparse(arguments), names, names[: len(names) - len(arguments.defaults)]


def _imported(assignment: Assignment) -> set[str]:
    """The names that the notebook's own cells import."""
    names: set[str] = set()
    for cell in assignment.cells:
        try:
            body = ast.parse(cell["source"]).body if cell["cell_type"] == "code" else []
        except SyntaxError:  # a command such as %matplotlib
            continue
        for node in body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names |= {one.asname or one.name.partition(".")[0] for one in node.names}
    return names


def new_question(course: Course, assignment: str, name: str, points: float, after: str = "") -> list[Path]:
    """Add a written question with its marking scheme and sample answers. Returns the files."""
    task = Task(name, KINDS["question"], points, name, name, name)
    cells = [
        _locked(question_cell(name), "markdown", skeletons.QUESTION.format(points=points)),
        _cell(name, "markdown", skeletons.ANSWER, grade=True, solution=True, points=points),
    ]
    path = course.solutions(assignment, name) / "answers.toml"
    return _add(course, assignment, task, after, cells, {path: skeletons.ANSWERS.format(points=points)})


def _add(
    course: Course,
    assignment: str,
    task: Task,
    after: str,
    cells: list[dict[str, Any]],
    files: dict[Path, str],
) -> list[Path]:
    """Put the cells of a task into the notebook, and write its files. Raises UsageError before anything is changed."""
    place = course.assignment(assignment)
    if (
        not task.name.isidentifier()
        or keyword.iskeyword(task.name)
        or task.name.startswith(("test_", "question_"))
    ):
        raise UsageError(
            f"{task.name!r} cannot be the name of a task: it has to be a name in Python, such as warmup_k"
        )
    if not 0 < task.points < math.inf:  # nan, too
        raise UsageError("a task needs points: --points 3")
    there = {name_of(cell) for cell in place.cells}
    if taken := [name for name in map(name_of, cells) if name in there]:
        raise UsageError(f"{place.notebook} has a cell {taken[0]} already; choose another name")
    if exists := [path for path in files if path.exists()]:
        raise UsageError(f"{exists[0]} exists already; choose another name")
    notebook = json.loads(place.notebook.read_text("utf-8"))
    at = _where(place, after)
    notebook["cells"][at:at] = cells
    for cell in notebook["cells"]:
        if name_of(cell) == "intro":
            cell["source"] = _with_row("".join(cell["source"]), task).splitlines(keepends=True)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    _write(place, notebook)
    return [place.notebook, *files]


def _where(assignment: Assignment, after: str) -> int:
    """Where new cells go: after the task `after`, otherwise after the last one, or before what closes the notebook."""
    names = [name_of(cell) for cell in assignment.cells]
    if after:
        if after not in assignment.tasks:
            raise UsageError(
                f"{assignment.name} has no task {after!r}; its tasks are: {', '.join(assignment.tasks)}"
            )
        return names.index(assignment.tasks[after].grade_cell) + 1
    if assignment.tasks:
        return max(names.index(task.grade_cell) for task in assignment.tasks.values()) + 1
    return next((at for at, name in enumerate(names) if name in ("rules", "checklist")), len(names))


def _with_row(text: str, task: Task) -> str:
    """The introduction with a row for the task in its table of points, and the sum in the last row."""
    lines = text.splitlines()
    rows = [number for number, line in enumerate(lines) if line.startswith("|")]
    header = [entry.strip() for entry in lines[rows[0]].strip("|").split("|")] if rows else []
    if "points" not in header or len(rows) < 3:
        return text
    who = "hidden tests" if task.kind.marked_by == "tests" else "a person"
    entries = {"task": f"`{task.name}`", "points": f"{task.points:g}", "graded by": who}
    total = lines[rows[-1]].strip("|").split("|")
    column = header.index("points")
    if found := re.search(r"[\d.]+", total[column]):
        summed = f"{float(found[0]) + task.points:g}"
        total[column] = total[column][: found.start()] + summed + total[column][found.end() :]
        lines[rows[-1]] = f"|{'|'.join(total)}|"
    lines.insert(rows[-1], "| " + " | ".join(entries.get(name, "TODO") for name in header) + " |")
    return "\n".join(lines)


def _rules(course: Course, name: str) -> str:
    """The rules of grading, which all assignments share."""
    for assignment in course.assignments.values():
        for cell in assignment.cells:
            if name_of(cell) == "rules":
                return str(cell["source"]).replace(assignment.name, name)
    return skeletons.RULES


def _locked(name: str, kind: str, source: str) -> dict[str, Any]:
    return _cell(name, kind, source, locked=True)


def _cell(
    name: str,
    kind: str,
    source: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    """A cell as JupyterLab and nbgrader write it."""
    nbgrader = {"grade": grade, "grade_id": name, "locked": locked}
    nbgrader |= {} if points is None else {"points": points}
    nbgrader |= {"schema_version": 3, "solution": solution, "task": False}
    cell: dict[str, Any] = {"cell_type": kind}
    if kind == "code":
        cell["execution_count"] = None
    cell |= {"id": re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64], "metadata": {"nbgrader": nbgrader}}
    if kind == "code":
        cell["outputs"] = []
    return {**cell, "source": source.splitlines(keepends=True)}


def _write(assignment: Assignment, notebook: dict[str, Any]) -> None:
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    assignment.notebook.write_text(text, encoding="utf-8", newline="\n")
