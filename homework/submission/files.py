"""The contents of `submitted/<student>/<assignment>/`, found without following links."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from homework.course import Assignment, Course
from homework.course.course import is_overview
from homework.errors import CourseError, UsageError
from homework.submission.choose import LMS_NOTE, OF_SYSTEMS, choose, is_hidden
from homework.submission.handin import Part, Submission
from homework.submission.read import Unreadable, read_bytes
from homework.submission.template import Template
from homework.submission.times import parse_time
from homework.untrusted.text import printable

_SMALL = 1000  # bytes
_MOST_NOTED = 1 << 17  # bytes, as the name of an entry in a zip file has up to half of that
_SHOWN = 80  # characters of a name
_MOST_DOCUMENTS = 20  # of one student
_LONGEST_NAME = 255  # bytes, of a file on every usual file system
_OF_TOOLS = (".git", ".ipynb_checkpoints", ".replaced")  # folders that are obviously not a student's
# Formgrader's pages do not escape names.
_MARKUP = str.maketrans('<>"', "\uff1c\uff1e\uff02")


@dataclass(frozen=True)
class HandedIn:
    """A student's folder and the notebook in it, or the problem if there is none. `note` says what was odd.

    `hands_in` maps the other files that the assignment asks for to their largest size in bytes. `documents` are names
    of other files that may hold answers.
    """

    student: str
    folder: Path | None
    path: Path | None
    problem: str = ""
    note: str = ""
    hands_in: Mapping[str, int] = field(default_factory=dict)
    documents: tuple[str, ...] = ()

    def read(self) -> Submission:
        """The submission that the grader takes. Never raises: what goes wrong becomes the submission's problem."""
        try:
            if self.path:
                found = Submission.of_file(self.student, self.path, self.notes, self.hands_in)
                return replace(found, documents=self._digests)
            return Submission(self.student, None, self.problem, self.notes)
        except Exception as error:  # one student's files must not stop the class
            return Submission(self.student, None, _cannot_be_read(error))

    @property
    def _digests(self) -> dict[str, str | None]:
        """The digest of each document, by a name that can be shown; None for one that cannot be read."""
        found: dict[str, str | None] = {}
        if self.folder is None:
            return found
        for name in self.documents[:_MOST_DOCUMENTS]:
            digest = None
            with suppress(Unreadable):
                digest = hashlib.sha256(read_bytes(self.folder / name)).hexdigest()
            found[printable(name, _SHOWN)] = digest
        return found

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was odd, in words for the student."""
        untimely = "timestamp.txt does not contain a time" if self.timestamp and self.time is None else ""
        return tuple(note for note in (self.note, untimely) if note)

    @cached_property
    def time(self) -> datetime | None:
        """When it was handed in, in UTC; None if unknown."""
        return parse_time(self.timestamp)

    @cached_property
    def timestamp(self) -> str:
        """What `timestamp.txt` says, or "". nbgrader writes it on the student's machine, so it proves nothing."""
        return small_file(self.folder, "timestamp.txt").strip()

    @property
    def late_without_time(self) -> bool:
        """Whether the learning management system says that it is late, and nothing says when it was handed in."""
        return self.time is None and lms_note(self.folder).get("late") is True

    @property
    def secret(self) -> str:
        """What `submission_secret.txt` says, or "". `nbgrader release_feedback` names pages after it."""
        return small_file(self.folder, "submission_secret.txt")


class Readings(Sequence[Submission]):
    """Submissions that are read one at a time, so that a class of a thousand does not have to fit in memory.

    `part_of` says of each what is judged of it.
    """

    def __init__(
        self, handed_in: Sequence[HandedIn], part_of: Callable[[Submission], Part | None] = lambda _: None
    ) -> None:
        self._handed_in = handed_in
        self._part_of = part_of

    def __len__(self) -> int:
        return len(self._handed_in)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Readings(self._handed_in[index], self._part_of)
        submission = self._handed_in[index].read()
        return replace(submission, part=self._part_of(submission))


def lms_note(folder: Path | None) -> dict[str, Any]:
    """What `homework collect` noted next to a submission; {} for nothing, and for what a student wrote in its place."""
    try:
        said = json.loads(small_file(folder, LMS_NOTE, _MOST_NOTED) or "{}")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def small_file(folder: Path | None, name: str, most: int = _SMALL) -> str:
    """The text of a small file next to a submitted notebook, or "" if it is missing or cannot be read.

    Windows writes a byte-order mark in front of it, or UTF-16.
    """
    try:
        data = read_bytes(folder / name, most) if folder else b""
    except Unreadable:
        return ""
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if utf16 else "utf-8-sig", "replace")


