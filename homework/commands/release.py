"""`homework release`: make what students get from what instructors edit.

nbgrader's own preprocessors clear solutions, hidden tests and marking schemes; what is ours is what comes before
(an assignment that is incomplete is refused) and after (the released files are searched for everything that must
not be in them, and the released notebook is executed: only NotImplementedError may be raised).
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from homework.commands.execute import run_notebook
from homework.course import Assignment, Course
from homework.course.cells import name_of, question_cell
from homework.errors import CourseError, ReleaseError

_FORBIDDEN_MARKS = (
    "BEGIN SOLUTION",
    "BEGIN HIDDEN TESTS",
    "BEGIN MARK SCHEME",
    "homework.reference",
    "homework.judge",
)
_RELEASED = (".py", ".png", ".svg", ".txt", ".csv", ".npz")
_LONGEST_INNOCENT = 40  # characters of a line that may stand in a release and in a solution by coincidence


def release(course: Course, name: str) -> list[Path]:
    """Generate `release/<name>/` from `source/<name>/`. Raises ReleaseError, and then changes nothing."""
    assignment = course.assignment(name)
    with tempfile.TemporaryDirectory(prefix="homework-release-") as folder:
        fresh = _generate(course, assignment, Path(folder) / name)
        assignment.release.parent.mkdir(exist_ok=True)
        if assignment.release.exists():
            shutil.rmtree(assignment.release)
        shutil.copytree(fresh, assignment.release)
    return sorted(path for path in assignment.release.rglob("*") if path.is_file())


def drift(course: Course, name: str) -> list[str]:
    """How `release/<name>/` differs from what `source/<name>/` would generate; empty when it does not."""
    assignment = course.assignment(name)
    with tempfile.TemporaryDirectory(prefix="homework-release-") as folder:
        fresh = _generate(course, assignment, Path(folder) / name)
        new, old = _contents(fresh), _contents(assignment.release)
    differences = [f"release/{name}/{path} is missing" for path in sorted(new.keys() - old.keys())]
    differences += [
        f"release/{name}/{path} does not belong there" for path in sorted(old.keys() - new.keys())
    ]
    differences += [
        f"release/{name}/{path} is not what source/ generates"
        for path in sorted(new)
        if path in old and new[path] != old[path]
    ]
    return differences


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in (folder.rglob("*") if folder.is_dir() else ())
        if path.is_file()
    }


def _generate(course: Course, assignment: Assignment, target: Path) -> Path:
    require_complete(course, assignment)
    target.mkdir(parents=True)
    (target / assignment.notebook.name).write_text(_released(assignment))
    for path in _companions(assignment):
        copy = target / path.relative_to(assignment.source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    _search(course, assignment, target)
    return target


def _companions(assignment: Assignment) -> Iterable[Path]:
    """The files beside the notebook that students get: helpers at the top, pictures; never the figures' scripts."""
    for path in sorted(assignment.source.rglob("*")):
        parts = path.relative_to(assignment.source).parts
        private = "scripts" in parts or any(part.startswith((".", "__")) for part in parts)
        if path.is_file() and not private and path.suffix in _RELEASED:
            yield path


def require_complete(course: Course, assignment: Assignment) -> None:
    """Refuse an assignment with an exercise that cannot be graded. Raises ReleaseError naming each."""
    from homework.grading import load_exercise
    from homework.judge import BankError
    from homework.judge.collect import collect

    problems = []
    complete = []
    texts = {name_of(cell): cell["source"] for cell in assignment.cells}
    for task in assignment.exercises.values():
        if task.answer_cell not in texts:
            problems.append(
                f"the grade cell {task.grade_cell} has no solution cell called {task.answer_cell}"
            )
        try:
            exercise = load_exercise(course, assignment.name, task)
        except CourseError as error:
            problems.append(str(error))
            continue
        if exercise.tests.is_file():
            complete.append(exercise)
        else:
            problems.append(
                f"the grade cell {task.grade_cell} has no hidden tests: "
                f"{exercise.tests.relative_to(course.root)} is missing"
            )
    for task in assignment.questions.values():
        text = question_cell(task.name)
        if text not in texts:
            problems.append(f"the question {task.name} has no cell {text} with its text")
        elif "BEGIN MARK SCHEME" not in texts[text]:
            problems.append(f"the question {task.name} has no marking scheme in its cell {text}")
    released = {path.name for path in _companions(assignment) if path.parent == assignment.source}
    problems += [
        f"{name} is to be handed in ({task.grade_cell}), but is released with the notebook; rename one of the two"
        for task in assignment.tasks.values()
        for name in sorted(task.hands_in.keys() & released)
    ]
    if complete:
        try:
            collect(complete)
        except BankError as error:
            problems.append(str(error))
    if problems:
        raise ReleaseError(f"{assignment.name} is incomplete: " + "; ".join(problems))


