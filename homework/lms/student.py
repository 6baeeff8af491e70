"""What `homework collect` does with the files of one student.

Names in an archive never choose where a file goes. What is replaced is kept in `submitted/.replaced/`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from homework.course import Course
from homework.lms.archive import Archive, Entry
from homework.lms.readings import document
from homework.lms.systems import Reading, is_notebook
from homework.lms.times import Times
from homework.submission.choose import LMS_NOTE, holds_work
from homework.submission.files import lms_note
from homework.submission.read import MAX_BYTES
from homework.submission.template import Template
from homework.submission.times import parse_time

_MOST_DOCUMENTS = 10  # of one student
_TIME = "timestamp.txt"


@dataclass
class Collected:
    """What became of an archive: students, counts, and each entry that was refused, with the reason.

    Of those on the roster who are not in the archive, `earlier` have something in `submitted/`, `missing` nothing.
    """

    system: str = ""
    taken: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    ignored: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    earlier: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """A file of a student, and what its name tells."""

    entry: Entry
    reading: Reading

    @property
    def file(self) -> str:
        """Its own name, without folders."""
        return PurePosixPath(self.reading.file).name


class StudentFiles:
    """Collects the files of one student."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        student: str,
        archive: Archive,
        done: Collected,
        release: Callable[[], Template | None],
        *,
        dry_run: bool,
    ) -> None:
        self.course, self.assignment, self.student = course, assignment, student
        self.archive, self.done, self.release, self.dry_run = archive, done, release, dry_run
        self.zone = ZoneInfo(course.settings.timezone)

    def collect(self, files: list[Found], hands_in: Mapping[str, int], times: Times | None) -> None:
        """Put the notebook that counts, and what belongs to it, into `submitted/`; the rest is refused or ignored."""
        notebooks = [one for one in files if is_notebook(one.file)]
        newest = sorted(files, key=lambda one: one.reading.number)
        others = {name: one for name in hands_in for one in newest if _plain(one.file) == name}
        self.done.ignored += len(files) - len(notebooks) - len(others)
        if not notebooks:
            for one in files:
                zipped = one.file.casefold().endswith(".zip")
                why = (
                    "a zip file inside is not opened"
                    if zipped
                    else "it is not a notebook, and there is no other file"
                )
                self._refuse(one, f"{why}: ask {self.student} for the notebook")
            self.done.ignored -= len(files) - len(others)
            return
        chosen = self._choose(notebooks)
        if chosen is None:
            return
        data = self.archive.read(chosen.entry, MAX_BYTES)
        if isinstance(data, str):
            self._refuse(chosen, data)
            return
        documents = {name: one for one in files for name in [document(one.file)] if name}
        documents = {name: documents[name] for name in [*documents][:_MOST_DOCUMENTS] if name not in others}
        self.done.ignored -= len(documents)
        extra = {}
        for name, one in (others | documents).items():
            content = self.archive.read(one.entry, hands_in.get(name, MAX_BYTES))
            if isinstance(content, str):
                self._refuse(one, content)
            else:
                extra[name] = content
        self._write(chosen, data, extra, times)

    def _refuse(self, one: Found, why: str) -> None:
        self.done.refused[one.entry.name] = why

    def _choose(self, notebooks: list[Found]) -> Found | None:
        """The notebook that counts: the one with the assignment's name, of several the last; else there must be one."""
        named = [one for one in notebooks if _stem(one.file) == self.assignment.casefold()]
        left = named or notebooks
        if len({_stem(one.file) for one in left}) == 1:
            last = max(one.reading.number for one in left)
            left = [one for one in left if one.reading.number == last]
        if len(left) > 1:
            left = self._with_work(left)
        if len(left) == 1:
            self.done.ignored += len(notebooks) - 1
            # An earlier attempt of the same name is no surprise; work under another name may be what was meant.
            if others := [one.file for one in notebooks if _stem(one.file) != _stem(left[0].file)]:
                self.done.notes.append(
                    f"{self.student}: {left[0].file} counts; also handed in, and ignored: {', '.join(others)}"
                )
            return left[0]
        alike = len({one.file for one in left}) < len(left)
        names = " and ".join(one.entry.name if alike else one.file for one in left)
        for one in left:
            self._refuse(one, f"{self.student} has several notebooks, {names}: which one counts?")
        self.done.ignored += len(notebooks) - len(left)
        return None

    def _with_work(self, notebooks: list[Found]) -> list[Found]:
        """Those that hold work of the student's, each content once; all of them if none does."""
        contents: dict[bytes, Found] = {}
        for one in notebooks:
            data = self.archive.read(one.entry, MAX_BYTES)
            if isinstance(data, str):  # it may be the one that counts
                return notebooks
            contents.setdefault(data, one)
        worked = [one for data, one in contents.items() if holds_work(data, self.release())]
        return worked or [*contents.values()]

    def _write(self, chosen: Found, data: bytes, extra: dict[str, bytes], times: Times | None) -> None:
        reading, done = chosen.reading, self.done
        when, trouble = self._when(reading, times)
        if note := "; ".join(filter(None, (reading.note, trouble))):
            done.notes.append(f"{self.student}: {note}")
        folder = self.course.submitted / self.student / self.assignment
        if any(
            place.is_symlink() or (place.exists() and not place.is_dir()) for place in (folder, folder.parent)
        ):
            self._refuse(chosen, f"{folder} is a link or a file: remove it")
            return
        target = folder / f"{self.assignment}.ipynb"
        before = _content(target)
        earlier_one = lms_note(folder)
        attempt = earlier_one.get("attempt")
        if before not in (None, data) and isinstance(attempt, int) and attempt > reading.number > 0:
            self._refuse(
                chosen,
                f"it is older than what was collected before ({earlier_one.get('entry')}): remove {folder} to take it",
            )
            return
        earlier = {name: _content(folder / name) for name in extra}
        changed = {name: old for name, old in earlier.items() if old != extra[name]}
        same = before == data and not changed
        (done.unchanged if same else done.taken if before is None else done.replaced).append(self.student)
        if reading.late:
            done.late.append(self.student)
        if self.dry_run:
            return
        if before is not None and not same:
            kept = self.course.submitted / ".replaced" / self.student / self.assignment
            for name, old in {**changed, target.name: None if before == data else before}.items():
                if old is not None:
                    _put(kept / f"{hashlib.sha256(old).hexdigest()[:12]}{Path(name).suffix}", old)
            (folder / _TIME).unlink(missing_ok=True)
        for name, content in extra.items():
            _put(folder / name, content)
        said = {
            "entry": chosen.entry.name,
            "attempt": reading.number,
            "late": reading.late,
            "when": f"{when:%Y-%m-%dT%H:%M:%SZ}" if when else None,
        }
        _put(folder / LMS_NOTE, (json.dumps(said, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
        if when:
            _put(folder / _TIME, f"{when:%Y-%m-%d %H:%M:%S} UTC\n".encode())
        if not same:
            _put(target, data)

    def _when(self, reading: Reading, times: Times | None) -> tuple[datetime | None, str]:
        """When it was handed in, in UTC, and what is wrong with that time."""
        if times is not None:
            return times.of(self.student)
        if not reading.when:
            return None, ""
        time = parse_time(reading.when, self.zone)
        return time, "" if time else f"its time cannot be read: {reading.when}"


def _plain(name: str) -> str:
    """A file's name without the number that Canvas appends when it is handed in again."""
    path = PurePosixPath(name)
    return re.sub(r"-\d+$", "", path.stem) + path.suffix


def _stem(name: str) -> str:
    return re.sub(r"(?:-\d+)?\.ipynb(?:\.json|\.txt)?$", "", name.casefold())


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _put(path: Path, data: bytes) -> None:
    """Write a file that is there completely or not at all."""
    if _content(path) == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)
