"""One grader at a time writes to a course."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from homework.errors import CourseError

_held: set[Path] = set()


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder` (a course's `autograded/`). Raises CourseError when another grader has it.

    The lock is a POSIX record lock: it goes with its process, however that ends, and no child inherits it.
    """
    path = folder / ".grading.lock"
    try:
        folder.mkdir(exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CourseError(f"cannot write into {folder}: {error.strerror}") from error
    try:
        if path in _held:  # a record lock would not stop a second one of the same process
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
            f"{folder} cannot be locked ({error.strerror}): put the course on a disk that can"
        ) from error
    try:
        _held.add(path)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        _held.discard(path)
        os.close(fd)
