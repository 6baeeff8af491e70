"""The tasks of an assignment and their kinds. Pages, gradebook, release and check iterate over these.

A kind is a row of `KINDS` and the loader in `homework/judge/banks/` that the row names. The kind of a task follows
from its grade cell: a code cell is an exercise, a text cell is a question. For other kinds, and for files that are
handed in with the notebook, the cell's metadata has an entry next to nbgrader's:

    {"nbgrader": {"grade_id": "test_compressed", ...},
     "homework": {"kind": "model", "hands_in": {"compressed.safetensors": 2000000}}}

With `"bonus": true` its points count in no maximum. With `"shows": "compressed"` a question shows whoever marks it what
the tests of that task have to draw.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from homework.course.cells import (
    TRAIN,
    Label,
    is_grade_cell,
    is_question_cell,
    label,
    question_cell,
    task_of,
)
from homework.errors import CourseError

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# Files next to a submitted notebook that have another meaning.
_OTHER_FILES = ("timestamp.txt", "submission_secret.txt")
_OTHER_ENDINGS = (".ipynb", ".py", ".pyc")
_MOST_BYTES = 32 << 20  # in all: they travel into each session


@dataclass(frozen=True)
class Kind:
    """One kind of task.

    `group` is its heading on pages. `bank` is the module of `homework/judge/banks/` that loads right and wrong
    solutions (None: there are only sample answers). `least` is how many right and wrong ones `homework check` requires.
    `file` has the banks of all tasks of the kind, whose hidden test is built in (None: each task has a folder and a
    module of hidden tests).
    """

    name: str
    marked_by: Literal["tests", "person"]
    group: str
    bank: str | None
    least: tuple[int, int]
    file: str | None = None


# In the order of their groups on pages.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("exercise", "tests", "Programming", "functions", (4, 12)),
        Kind("choice", "tests", "Quiz", "choices", (2, 3), "choices.toml"),
        Kind("model", "tests", "Models", "models", (4, 8)),
        Kind("question", "person", "Written answers", None, (2, 0)),
    )
}


@dataclass(frozen=True)
class Task:
    """One task. `hands_in` maps the files handed in with the notebook to their largest size in bytes.

    The points of a `bonus` count in no maximum. `shows` is the task whose drawings belong to the answer, or "".
    """

    name: str
    kind: Kind
    points: float
    title: str
    grade_cell: str
    answer_cell: str
    hands_in: Mapping[str, int] = field(default_factory=dict)
    bonus: bool = False
    shows: str = ""


@dataclass(frozen=True)
class Fault:
    """`what` is wrong with the grade cell called `cell`, or with the notebook ("")."""

    cell: str
    what: str

    def __str__(self) -> str:
        return f"the grade cell {self.cell!r}: {self.what}" if self.cell else self.what


def tasks_of(cells: Iterable[Mapping[str, Any]], notebook: Path) -> dict[str, Task]:
    """The tasks in `cells`, the cells of the source `notebook`, in order.

    Raises CourseError for an invalid grade cell, an unknown kind, and files that cannot be handed in.
    """
    tasks, faults = read_tasks(cells)
    if faults:
        raise CourseError(f"{notebook}: {faults[0]}")
    return tasks


def read_tasks(cells: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Task], list[Fault]]:
    """The tasks in `cells` as far as they can be read, and everything that is wrong with their grade cells.

    A task without points has NaN; another entry that is invalid is as if it were not there.
    """
    labeled = [(label(cell), cell) for cell in cells]
    texts = {one.name: str(cell["source"]) for one, cell in labeled}
    not_run = {one.name for one, cell in labeled if TRAIN in one.tags and cell["cell_type"] == "code"}
    faults: list[Fault] = []
    if "" in not_run:
        without = (
            f"a cell with the tag {TRAIN!r} has no ID, by which it is found in what students hand in: "
            "give it one in the panel Create Assignment (Read-only)"
        )
        faults.append(Fault("", without))
    tasks: dict[str, Task] = {}
    files: set[str] = set()
    for one, cell in labeled:
        if not (one.grade or one.task):
            continue
        said: list[str] = []
        try:
            task = _task(one, cell["cell_type"], texts, said)
            if task.name in tasks:
                raise CourseError(f"there is another task called {task.name}; rename one of them")
        except CourseError as error:
            faults += [Fault(one.name, what) for what in (*said, str(error))]
            continue
        if task.kind.marked_by == "tests" and not_run & {task.grade_cell, task.answer_cell}:
            said.append(
                f"it and {task.answer_cell} are run when grading, so take the tag {TRAIN!r} away from them"
            )
        if twice := files & task.hands_in.keys():
            said.append(f"{min(twice)} is also in `hands_in` of another task; keep it in only one of them")
        faults += [Fault(one.name, what) for what in said]
        files |= task.hands_in.keys()
        tasks[task.name] = task
    for task in tasks.values():
        if task.shows and (task.shows not in tasks or tasks[task.shows].kind.marked_by != "tests"):
            what = f"`shows` names {task.shows!r}, which is no task that tests grade"
            faults.append(Fault(task.grade_cell, what))
    return tasks, faults


def _task(one: Label, cell_type: str, texts: Mapping[str, str], said: list[str]) -> Task:
    """The task of a grade cell. What is wrong with it is added to `said`; raises CourseError if it is no task."""
    if one.task:
        raise CourseError(
            "it is a manually graded task, which students answer in cells of their own; make it a read-only cell "
            "question_<name>, with a Markdown cell <name> of the type Manually graded answer below it"
        )
    by_tests = cell_type == "code" and not one.solution
    if not by_tests and not (cell_type == "markdown" and one.solution):
        raise CourseError(
            "a task has either a code cell of the type Autograded tests or a Markdown cell of the type "
            "Manually graded answer; make it one of them"
        )
    if by_tests and not is_grade_cell(one.name):
        raise CourseError("it must be called test_<exercise>, after its function")
    name = task_of(one.name) if by_tests else one.name
    if is_grade_cell(name) or is_question_cell(name):
        raise CourseError(
            f"a task cannot be called {name}: that prefix is for the cells that belong to a task"
        )
    points = one.points
    if points is None:
        said.append("it has no points; give it a number")
        points = math.nan
    if unknown := one.homework.keys() - {"kind", "hands_in", "bonus", "shows"}:
        said.append(
            f"its metadata `homework` has an unknown entry {min(unknown)!r}; it can have kind, hands_in, bonus "
            "and shows"
        )
    usual = "exercise" if by_tests else "question"
    kind, hands_in = KINDS[usual], {}
    try:
        kind = _kind(one.homework.get("kind", usual), by_tests)
    except CourseError as error:
        said.append(str(error))
    title = "" if by_tests else _first_line(texts.get(question_cell(name), ""))
    try:
        hands_in = _hands_in(one.homework.get("hands_in", {}))
    except CourseError as error:
        said.append(str(error))
    bonus = one.homework.get("bonus", False)
    if not isinstance(bonus, bool):
        said.append(f"its metadata `homework` has bonus {bonus!r}; write true or false")
        bonus = False
    shows = one.homework.get("shows", "")
    if not isinstance(shows, str) or (shows and by_tests):
        said.append("its metadata `homework` has `shows`, which is for questions and names a task")
        shows = ""
    return Task(name, kind, points, title or name, one.name, name, hands_in, bonus, shows)


def _kind(name: Any, by_tests: bool) -> Kind:
    """The kind called `name`. Raises CourseError."""
    marked_by = "tests" if by_tests else "person"
    fitting = [kind.name for kind in KINDS.values() if kind.marked_by == marked_by]
    if name not in fitting:
        cell = "code" if by_tests else "Markdown"
        raise CourseError(f"{name!r} is not a kind of task with a {cell} cell; write {' or '.join(fitting)}")
    return KINDS[name]


def _hands_in(files: Any) -> dict[str, int]:
    """The files that are handed in. Raises CourseError."""
    if not isinstance(files, dict):
        raise CourseError(
            '`hands_in` must map files to their largest size in bytes, as in {"model.bin": 2000000}'
        )
    for name, most in files.items():
        if not _FILE_NAME.fullmatch(name) or name in _OTHER_FILES or name.lower().endswith(_OTHER_ENDINGS):
            raise CourseError(
                f"{name!r} in `hands_in` cannot be handed in with the notebook; write a plain file name such as "
                "model.safetensors, not a notebook or a Python module"
            )
        if type(most) is not int or most <= 0:
            raise CourseError(f"`hands_in` gives {name} the size {most!r}; write its largest size in bytes")
    if sum(files.values()) > _MOST_BYTES:
        raise CourseError(f"`hands_in` allows more than {_MOST_BYTES} bytes in all; ask for smaller files")
    return dict(files)


def _first_line(text: str) -> str:
    """The first line of a question's text that contains words, without markup."""
    for line in text.splitlines():
        line = re.sub(r"\$[^$]*\$|[#*_`>]", "", line).strip()
        if line:
            return line
    return ""