def student_of(folder: str) -> str:
    r"""The gradebook's name for the student whose folder in `submitted/` is called `folder`.

    It is the same, except that bytes that are not text become escapes (\xff), and `<`, `>` and `"` their wide forms.
    The name of a class page gets a backslash, so that the page can be written. What is then too long for a file name
    is cut and gets a digest of the full name.
    """
    name = os.fsencode(folder).decode("utf-8", "backslashreplace").translate(_MARKUP)
    return fitting(f"{name}\\" if is_overview(name) else name)


def fitting(name: str) -> str:
    """`name`, cut if it is too long for a file name; different names stay different."""
    encoded = name.encode("utf-8")
    if len(encoded) <= _LONGEST_NAME:
        return name
    digest = "~" + hashlib.sha256(encoded).hexdigest()[:16]
    return encoded[: _LONGEST_NAME - len(digest)].decode("utf-8", "ignore") + digest


def _cannot_be_read(error: Exception) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return f"What was handed in cannot be read: {reason}."


def submissions(course: Course, assignment: str, students: Collection[str] | None = None) -> list[HandedIn]:
    """What was handed in for `assignment`, sorted by student; only for `students`, if given.

    Raises UsageError for a student who handed in nothing, and CourseError if submitted/ cannot be read.
    """
    task = course.assignment(assignment)
    release = cache(partial(template_of, task))
    known = {path.name for path in task.release.rglob("*")} | task.hands_in.keys()
    found: dict[str, HandedIn] = {}
    for entry in _students(course):
        if not _is_folder(entry) or is_hidden(entry.name):
            continue
        student = student_of(entry.name)
        while student in found:  # the name of another folder: no student replaces another
            student = fitting(student + "\\")
        one = _handed_in(student, Path(entry.path), task, release, known)
        if one is not None:
            found[student] = replace(one, hands_in=task.hands_in)
    if students is None:
        return [found[student] for student in sorted(found)]
    for student in students:
        if student not in found:
            raise UsageError(
                f"{student} handed in nothing: there is no folder submitted/{student}/{assignment}/"
            )
    return [found[student] for student in sorted(set(students))]


def strays(course: Course) -> list[str]:
    """What is in submitted/ and is not a student's folder."""
    return [
        printable(entry.name, _SHOWN)
        for entry in _top(course)
        if entry.name not in _OF_TOOLS
        and entry.name.casefold() not in OF_SYSTEMS
        and _is_folder(entry) == entry.name.startswith(".")  # a file, or a hidden folder
    ]


def plain_name(name: str) -> str:
    """`name`, in the form that is the same for names which people take for the same: upper and lower case, accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) or entry.is_symlink()


def _students(course: Course) -> list[os.DirEntry[str]]:
    return [entry for entry in _top(course) if not entry.name.startswith(".")]


def _top(course: Course) -> list[os.DirEntry[str]]:
    try:
        return _entries(course.submitted)
    except OSError as error:
        raise CourseError(f"{course.submitted} cannot be read: {error.strerror}") from error


def template_of(task: Assignment) -> Template | None:
    """The release of an assignment; None if it has not been released, or cannot be read."""
    try:
        return Template.load(task.released_notebook)
    except (CourseError, OSError, ValueError, KeyError, TypeError):
        return None


def _handed_in(
    student: str, top: Path, task: Assignment, release: Callable[[], Template | None], known: Collection[str]
) -> HandedIn | None:
    """What the student's folder `top` contains for the assignment; None if it contains nothing.

    `known` are the names of files that are released or asked for.
    """
    assignment, notebook = task.name, task.notebook.name
    try:
        # List the folder first: for one without permission `is_dir` below would only return False.
        there = {entry.name for entry in _entries(top)} if not top.is_symlink() else set()
        if assignment not in there:  # hw1, called HW1
            assignment = next(
                (name for name in sorted(there) if plain_name(name) == plain_name(task.name)), assignment
            )
        folder = top / assignment
        if top.is_symlink() or folder.is_symlink():
            return HandedIn(student, None, None, "The folder that was handed in is a link.")
        if folder.is_dir():
            chosen = choose(folder, notebook, release, known)
            note, documents = chosen.note, chosen.documents
            return HandedIn(student, folder, chosen.path, chosen.problem, note, documents=documents)
    except OSError as error:
        problem = f"The folder that was handed in cannot be read: {error.strerror}."
        return HandedIn(student, None, None, problem)
    except Exception as error:  # one student's folder must not stop the class
        return HandedIn(student, None, None, _cannot_be_read(error))
    if assignment in there:
        problem = f"A file called {assignment} was handed in; it should be a folder with the notebook in it."
        return HandedIn(student, None, None, problem)
    if notebook in there:
        place = f"submitted/{printable(student, _SHOWN)}/"
        problem = f"The notebook is in {place}; it belongs in {place}{assignment}/."
        return HandedIn(student, None, None, problem)
    return None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
