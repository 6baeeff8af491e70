"""`homework watch`: grade what arrives in `submitted/` at once, and write its feedback page.

Theory of operation. The folders are looked at a few times a second. Polling sees what arrives by whatever way, also on
network file systems, where the kernel notifies nobody. A submission is taken when it has settled: nothing in its folder
has changed for a moment, no process of this machine has one of its files open for writing, the notebook does not stop
in the middle, and the other files that the assignment asks for are there. What looks unfinished is given more time, and
then graded as it is. Whatever changes later is graded again: nothing depends on having guessed right.

Workers stay, with torch imported and a sandbox warm. They are replaced when the tests change, as they have imported
those. The gradebook is locked for each batch only, so that people can use the other commands meanwhile.

What goes wrong for all, such as a full disk, is told and tried again: the batch is not taken, and what was recorded of
it stays due for a page.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from homework.commands.autograde import recording, unchanged
from homework.commands.progress import line
from homework.course import Course
from homework.course.fingerprint import decisive_environment
from homework.errors import CourseError, NotRecorded
from homework.gradebook.prepared import Prepared, prepare
from homework.pool import Pool
from homework.report.feedback import PagesMissing, write_feedback
from homework.results import has_receipt
from homework.submission.files import HandedIn, Readings, submissions
from homework.untrusted.text import printable

_POLL_SECONDS = 0.2
_AGAIN_SECONDS = 1.0
_SHARE = 0.1  # of the time for looking: a large class is looked at less often
_STILL_SECONDS = 0.4
_UNFINISHED_SECONDS = 10.0
_MOST_FILES = 200  # of a folder that are looked at
_FOR_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # also where it is no regular file
_BLANK = b"\xef\xbb\xbf \r\n\t\0"

Signature = tuple[tuple[str, int, int, int], ...]


@dataclass
class Arrivals:
    """What is in `submitted/`, and what of it was taken."""

    _seen: dict[str, tuple[Signature, float]] = field(default_factory=dict)  # and since when
    _taken: dict[str, Signature] = field(default_factory=dict)

    def settled(self, handed_in: list[HandedIn], now: float) -> list[HandedIn]:
        """The submissions that are new or have changed, and are whole as far as can be told at the time `now`."""
        found = []
        for one in handed_in:
            signature = _signature(one)
            before, since = self._seen.get(one.student, (None, now))
            if signature != before:
                self._seen[one.student] = signature, now
                since = now
            if self._taken.get(one.student) == signature or now - since < _STILL_SECONDS:
                continue
            if now - since >= _UNFINISHED_SECONDS or not _unfinished(one):
                found.append(one)
        return found

    def take(self, taken: list[HandedIn]) -> None:
        """Note that submissions were graded as they were seen last."""
        self._taken |= {one.student: self._seen[one.student][0] for one in taken}

    def forget(self) -> None:
        """Have everything looked at again."""
        self._taken.clear()


def watch(course: Course, assignment: str, tell: Callable[[str], None], jobs: int) -> None:
    """Grade the submissions of `assignment` that arrive, and write their pages, until interrupted.

    What cannot be done now, as while another grader is running, the course is being edited or the disk is full, is told
    and tried again. Raises SandboxUnavailable, and CourseError if the assignment cannot be graded at the start.
    """
    arrivals, due = Arrivals(), set[str]()
    while True:
        course = Course(course.root)
        environment = decisive_environment(course, assignment)
        with Pool(course, assignment, jobs, expected=1, stays=True) as pool:
            told = ""
            while True:
                try:
                    settled = _next(course, assignment, arrivals)
                    if decisive_environment(Course(course.root), assignment) != environment:
                        tell(f"{assignment}: the tests changed; everything is graded again")
                        arrivals.forget()
                        break
                    _grade(course, assignment, pool, settled, due, tell)
                    _write_pages(course, assignment, due, tell)
                    arrivals.take(settled)
                    told = ""
                except (CourseError, OSError) as error:
                    if str(error) != told:
                        tell(f"not now: {error}")
                    told = str(error)
                    time.sleep(_AGAIN_SECONDS)


def _next(course: Course, assignment: str, arrivals: Arrivals) -> list[HandedIn]:
    """The next submissions to grade, when there are some."""
    while True:
        started = time.monotonic()
        if settled := arrivals.settled(submissions(course, assignment), started):
            return settled
        took = time.monotonic() - started
        time.sleep(max(_POLL_SECONDS, took * (1 / _SHARE - 1)))


def _grade(
    course: Course,
    assignment: str,
    pool: Pool,
    handed_in: list[HandedIn],
    due: set[str],
    tell: Callable[[str], None],
) -> None:
    """Grade what is not graded as it is, and record it; then its page is `due`."""
    with recording(course, assignment) as recorder:
        graded = {receipt.student for receipt in unchanged(recorder, handed_in)}
        waiting = {one.student: one for one in handed_in if one.student not in graded}

        def record(one: Prepared) -> None:
            student = one.result.student
            try:
                recorder.write(one, waiting[student])
            except NotRecorded as error:
                tell(f"{printable(student)}: {error}")
            else:
                due.add(student)
                tell(line(one.result))

        if waiting:
            pool.grade(Readings(list(waiting.values())), record, prepare)


def _write_pages(course: Course, assignment: str, due: set[str], tell: Callable[[str], None]) -> None:
    """Write the pages that are `due`. One that cannot be written is told, and due no more if others can."""
    removed = {student for student in due if not has_receipt(course.autograded / student / assignment)}
    due -= removed
    if not due:
        return
    try:
        pages = write_feedback(course, assignment, due)
    except PagesMissing as missing:
        if not missing.written:
            raise
        pages = missing.written
        tell(f"{assignment}: {missing}")
    due.clear()
    for page in pages:
        tell(f"  {printable(str(page.relative_to(course.root)))}")


def _signature(one: HandedIn) -> Signature:
    """What changes when a file of a submission does: names, sizes, times, and which files they are."""
    return tuple(
        (path.name, status.st_size, status.st_mtime_ns, status.st_ino)
        for path in _files(one)
        if (status := _status(path)) is not None
    )


def _files(one: HandedIn) -> list[Path]:
    """The folder of a submission and what is in it."""
    if one.folder is None:
        return []
    try:
        return [one.folder, *sorted(islice(one.folder.rglob("*"), _MOST_FILES))]
    except OSError:  # removed, or not readable: the grader says so
        return [one.folder]


def _status(path: Path) -> os.stat_result | None:
    with suppress(OSError):
        return path.lstat()
    return None


def _unfinished(one: HandedIn) -> bool:
    """Whether a submission looks as if more of it were to come."""
    if one.folder is None or one.path is None:
        return True
    if any(not (one.folder / name).is_file() for name in one.hands_in):
        return True
    return _stops_in_the_middle(one.path) or any(_is_written_to(path) for path in _files(one)[1:])


def _stops_in_the_middle(notebook: Path) -> bool:
    """Whether a file begins as a notebook does, and does not end as one."""
    try:
        fd = os.open(notebook, _FOR_READING)
    except OSError:
        return False
    try:
        start = os.pread(fd, 100, 0).lstrip(_BLANK)
        end = os.pread(fd, 100, max(0, os.fstat(fd).st_size - 100)).rstrip(_BLANK)
    except OSError:
        return False
    finally:
        os.close(fd)
    return start[:1] in (b"{", b"") and not end.endswith(b"}")


def _is_written_to(path: Path) -> bool:
    """Whether a process of this machine has a file open for writing: then the kernel grants no read lease on it."""
    try:
        fd = os.open(path, _FOR_READING)
    except OSError:
        return False
    try:
        # Whoever opens it before the lease is given back waits for that, and we get a signal: one that does nothing.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file of somebody else, or a file system without leases: the moment of stillness has to do
    finally:
        os.close(fd)
    return False
