"""Only one grader at a time writes to a course.

There are two locks: one in the course's folder, and one in the gradebook itself if that is a database on a server,
which graders on several machines may share. Both are released when the process that holds them ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.database import shown_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK_CLASS = zlib.crc32(b"homework grading") & 0x7FFFFFFF  # PostgreSQL's advisory locks are two such numbers

_held: set[Path] = set()


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder` (a course's `autograded/`). Raises CourseError if another grader holds it.

    It is a POSIX record lock: it is released when its process ends, and no child inherits it.
    """
    path = folder / ".grading.lock"
    try:
        folder.mkdir(exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise CourseError(f"cannot write to {folder}: {error.strerror}") from error
    try:
        if path in _held:  # a record lock does not exclude its own process
            raise BlockingIOError
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        holder = os.pread(fd, 100, 0).decode("ascii", "replace").strip()
        os.close(fd)
        raise CourseError(
            f"another grader{f' (process {holder})' if holder else ''} is recording in {folder}: wait until it is done"
        ) from None
    except OSError as error:
        os.close(fd)
        raise CourseError(
            f"{folder} cannot be locked ({error.strerror}): put the course on a disk that supports locks"
        ) from error
    try:
        _held.add(path)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        _held.discard(path)
        os.close(fd)


def only_writer_of_database(connection: Connection, course: Course) -> None:
    """Hold the lock of a PostgreSQL gradebook while `connection` is open. Does nothing for other databases.

    For SQLite, a file on one machine, `only_writer` is enough. Raises CourseError if another grader holds the lock.
    """
    if connection.dialect.name != "postgresql":
        return
    key = zlib.crc32((course.settings.course_id or "default_course").encode()) & 0x7FFFFFFF
    me = f"homework, process {os.getpid()} on {socket.gethostname()}"[
        :63
    ]  # PostgreSQL truncates longer ones with a warning
    with connection.begin():
        connection.exec_driver_sql("SELECT set_config('application_name', %s, false)", (me,))
        locked = connection.exec_driver_sql(
            "SELECT pg_try_advisory_lock(%s, %s)", (_LOCK_CLASS, key)
        ).scalar()
        holder = connection.exec_driver_sql(
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' "
            "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND classid = %s AND objid = %s",
            (_LOCK_CLASS, key),
        ).scalar()
    if not locked:
        raise CourseError(
            f"another grader ({holder or 'unknown'}) is recording in {shown_url(course)}: wait until it is done"
        )
