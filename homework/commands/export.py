"""`homework export --canvas` and `--moodle`: our totals in a learning management system's own file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from homework.counted import counted
from homework.course import Course
from homework.errors import UsageError
from homework.lms.canvas import canvas
from homework.lms.give_back import give_back
from homework.lms.grades import Filled, totals
from homework.lms.moodle import moodle as moodles
from homework.lms.moodle import moodle_gradebook
from homework.lms.roster import Roster
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
    ours, roster = totals(course, task.name, partial=options["partial"]), Roster.load(course)
    if moodle:
        more = {"scale": options["scale"], "comments": options.get("comments", False)}
        done = moodles(text, task, ours, roster, options["columns"], **more)
    else:
        done = canvas(text, task, ours, roster, options["column"], scale=options["scale"])
    if done.strangers and not options.get("skip_missing"):
        who = counted(len(done.strangers), f"student with {task.name} is", f"students with {task.name} are")
        raise UsageError(
            f"{who} not in {template}, so nothing was written: "
            f"{', '.join(map(printable, done.strangers))}. Export the whole class, or use --skip-missing"
        )
    done.skipped += [f"{student}: not in the file" for student in done.strangers]
    return _written(done, output, bom=bom)


def for_moodles_gradebook(
    course: Course, assignments: list[str], output: Path, *, partial: bool
) -> list[str]:
    """Write a table that Moodle's gradebook imports. Returns what is in it, a line each."""
    if len(assignments) != 1:
        raise UsageError("which assignment? Name one with --assignment")
    task = course.assignment(assignments[0])
    return _written(moodle_gradebook(task, totals(course, task.name, partial=partial)), output)


def back_to_moodle(
    course: Course,
    assignment: str,
    archive: Path,
    pages: Iterable[Path],
    output: Path,
    students: Collection[str],
) -> tuple[list[str], int]:
    """Write pages into the folders of Moodle's archive. Returns what was done, in lines, and how many were refused."""
    written = {page.parent.parent.name: page for page in pages}
    done = give_back(course, assignment, archive, written, output, students or None)
    lines = [f"wrote {output}: {counted(len(done.given), 'page')}"]
    if done.absent:
        lines.append(
            f"  not in the archive, so without a page there: {', '.join(map(printable, done.absent))}"
        )
    lines += [f"  refused {printable(name, 200)}: {printable(why)}" for name, why in done.refused.items()]
    return lines, len(done.refused)


def _written(done: Filled, output: Path, *, bom: bool = False) -> list[str]:
    try:
        output.write_bytes((b"\xef\xbb\xbf" if bom else b"") + done.text.encode())
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    said = [*done.changes, *(f"not written: {line}" for line in done.skipped)]
    return [*map(printable, said), counted(len(done.changes), "score changes", "scores change")]
