"""`homework collect`: put what a learning management system gives into `submitted/<student>/<assignment>/`.

Theory of operation. Canvas, Moodle and others name files in their own ways, and students give files any name. Only the
part of a name that tells the student is understood here; whatever the file is called and whatever it is, it is handed
on, so that what is not a notebook becomes *unreadable*, for a person to look at, instead of a student who is missing.
Nothing in an archive chooses where a file goes: names become one folder and one file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from homework.course import Course
from homework.errors import UsageError
from homework.submission.choose import is_hidden
from homework.submission.read import MAX_BYTES
from homework.untrusted.text import printable

# How systems name a file, from the top of the archive. What follows the student's part is the student's own name.
_FORMS = (
    re.compile(r"(?:.*/)?(?P<student>[^/_]+)(?:_LATE)?_\d+_\d+_(?P<file>[^/]+)"),  # Canvas
    re.compile(r"(?P<student>[^/]+?)_\d+_assignsubmission_file_?/(?P<file>.+)"),  # Moodle, a folder each
    re.compile(r"(?P<student>[^/]+?)_\d+_assignsubmission_file_(?P<file>[^/]+)"),  # Moodle, without folders
    re.compile(r"(?:.*/)?(?P<student>[^/_]+)_attempt_[\d-]+_(?P<file>[^/]+)"),  # Blackboard
    re.compile(r"(?P<student>[^/]+)/(?P<file>.+)"),  # a folder for each student
    re.compile(r"(?P<student>[^/.]+)(?P<file>\.[^/]+)"),  # a file for each student: ada.ipynb
)
_MOST_FILES = 100_000


@dataclass
class Collected:
    """The files that were collected, by student, and those that were skipped, with the reason."""

    files: dict[str, list[str]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def collect(course: Course, assignment: str, archive: Path, pattern: str | None = None) -> Collected:
    """Copy the files in `archive`, a zip file or a folder, to the students that their names tell.

    `pattern` is a regular expression with the groups `student` and `file`, for names of another form. A file that is
    there already is replaced. Raises UsageError for what is no archive, and for a pattern without these groups.
    """
    course.assignment(assignment)
    forms = (_pattern(pattern),) if pattern else _FORMS
    done = Collected()
    names = dict(_files(archive))
    top = _top(names)
    for name in names:
        parts = _parts(name)[top:]
        if not parts or any(map(is_hidden, parts)):
            continue
        inside = "/".join(parts)
        found = next((match for form in forms if (match := form.fullmatch(inside))), None)
        student = _folder(found["student"]) if found else ""
        file = _folder(PurePosixPath(found["file"]).name) if found else ""
        if not student or not file:
            done.skipped[inside] = "its name does not tell a student"
            continue
        if names[name] > MAX_BYTES:
            done.skipped[inside] = f"it is larger than {MAX_BYTES >> 20} MB"
            continue
        file = f"{assignment}{file}" if file.startswith(".") else file
        target = course.submitted / student / assignment / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_read(archive, name))
        done.files.setdefault(student, []).append(file)
    return done


def _parts(name: str) -> list[str]:
    """The folders and the file of a name in an archive, none of which leads out of it."""
    return [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]


def _top(names: Collection[str]) -> int:
    """How many folders are above those of the students: one if all of an archive is in a folder of its own."""
    found = [parts for name in names if not any(map(is_hidden, parts := _parts(name)))]
    return int(
        bool(found) and all(len(parts) > 2 for parts in found) and len({parts[0] for parts in found}) == 1
    )


def _pattern(pattern: str) -> re.Pattern[str]:
    try:
        form = re.compile(pattern)
    except re.error as error:
        raise UsageError(f"the pattern is not a regular expression: {error}") from None
    if not {"student", "file"} <= form.groupindex.keys():
        raise UsageError("the pattern needs the groups (?P<student>...) and (?P<file>...)")
    return form


def _folder(name: str) -> str:
    """`name` as the name of one folder or file; "" if nothing is left of it."""
    name = printable(name, 200).strip().replace("\ufffd", "")
    return "" if name in (".", "..") or "/" in name else name


def _files(archive: Path) -> Iterator[tuple[str, int]]:
    """The names and sizes of the files in an archive."""
    if archive.is_dir():
        for path in sorted(archive.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(archive).as_posix(), path.stat().st_size
        return
    try:
        with zipfile.ZipFile(archive) as zipped:
            for info in zipped.infolist()[:_MOST_FILES]:
                if not info.is_dir():
                    yield info.filename, info.file_size
    except FileNotFoundError:
        raise UsageError(f"{archive} does not exist") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{archive} is neither a zip file nor a folder: {error}") from None


def _read(archive: Path, name: str) -> bytes:
    if archive.is_dir():
        return (archive / name).read_bytes()
    with zipfile.ZipFile(archive) as zipped, zipped.open(name) as file:
        return file.read(MAX_BYTES + 1)