def _released(assignment: Assignment) -> str:
    """The source notebook without solutions, hidden tests, marking schemes and outputs, as nbgrader would write it."""
    from homework.gradebook.nbgrader_import import nbgrader_api

    nbgrader_api()  # first: it makes these imports quicker
    import nbformat
    from nbgrader import preprocessors
    from traitlets.config import Config

    config = Config()
    config.ClearMarkScheme.enforce_metadata = False
    notebook = nbformat.read(assignment.notebook, as_version=4)
    resources: dict[str, Any] = {
        "nbgrader": {"student": "", "assignment": assignment.name, "notebook": assignment.name}
    }
    for kind in (
        preprocessors.LockCells,
        preprocessors.ClearSolutions,
        preprocessors.ClearOutput,
        preprocessors.ClearHiddenTests,
        preprocessors.ClearMarkScheme,
        preprocessors.ComputeChecksums,
        preprocessors.CheckCellMetadata,
    ):
        try:
            notebook, resources = kind(config=config).preprocess(notebook, resources)
        except RuntimeError as error:
            raise ReleaseError(f"{assignment.notebook}: {error}") from error
    text: str = nbformat.writes(notebook, version=4)
    return text + "\n"


def _search(course: Course, assignment: Assignment, folder: Path) -> None:
    """Search released files for what must not be in them. Raises ReleaseError naming file and line."""
    secrets = _secret_lines(course, assignment)
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix == ".png":
            continue
        text = path.read_text(errors="replace")
        if path.suffix == ".ipynb":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        found += [f"{path.name} contains {mark!r}" for mark in _FORBIDDEN_MARKS if mark in text]
        lines = {_squeezed(line) for line in text.splitlines()}
        found += [
            f"{path.name} contains a line of {secrets[line]}" for line in sorted(lines & secrets.keys())
        ]
    if found:
        raise ReleaseError(f"{assignment.name} would release what it must not: " + "; ".join(found[:5]))


def _secret_lines(course: Course, assignment: Assignment) -> dict[str, str]:
    """Long lines of hidden tests, banks, marking schemes and model answers, with where they come from."""
    secrets: dict[str, str] = {}

    def keep(lines: list[str], where: str) -> None:
        secrets.update({_squeezed(line): where for line in lines if len(_squeezed(line)) > _LONGEST_INNOCENT})

    for exercise in assignment.exercises:
        keep(_statements(course.tests(assignment.name, exercise)), f"the hidden tests of {exercise}")
        for path in course.solutions(assignment.name, exercise).glob("*.py"):
            keep(_statements(path), f"{path.name} of {exercise}")
    regions = re.compile(r"BEGIN (?:SOLUTION|MARK SCHEME|HIDDEN TESTS)[^\n]*\n(.*?)\n[^\n]*END ", re.DOTALL)
    for cell in assignment.cells:
        name = name_of(cell)
        for region in regions.findall(cell["source"]):
            keep(region.splitlines(), f"the instructors' part of cell {name}")
    return secrets


def _statements(path: Path) -> list[str]:
    """The lines of a Python file that do something: not imports, signatures and docstrings, which a stub has too."""
    lines = path.read_text().splitlines()
    kept = []
    for node in ast.walk(ast.parse("\n".join(lines))):
        if not isinstance(node, ast.stmt) or isinstance(
            node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
        ):
            continue
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            kept += lines[node.lineno - 1 : node.end_lineno]
    return kept


def _squeezed(line: str) -> str:
    return "".join(line.split())


def execute(assignment: Assignment) -> list[str]:
    """Execute the released notebook as a student would; the errors that it must not raise."""
    notebook = run_notebook(
        json.loads(assignment.released_notebook.read_text()), assignment.release, allow_errors=True
    )
    problems = []
    undefined = re.compile(
        "|".join(rf"name '{re.escape(name)}' is not defined" for name in assignment.exercises) or "$^"
    )
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output["output_type"] != "error" or output["ename"] == "NotImplementedError":
                continue
            if not (output["ename"] == "NameError" and undefined.search(output["evalue"])):
                name = name_of(cell) or "without a name"
                problems.append(f"cell {name} raises {output['ename']}: {output['evalue'][:200]}")
    return problems
