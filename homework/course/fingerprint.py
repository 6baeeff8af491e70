"""What a result depends on besides the submission. Imports neither torch nor NumPy."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version

from homework import __version__
from homework.course import Course
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
    files = [task.released_notebook, *task.companions.values()]
    for exercise in task.exercises.values():
        files += course.deciding_files(assignment, exercise)
        if exercise.kind.file:  # what its letters mean
            digest.update(course.settings.offering.encode())
    for file in dict.fromkeys(files):
        digest.update(file.name.encode() + b"\0" + (file.read_bytes() if file.is_file() else b""))
    return digest.hexdigest()[:16]


def differences(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """How two decisive environments differ, in words."""
    return [
        f"{word} changed ({before.get(name, 'unknown')} → {now[name]})"
        for name, word in DECISIVE.items()
        if before.get(name) != now[name]
    ]
