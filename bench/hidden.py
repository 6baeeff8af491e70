"""Our hidden tests as one self-contained function, for graders that run them in the student's process."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from homework.course import Course

HARNESS = Path(__file__).with_name("harness.py")
_OURS = "from homework.judge import agree, points\n"


def hidden_tests(course: Course, assignment: str, exercise: str) -> str:
    """Source of `hidden_tests()`: it returns each test of `exercise`, as `harness.bound` does.

    Everything is inside the function: harness, references and tests share no name with the student's notebook.
    """
    references = [
        (course.solutions(assignment, name) / "reference.py").read_text()
        for name in course.assignment(assignment).exercises
    ]
    tests = course.tests(assignment, exercise).read_text()
    if _OURS not in tests:
        raise ValueError(
            f"the tests of {exercise} do not say {_OURS.strip()!r}: bench/hidden.py must learn what they use"
        )
    parts = [
        HARNESS.read_text(),
        "def references():\n" + indent("\n".join([*references, "return locals()"]), "    "),
        tests.replace(_OURS, ""),
        "return bound(TESTS, references())",
    ]
    return "def hidden_tests():\n" + indent("\n\n".join(parts), "    ") + "\n"


def notebook_names(exercises: list[str]) -> str:
    """An expression for the exercises' names that a notebook has bound, by name."""
    return f"{{name: globals()[name] for name in {exercises!r} if name in globals()}}"
