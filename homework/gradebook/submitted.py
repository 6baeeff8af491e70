"""What is in `submitted/<student>/<assignment>/`, found without following any link."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from homework.course import Course
from homework.errors import UsageError
from homework.handin import Submission
from homework.notebook import Unreadable, read_bytes

_SMALL = 1000  # bytes
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
        return (
            Submission.of_file(self.student, self.path)
            if self.path
            else Submission(self.student, None, self.problem)
        )

    @property
    def timestamp(self) -> str:
        """What `timestamp.txt` says, "" without one. nbgrader writes it where the student hands in: no proof."""
        return small_file(self.folder, "timestamp.txt").strip()

    @property
    def secret(self) -> str:
        """What `submission_secret.txt` says, "" without one; `nbgrader release_feedback` names pages by it."""
        return small_file(self.folder, "submission_secret.txt")


def small_file(folder: Path | None, name: str) -> str:
    """The text of a small file that lies beside a submitted notebook, "" if there is none that can be read."""
    try:
        return read_bytes(folder / name, _SMALL).decode("utf-8", "replace") if folder else ""
    except Unreadable:
        return ""


def student_of(folder: str) -> str:
    r"""What the gradebook calls the student whose folder in `submitted/` is called `folder`.

    The same, but for a name that is no text (\xff stands for a byte) or holds markup (wide forms of `<`, `>` and `"`).
    """
    return os.fsencode(folder).decode("utf-8", "backslashreplace").translate(_MARKUP)


def submissions(course: Course, assignment: str, students: Collection[str] | None = None) -> list[HandedIn]:
    """What was handed in for `assignment`, by student; of `students` only, if given.

    Raises UsageError for a student who handed in nothing.
    """
    notebook = course.assignment(assignment).notebook.name
    found = {}
    for entry in _entries(course.submitted):
        if entry.name.startswith(".") or not (entry.is_dir(follow_symlinks=False) or entry.is_symlink()):
            continue
        folder = Path(entry.path) / assignment
        student = student_of(entry.name)
        while student in found:  # a folder whose name is that text, too: nobody takes another's place
            student += "\\"
        if entry.is_symlink() or folder.is_symlink():
            found[student] = HandedIn(student, None, None, "The folder that was handed in is a link.")
        elif folder.is_dir():
            found[student] = _look(student, folder, notebook)
    if students is None:
        return [found[student] for student in sorted(found)]
    for student in students:
        if student not in found:
            raise UsageError(
                f"{student} handed in nothing: there is no folder submitted/{student}/{assignment}/"
            )
    return [found[student] for student in sorted(set(students))]


def _look(student: str, folder: Path, notebook: str) -> HandedIn:
    others = [
        entry.name
        for entry in _entries(folder)
        if entry.name.endswith(".ipynb") and entry.name != notebook and entry.is_file(follow_symlinks=False)
    ]
    shown = ", ".join(_printable(name) for name in others[:5]) + (" …" if others[5:] else "")
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


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in name)[:80]
