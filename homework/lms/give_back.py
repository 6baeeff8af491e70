"""`homework feedback --moodle`: pages in the folders of Moodle's own download, as it takes them back.

Theory of operation. Moodle tells whose a file is by the number in its folder's name, which is of one assignment. Which
student has which number was decided when the archive was collected, and is noted beside what was collected
(`lms.json`). Nothing else is asked here. So a page reaches only the student whose work it is about, and the
archive of another assignment is refused.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from homework.course import Course
from homework.errors import UsageError
from homework.lms.archive import Archive
from homework.lms.systems import moodle_folder
from homework.submission.choose import LMS_NOTE
from homework.submission.files import lms_note


@dataclass
class GivenBack:
    """Who gets a page, which folders were refused and why, and whose page has no folder in the archive."""

    given: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


def give_back(
    course: Course,
    assignment: str,
    archive: Path,
    pages: Mapping[str, Path],
    output: Path,
    only: Collection[str] | None = None,
) -> GivenBack:
    """Write `pages` (by student) into the folders that `archive` has, as a zip file; `only` those of some students.

    Raises UsageError if `archive` is not Moodle's or has no folder of these students, or if `output` cannot be written.
    """
    if output.exists() and output.samefile(archive):
        raise UsageError(f"{output} is Moodle's archive itself: give the result another name with -o")
    numbers: dict[str, list[str]] = {}
    for number, student in _collected(course, assignment):
        numbers.setdefault(number, []).append(student)
    done, targets = GivenBack(), dict[str, str]()
    folders: dict[str, set[str]] = {}
    with Archive.at(archive) as opened:
        for entry in (one for one in opened.entries if not one.ignored):
            if "_assignsubmission_onlinetext" in entry.name:
                continue
            if entry.problem:
                done.refused[entry.name] = entry.problem
            elif found := moodle_folder(entry.name):
                folders.setdefault(found[1], set()).add(found[0])
            else:
                done.refused[entry.name] = "its name is not one of Moodle's submissions"
    if not folders:
        raise UsageError(
            f"{archive} has no folder of Moodle's, such as 'Ada Lovelace_101_assignsubmission_file'"
        )
    for number, names in sorted(folders.items()):
        students, name = numbers.get(number, []), min(names)
        if only is not None and not set(students) & set(only):
            continue
        student = students[0] if students else ""
        if len(students) > 1:
            done.refused[name] = f"it was collected for {' and '.join(students)}: whose is it?"
        elif not student:
            done.refused[name] = (
                f"it was not collected as {assignment}: run `homework collect` with this archive"
            )
        elif len(names) > 1:
            done.refused[name] = f"{student} has several folders, also {max(names)!r}"
        elif student not in pages:
            done.refused[name] = f"{student} has no feedback page: run `homework autograde {assignment}`"
        else:
            targets[student] = name + f"{assignment}.html"
    there = {student for number in folders for student in numbers.get(number, ())}
    done.given, done.absent = sorted(targets), sorted(pages.keys() - there)
    if not targets:
        raise UsageError(
            f"no page belongs in {archive}: is it Moodle's download of {assignment}, and was it collected "
            "with `homework collect`?"
        )
    _write(output, {target: pages[student] for student, target in targets.items()})
    return done


def _collected(course: Course, assignment: str) -> Iterator[tuple[str, str]]:
    """The numbers in the names of what was collected from Moodle, each with its student."""
    for path in sorted(course.submitted.glob(f"*/{assignment}/{LMS_NOTE}")):
        if found := moodle_folder(str(lms_note(path.parent).get("entry", ""))):
            yield found[1], path.parent.parent.name


def _write(output: Path, files: Mapping[str, Path]) -> None:
    temporary = output.with_name(f".{output.name}.new")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as zipped:
            for name, path in files.items():
                zipped.write(path, name)
        temporary.replace(output)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
