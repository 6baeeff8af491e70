"""The end of a grade cell: what makes a stock nbgrader fail where it would give marks for tests that it cannot see."""

from __future__ import annotations

from homework.course.tasks import Task

_GUARD = """\
### BEGIN HIDDEN TESTS
# {where} Stock nbgrader cannot see {them} and gives no marks.
from pathlib import Path

if b"NBGRADER_EXECUTION" in Path("/proc/self/environ").read_bytes():
    raise RuntimeError("hidden tests were not run: grade with `homework autograde {assignment}`")
### END HIDDEN TESTS"""


def guard(assignment: str, task: Task) -> str:
    """The lines with which the grade cell of `task` has to end."""
    if task.kind.file:
        where, them = f"The hidden test of all questions is run by `homework autograde {assignment}`.", "it"
    else:
        module = f"tests/{assignment}/test_{task.name}.py"
        where, them = f"Hidden tests: {module}, run by `homework autograde {assignment}`.", "them"
    return _GUARD.format(where=where, them=them, assignment=assignment)
