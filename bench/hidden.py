"""Our hidden tests as one self-contained function, for graders that run them in the student's process."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

from homework.course import Course

HARNESS = Path(__file__).with_name("harness.py")
# What tests import of ours, which harness.py has, too.
_OURS = re.compile(r"^from homework\.judge import (agree|as_tensor|points|, )+\n", re.MULTILINE)


def hidden_tests(course: Course, assignment: str, exercise: str) -> str:
    """Source of `hidden_tests()`: it returns each test of `exercise`, as `harness.bound` does.

    Everything is inside the function: harness, references and tests share no name with the student's notebook.
    """
    references = [
        (course.solutions(assignment, name) / "reference.py").read_text()
        for name in course.assignment(assignment).exercises
    ]
    tests, found = _OURS.subn("", course.tests(assignment, exercise).read_text())
    if not found:
        raise ValueError(
            f"the tests of {exercise} use what bench/harness.py lacks, or bench/hidden.py misreads them"
        )
    parts = [
        HARNESS.read_text(),
        "def references():\n" + indent("\n".join([*references, "return locals()"]), "    "),
        tests,
        "return bound(TESTS, references())",
    ]
    return "def hidden_tests():\n" + indent("\n\n".join(parts), "    ") + "\n"


def notebook_names(exercises: list[str]) -> str:
    """An expression for the exercises' names that a notebook has bound, by name."""
    return f"{{name: globals()[name] for name in {exercises!r} if name in globals()}}"
