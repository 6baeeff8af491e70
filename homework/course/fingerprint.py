"""What a result depends on besides the submission. Imports neither torch nor NumPy.

Theory of operation. Three digests, for three questions. `tests_hash` tells whether anything of an assignment that
decides points has changed: it is in every receipt. `exercise_hashes` tells that of each exercise, so that what another
exercise has come to need not be found out again. `program_hash` covers the program and, on this machine, all that it
runs on. All are of contents, never of times.

What decides the points of one exercise: its own tests and bank; the references of all, whose names its drivers may use;
what lies beside the tests and beside the notebook, which a test may import or read; the cells of the release; limits,
secret, and the program.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sysconfig
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import homework
from homework import __version__
from homework.course import EXAMPLE, Assignment, Course, Task
from homework.course.cells import label
from homework.sandbox.limits import Limits

DECISIVE = {  # and what people call each
    "tests": "the tests",
    "python": "Python",
    "torch": "torch",
    "numpy": "NumPy",
    "homework": "the grader",
}


def decisive_environment(course: Course, assignment: str, limits: Limits | None = None) -> dict[str, str]:
    """The tests and versions that can change a score; how the sandbox was built cannot.

    Raises CourseError for an unknown limit and UsageError for an assignment that has not been released.
    """
    return {
        "python": platform.python_version(),
        "torch": version("torch"),
        "numpy": version("numpy"),
        "homework": __version__,
        "tests": tests_hash(course, assignment, limits or course.settings.limits_for(assignment)),
    }


def tests_hash(course: Course, assignment: str, limits: Limits) -> str:
    """A digest of everything that decides points: tests, references, misconceptions, template, helpers, limits."""
    digest = hashlib.sha256(repr((limits, course.settings.secret)).encode())
    task = course.assignment(assignment)
    files = [task.released_notebook, *task.companions.values(), *_beside_tests(course, task)]
    for exercise in task.exercises.values():
        files += course.deciding_files(assignment, exercise)
        if exercise.kind.file:  # what its letters mean
            digest.update(course.settings.offering.encode())
    for file in dict.fromkeys(files):
        digest.update(file.name.encode() + b"\0" + (file.read_bytes() if file.is_file() else b""))
    return digest.hexdigest()[:16]


def exercise_hashes(
    course: Course, assignment: str, limits: Limits | None = None, *, spliced: bool = False
) -> dict[str, str]:
    """For each exercise a digest of what decides its points, whatever was handed in, apart from the environment.

    `spliced`: whether what is graded was made from the release, cell by cell. Then only the code down to the grade cell
    matters; a student's cells are found by the whole release. Raises CourseError as `decisive_environment` does.
    """
    task = course.assignment(assignment)
    limits = limits or course.settings.limits_for(assignment)
    exercises = task.exercises
    beside = _beside_tests(course, task)
    beside += [path for path in _files(task.source) if path != task.notebook]
    references = [course.bank(assignment, one) / "reference.py" for one in exercises.values()]
    common = _digest(
        repr((limits, course.settings.secret)),
        _source_hash(),
        _contents(course, [*task.companions.values(), *beside, *references]),
    )
    notebook = task.released_notebook.read_bytes()
    found = {}
    for name, exercise in exercises.items():
        bank = course.bank(assignment, exercise)
        of_bank = [path for path in _files(bank) if path.name != EXAMPLE]  # no points follow from an example
        own = [bank] if exercise.kind.file else [course.tests(assignment, name), *of_bank]
        letters = course.settings.offering if exercise.kind.file else ""
        whole = not spliced or exercise.kind.file  # the letters of a quiz stand in its text
        cells = notebook if whole else _code_above(notebook, exercise)
        asked = repr((name, exercise.points, exercise.hands_in))
        found[name] = _digest(common, asked, letters, cells, _contents(course, own))
    return found


def assignment_hash(course: Course, assignment: str) -> str:
    """A digest of all files of an assignment, of the settings that concern it, and of the program."""
    task = course.assignment(assignment)
    folders = [
        task.source,
        task.release,
        *(course.root / part / assignment for part in ("solutions", "tests")),
    ]
    settings = course.settings
    chosen = (
        settings.limits_for(assignment),
        settings.secret,
        settings.offering,
        sorted(settings.least.items()),
    )
    files = [path for folder in folders for path in _files(folder)]
    return _digest(program_hash(), repr(chosen), _contents(course, files))


@cache
def program_hash() -> str:
    """A digest of the program, of the packages that are installed with it, and of this machine's system."""
    folders = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    packages = sorted(path.name for folder in folders for path in Path(folder).glob("*.dist-info"))
    system = os.uname()
    versions = platform.python_version(), version("torch"), version("numpy"), system.release, system.machine
    return _digest(_source_hash(), repr((versions, packages)))


@cache
def _source_hash() -> str:
    """A digest of the program's own source."""
    package = Path(homework.__file__).parent
    modules = sorted(package.rglob("*.py"))
    return _digest(
        *(part for path in modules for part in (str(path.relative_to(package)), path.read_bytes()))
    )


def _code_above(notebook: bytes, exercise: Task) -> str:
    """The code cells of a released notebook down to the grade cell of an exercise."""
    found: list[Any] = []
    for cell in json.loads(notebook)["cells"]:
        if cell["cell_type"] == "code":
            found.append((cell["source"], cell["metadata"]))
        if label(cell).name == exercise.grade_cell:
            break
    return json.dumps(found)


def _beside_tests(course: Course, task: Assignment) -> list[Path]:
    """What lies beside the modules of hidden tests, which they may import or read."""
    modules = {course.tests(task.name, name) for name in task.exercises}
    return [path for path in _files(course.root / "tests" / task.name) if path not in modules]


def _files(folder: Path) -> list[Path]:
    """All files in a folder that somebody wrote, also behind links to folders, once each."""
    found, seen = [], set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:  # a link to a folder above it
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        found += [path for name in names if (path := Path(place, name)).is_file()]
    return sorted(found)


def _contents(course: Course, files: Iterable[Path]) -> str:
    """A digest of files of the course, by path and content; of one that is missing, that it is."""
    parts: list[str | bytes] = []
    for path in dict.fromkeys(files):
        content = path.read_bytes() if path.is_file() else b"missing"
        parts += [os.path.relpath(path, course.root), hashlib.sha256(content).digest()]
    return _digest(*parts)


def _digest(*parts: str | bytes) -> str:
    """A digest of `parts`, each of which ends where it ends."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def differences(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """How two decisive environments differ, in words."""
    return [
        f"{word} changed ({before.get(name, 'unknown')} → {now[name]})"
        for name, word in DECISIVE.items()
        if before.get(name) != now[name]
    ]
