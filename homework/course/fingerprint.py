"""What a result depends on beside the submission. Asking for it imports neither torch nor NumPy."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version

from homework import __version__
from homework.course import Course
from homework.sandbox.limits import Limits

DECISIVE = {  # with what people call them
    "tests": "the tests",
    "python": "Python",
    "torch": "torch",
    "numpy": "NumPy",
    "homework": "the grader",
}


def decisive_environment(course: Course, assignment: str, limits: Limits | None = None) -> dict[str, str]:
    """Tests and versions: what can change a score, unlike how the sandbox was built.

    Raises CourseError for a limit that does not exist, UsageError for an assignment that was not released.
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
    for name in task.exercises:
        files += [course.tests(assignment, name), *sorted(course.solutions(assignment, name).glob("*.py"))]
    for file in files:
        digest.update(file.name.encode() + b"\0" + (file.read_bytes() if file.is_file() else b""))
    return digest.hexdigest()[:16]


def differences(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What of the decisive environment differs, in words for people."""
    return [
        f"{word} changed ({before.get(name, 'unknown')} → {now[name]})"
        for name, word in DECISIVE.items()
        if before.get(name) != now[name]
    ]
