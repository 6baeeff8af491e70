"""What is in `submitted/<student>/<assignment>/`, found without following any link."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from homework.course import Course
from homework.errors import CourseError, UsageError
from homework.submission.handin import Submission
from homework.submission.read import Unreadable, read_bytes
from homework.untrusted.text import printable

_SMALL = 1000  # bytes
_SHOWN = 80  # characters of a name
# Formgrader's pages hold names as they are.
_MARKUP = str.maketrans('<>"', "\uff1c\uff1e\uff02")


@dataclass(frozen=True)
class HandedIn:
    """A student's folder and the notebook in it, or the problem why there is none; `note` says what was odd."""

    student: str
    folder: Path | None
    path: Path | None
    problem: str = ""
    note: str = ""

    def read(self) -> Submission:
        """What the grader takes."""
        if self.path:
            return Submission.of_file(self.student, self.path, self.notes)
        return Submission(self.student, None, self.problem, self.notes)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was odd, as the student reads it."""
        untimely = "timestamp.txt holds no time" if self.timestamp and self.time is None else ""
        return tuple(note for note in (self.note, untimely) if note)

    @cached_property
    def time(self) -> datetime | None:
        """When it was handed in, in UTC; None if nobody knows."""
        return parse_time(self.timestamp)

    @cached_property
    def timestamp(self) -> str:
        """What `timestamp.txt` says, "" without one. nbgrader writes it where the student hands in: no proof."""
        return small_file(self.folder, "timestamp.txt").strip()

    @property
    def secret(self) -> str:
        """What `submission_secret.txt` says, "" without one; `nbgrader release_feedback` names pages by it."""
        return small_file(self.folder, "submission_secret.txt")


class Readings(Sequence[Submission]):
    """What was handed in, read when it is asked for: a class of a thousand is not held in memory."""

    def __init__(self, handed_in: Sequence[HandedIn]) -> None:
        self._handed_in = handed_in

    def __len__(self) -> int:
        return len(self._handed_in)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Readings(self._handed_in[index])
        return self._handed_in[index].read()


def small_file(folder: Path | None, name: str) -> str:
    """The text of a small file that lies beside a submitted notebook, "" if there is none that can be read."""
    try:
        return read_bytes(folder / name, _SMALL).decode("utf-8", "replace") if folder else ""
    except Unreadable:
        return ""


def parse_time(text: str) -> datetime | None:
    """A time as nbgrader reads it from `timestamp.txt`, in UTC; None if there is none."""
    if not text:
        return None
    from dateutil import parser, tz

    words = text.split(" ")
    try:
        if len(words) == 3:  # as nbgrader writes it; its `parse_utc` would take a second to import
            zone = int(words[2]) if words[2].lstrip("+-").isdigit() else tz.gettz(words[2])
            time: datetime = parser.parse(f"{words[0]} {words[1]} TZ", tzinfos={"TZ": zone})
        else:
            time = parser.parse(text)
        ahead = time.utcoffset()
        return time if ahead is None else (time - ahead).replace(tzinfo=None)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None


def student_of(folder: str) -> str:
    r"""What the gradebook calls the student whose folder in `submitted/` is called `folder`.

    The same, but for a name that is no text (\xff stands for a byte) or holds markup (wide forms of `<`, `>` and `"`).
    """
    return os.fsencode(folder).decode("utf-8", "backslashreplace").translate(_MARKUP)


def submissions(course: Course, assignment: str, students: Collection[str] | None = None) -> list[HandedIn]:
    """What was handed in for `assignment`, by student; of `students` only, if given.

    Raises UsageError for a student who handed in nothing, CourseError where submitted/ cannot be read.
    """
    notebook = course.assignment(assignment).notebook.name
    found = {}
    for entry in _students(course):
        if not (entry.is_dir(follow_symlinks=False) or entry.is_symlink()):
            continue
        student = student_of(entry.name)
        while student in found:  # a folder whose name is that text, too: nobody takes another's place
            student += "\\"
        one = _handed_in(student, Path(entry.path), assignment, notebook)
        if one is not None:
            found[student] = one
    if students is None:
        return [found[student] for student in sorted(found)]
    for student in students:
        if student not in found:
            raise UsageError(
                f"{student} handed in nothing: there is no folder submitted/{student}/{assignment}/"
            )
    return [found[student] for student in sorted(set(students))]


def strays(course: Course) -> list[str]:
    """What lies in submitted/ and is no student's folder."""
    return [
        printable(entry.name, _SHOWN)
        for entry in _students(course)
        if not (entry.is_dir(follow_symlinks=False) or entry.is_symlink())
    ]


def _students(course: Course) -> list[os.DirEntry[str]]:
    try:
        return [entry for entry in _entries(course.submitted) if not entry.name.startswith(".")]
    except OSError as error:
        raise CourseError(f"{course.submitted} cannot be read: {error.strerror}") from error


def _handed_in(student: str, top: Path, assignment: str, notebook: str) -> HandedIn | None:
    """What the student's folder `top` holds for `assignment`; None if there is nothing."""
    folder = top / assignment
    try:
        # A folder that may not be entered says so here, rather than that it is empty.
        there = {entry.name for entry in _entries(top)} if not top.is_symlink() else set()
        if top.is_symlink() or folder.is_symlink():
            return HandedIn(student, None, None, "The folder that was handed in is a link.")
        if folder.is_dir():
            return _look(student, folder, notebook)
    except OSError as error:
        problem = f"The folder that was handed in cannot be read: {error.strerror}."
        return HandedIn(student, None, None, problem)
    if assignment in there:
        problem = f"A file called {assignment} was handed in; it should be a folder with the notebook in it."
        return HandedIn(student, None, None, problem)
    if notebook in there:
        place = f"submitted/{printable(student, _SHOWN)}/"
        problem = f"The notebook lies in {place}; it belongs into {place}{assignment}/."
        return HandedIn(student, None, None, problem)
    return None


def _look(student: str, folder: Path, notebook: str) -> HandedIn:
    others = [
        entry.name
        for entry in _entries(folder)
        if entry.name.endswith(".ipynb") and entry.name != notebook and entry.is_file(follow_symlinks=False)
    ]
    shown = ", ".join(printable(name, _SHOWN) for name in others[:5]) + (" …" if others[5:] else "")
    if os.path.lexists(folder / notebook):
        note = f"beside {notebook} there was also {shown}, which nobody looked at" if others else ""
        return HandedIn(student, folder, folder / notebook, note=note)
    if len(others) == 1:
        return HandedIn(student, folder, folder / others[0], note=f"{shown} was taken for {notebook}")
    if others:
        return HandedIn(
            student,
            folder,
            None,
            f"No notebook called {notebook} was handed in, but several others: {shown}.",
        )
    return HandedIn(student, folder, None, f"No notebook was handed in: {notebook} is missing.")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
