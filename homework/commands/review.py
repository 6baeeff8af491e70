"""`homework review --export` and `--import`: marks of written answers in a spreadsheet."""

from __future__ import annotations

import getpass
from pathlib import Path

from homework.counted import counted
from homework.course import Course
from homework.errors import UsageError
from homework.review import sheet
from homework.review.marks import Reviews
from homework.untrusted.text import printable


def exported(course: Course, assignment: str, path: Path, *, names: bool) -> list[str]:
    """Write all answers to a file. Returns what to say."""
    return [f"wrote {sheet.export(Reviews(course, assignment), path, names=names)} answers to {path}"]


def imported(
    course: Course, assignment: str, path: Path | None, grader: str, *, apply: bool, clear: bool
) -> list[str]:
    """Read a file, and write its marks if `apply`. Returns what to say."""
    if path is None:
        raise UsageError("which file?")
    reviews = Reviews(course, assignment)
    changes = sheet.read(reviews, path, clear=clear)
    if apply:
        sheet.apply(reviews, changes, grader or getpass.getuser())
    last = f"{counted(len(changes), 'change')}, 0 conflicts"
    last += "" if not changes else "; written" if apply else "; nothing was written: --apply writes them"
    return [*(printable(change.said) for change in changes), last]
