"""The rules about hidden tests, banks and sample answers."""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homework.commands.rules.problem import Problem, to_do
from homework.counted import counted
from homework.course import Assignment, Course, Task
from homework.errors import CourseError
from homework.grading import load_exercise
from homework.judge import Bank, BankError, Entry, ExerciseSpec
from homework.judge.banks.functions import ENTRIES, entries_of, reference_of
from homework.judge.collect import collect

_ENTRIES = {"marks", "comment", "text"}


def bank_problems(course: Course, assignment: Assignment) -> Iterator[Problem]:
    """What is wrong with what decides points: the files of each task."""
    complete: list[ExerciseSpec] = []
    for task in assignment.exercises.values():
        found = list(_exercise(course, assignment, task, complete))
        yield from found
    yield from _tests(complete)
    for task in assignment.questions.values():
        path = course.solutions(assignment.name, task.name) / "answers.toml"
        where = path.relative_to(course.root).as_posix()
        for what in _answers(path, task):
            yield Problem(task.name, where, what)
        if path.is_file():
            yield from to_do(task.name, where, path.read_text("utf-8", "replace"))


def _exercise(
    course: Course, assignment: Assignment, task: Task, complete: list[ExerciseSpec]
) -> Iterator[Problem]:
    folder, tests = course.bank(assignment.name, task), course.tests(assignment.name, task.name)
    files = [] if task.kind.file else [tests]
    if task.kind.bank == "functions":
        files += [folder / name for name in ("reference.py", *ENTRIES)]
    for path in files:
        where = path.relative_to(course.root).as_posix()
        if path.is_file():
            yield from to_do(task.name, where, path.read_text("utf-8", "replace"))
            continue
        what = "hidden tests" if path == tests else "bank"
        yield Problem(task.name, "", f"{where} is missing: it is part of the {what} of {task.name}")
    if task.kind.bank == "functions":
        for place, what in _functions(folder, task.name):
            yield Problem(task.name, place.relative_to(course.root).as_posix() if place else "", what)
    exercise = None
    if all(path.is_file() for path in files if path != tests):  # otherwise that is told already
        try:
            exercise = load_exercise(course, assignment.name, task)
        except CourseError as error:
            yield Problem(task.name, "", str(error))
    if exercise is None:
        if task.kind.file:
            return
        # Its hidden tests can be looked at nevertheless.
        exercise = ExerciseSpec(task.name, task.points, _NotLoaded(task.name, None, {}, {}), tests)
    if exercise.tests is None or exercise.tests.is_file():
        complete.append(exercise)


class _NotLoaded(Bank):
    """In the place of a bank that cannot be loaded: collecting tests does not ask it anything."""

    def code(self, entry: Entry | None = None) -> str:
        raise NotImplementedError


def _functions(folder: Path, name: str) -> Iterator[tuple[Path | None, str]]:
    """What is wrong with each file of a bank of functions, also where another of them cannot be loaded."""
    known, reference = False, None
    if (folder / "reference.py").is_file():
        try:
            known, reference = True, reference_of(folder, name)
        except BankError as error:
            known = False
            yield None, str(error)
    for path in [folder / file for file in ENTRIES if (folder / file).is_file()]:
        entries: dict[str, Entry] = {}
        try:
            entries = entries_of(path)
        except BankError as error:
            yield None, str(error)
        if known:
            yield from _entries(path, entries, name, reference)


def _entries(
    path: Path, entries: dict[str, Entry], exercise: str, reference: Any
) -> Iterator[tuple[Path, str]]:
    """Entries that cannot take the place of the reference, and functions that look like a forgotten entry."""
    is_value, expected = not callable(reference), _parameters(reference)
    for entry in entries.values():
        wanted = () if is_value else expected
        given = _parameters(entry.function)
        if wanted is not None and given is not None and not _fits(entry.function, wanted):
            yield (
                path,
                (
                    f"`{entry.name}({', '.join(given)})` cannot be called like the reference, "
                    f"`{exercise}({', '.join(wanted)})`; give it the same parameters"
                ),
            )
    decorator = path.name.removesuffix("s.py")
    for name in _forgotten(path, expected if not is_value else None):
        yield path, f"`{name}` has no @{decorator} and is used nowhere; decorate it, or remove it"


