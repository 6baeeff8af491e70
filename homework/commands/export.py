"""`homework export --canvas` and `--moodle`: our totals in a learning management system's own file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook import lms
from homework.untrusted.text import printable


def fill_in(
    course: Course, assignments: list[str], template: Path, output: Path, *, moodle: bool, **options: Any
) -> list[str]:
    """Write `template` with our totals to `output`. Returns what changes, a line each."""
    if len(assignments) != 1:
        raise UsageError("which assignment? Name one with --assignment")
    task = course.assignment(assignments[0])
    try:
        data = template.read_bytes()
        text, bom = data.decode("utf-8-sig"), data.startswith(b"\xef\xbb\xbf")
    except OSError as error:
        raise UsageError(f"{template} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{template} is not UTF-8: export it again, and do not save it in between") from None
    totals = lms.totals(course, task.name, partial=options["partial"])
    if moodle:
        done = lms.moodle(text, task, totals, options["columns"], scale=options["scale"])
    else:
        done = lms.canvas(text, task, totals, options["column"], scale=options["scale"])
    try:
        output.write_bytes((b"\xef\xbb\xbf" if bom else b"") + done.text.encode())
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    said = [*done.changes, *(f"not written: {line}" for line in done.skipped)]
    return [*map(printable, said), f"{len(done.changes)} scores change"]
