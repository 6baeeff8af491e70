"""`homework collect`: put what a learning management system gives into `submitted/<student>/<assignment>/`.

Theory of operation. Names in an archive tell a student and nothing else: the target is made of the roster's name and
the assignment's. One student's entry cannot stop the class: what is wrong with it is listed, and the rest is collected.
A second archive replaces what it has anew, and keeps what it replaces in `submitted/.replaced/`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from homework.course import Course
from homework.errors import UsageError
from homework.lms.archive import Archive, Entry
from homework.lms.readings import Reader, document, reader_of
from homework.lms.roster import Roster
from homework.lms.systems import Reading, is_notebook
from homework.lms.times import Times
from homework.submission.choose import LMS_NOTE, holds_work
from homework.submission.files import lms_note, template_of
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
class _Found:
    entry: Entry
    reading: Reading

    @property
    def file(self) -> str:
        return PurePosixPath(self.reading.file).name


def collect(
    course: Course,
    assignment: str,
    path: Path,
    *,
    system: str = "",
    pattern: str = "",
    times: Path | None = None,
    dry_run: bool = False,
) -> Collected:
    """Collect the zip file or folder `path`. `system` is whose names it has, if they do not tell.

    `pattern` is a regular expression with the groups `student` and `file`, for names of another form. `times` is
    Moodle's worksheet. Raises UsageError for what is no archive of a class, and for one that cannot be understood.
    """
    task = course.assignment(assignment)
    roster = Roster.load(course)
    known = Times.read(times, roster, course) if times else None
    with Archive.at(path) as archive:
        if known:
            roster = known.roster
        entries = [entry for entry in archive.entries if not entry.ignored]
        done = Collected(ignored=len(archive.entries) - len(entries))
        if not entries:
            raise UsageError(f"{path} contains no files of students")
        reader = reader_of(entries, roster, system, pattern)
        done.system = reader.system
        found = _by_student(entries, reader, done)
        release = cache(partial(template_of, task))
        for student, files in sorted(found.items()):
            mine = _Student(course, assignment, student, archive, done, release, dry_run=dry_run)
            mine.collect(files, task.hands_in, known)
        of_archive = {*found, *reader.refused}
    for student in sorted(set(roster.students) - of_archive):
        before = (course.submitted / student / assignment).is_dir()
        (done.earlier if before else done.missing).append(student)
    return done


def _by_student(entries: list[Entry], reader: Reader, done: Collected) -> dict[str, list[_Found]]:
    found: dict[str, list[_Found]] = {}
    typed: dict[str, str] = {}  # texts and links of students
    for entry in entries:
        reading = reader.read(entry)
        if entry.problem or reading.problem:
            if reading.ignored and not entry.problem:
                done.ignored += 1
                continue
            done.refused[entry.name] = entry.problem or reading.problem
            reader.refused.add(reading.student)
        elif reading.ignored or not reading.student:
            done.ignored += 1
            typed.setdefault(reading.student, entry.name)
        else:
            found.setdefault(reading.student, []).append(_Found(entry, reading))
    for student, name in typed.items():
        if student and student not in found and student not in reader.refused:
            done.refused[name] = (
                f"it is a text or a link, and there is no file: ask {student} for the notebook"
            )
            done.ignored -= 1
            reader.refused.add(student)
    reader.require_somebody(found, entries)
    return found


class _Student:
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

    def collect(self, files: list[_Found], hands_in: Mapping[str, int], times: Times | None) -> None:
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

    def _refuse(self, one: _Found, why: str) -> None:
        self.done.refused[one.entry.name] = why

    def _choose(self, notebooks: list[_Found]) -> _Found | None:
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

    def _with_work(self, notebooks: list[_Found]) -> list[_Found]:
        """Those that hold work of the student's, each content once; all of them if none does."""
        contents: dict[bytes, _Found] = {}
        for one in notebooks:
            data = self.archive.read(one.entry, MAX_BYTES)
            if isinstance(data, str):  # it may be the one that counts
                return notebooks
            contents.setdefault(data, one)
        worked = [one for data, one in contents.items() if holds_work(data, self.release())]
        return worked or [*contents.values()]

    def _write(self, chosen: _Found, data: bytes, extra: dict[str, bytes], times: Times | None) -> None:
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