def _parameters(function: Any) -> tuple[str, ...] | None:
    """The parameters without a default; None where they cannot be told (a class, a builtin)."""
    if not inspect.isfunction(function):
        return None
    return tuple(
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty and parameter.kind not in (2, 4)
    )


def _fits(function: Any, names: tuple[str, ...]) -> bool:
    """Whether `function` has the parameters `names`, in this order, and needs no others."""
    signature = inspect.signature(function)
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in signature.parameters.values()):
        return True
    return tuple(signature.parameters)[: len(names)] == names and _parameters(function) == names


def _forgotten(path: Path, parameters: tuple[str, ...] | None) -> Iterator[str]:
    """Functions of a file that have the reference's parameters, no decorator, and no use in the file."""
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (SyntaxError, ValueError):
        return  # which is told where it is loaded
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.decorator_list or node.name in used:
            continue
        arguments = node.args.posonlyargs + node.args.args
        names = tuple(one.arg for one in arguments[: len(arguments) - len(node.args.defaults)])
        if parameters is None or names == parameters:
            yield node.name


def _tests(complete: list[ExerciseSpec]) -> Iterator[Problem]:
    """Whether the hidden tests can be collected, and have a title."""
    for exercise in complete:
        if exercise.tests is not None:
            for name in _untitled(exercise.tests):
                what = f"{name} has no docstring, which is the title that students read; write one"
                yield Problem(exercise.name, str(exercise.tests), what)
    try:
        if complete:
            collect(complete)
        return
    except BankError as error:
        together = str(error)
    if len(complete) == 1:
        yield Problem(complete[0].name, "", together)
        return
    for exercise in complete:  # one by one, to say of which task each is
        try:
            collect([exercise])
        except BankError as error:
            yield Problem(exercise.name, "", str(error))


def _untitled(path: Path) -> list[str]:
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (SyntaxError, ValueError):
        return []  # pytest says where
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [one.name for one in functions if one.name.startswith("test") and not ast.get_docstring(one)]


def _answers(path: Path, task: Task) -> Iterator[str]:
    """What is wrong with the sample answers to a question, by which graders calibrate."""
    if not path.is_file():
        yield (
            f"is missing: the question {task.name} needs two sample answers of different quality, tables [[answer]] "
            "with `marks`, `comment` and `text`"
        )
        return
    try:
        answers = tomllib.loads(path.read_text("utf-8")).get("answer", [])
    except (OSError, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    if not isinstance(answers, list) or len(answers) < task.kind.least[0]:
        count = len(answers) if isinstance(answers, list) else 0
        yield f"has {counted(count, 'sample answer')}; write two tables [[answer]] of different quality"
        return
    for number, answer in enumerate(answers, 1):
        if not isinstance(answer, dict) or answer.keys() != _ENTRIES:
            yield f"answer {number} must have the entries marks, comment and text, and no others"
            return
        marks = answer["marks"]
        if type(marks) not in (int, float):
            yield f"the marks of answer {number} must be a number"
            return
        if marks < 0 or marks > task.points:  # false if the points are missing
            yield f"answer {number} has {marks:g} marks, but the question has {task.points:g} points"
        elif marks * 4 != int(marks * 4):
            yield f"answer {number} has {marks:g} marks; give quarters of a point"
        if not all(isinstance(answer[one], str) and answer[one].strip() for one in ("comment", "text")):
            yield f"answer {number} needs a comment and a text"
    if len({answer["marks"] for answer in answers}) < len(answers):
        yield "the sample answers have equal marks; write answers of different quality"
