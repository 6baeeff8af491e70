"""Replace the files of one student together, after the transaction that they belong to is committed."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from homework.errors import CourseError, NotRecorded
from homework.results import RECEIPT

# Errors in one student's folder or name. Others, such as a full disk, affect every student.
_OF_ONE_STUDENT = {
    errno.EACCES,
    errno.EEXIST,
    errno.EINVAL,
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ENOTEMPTY,
    errno.EPERM,
}


@contextmanager
def put_in_place(
    folder: Path, files: dict[str, str | None], prepare: Callable[[Path], None]
) -> Iterator[None]:
    """Write `files` (None: remove) under other names before the block runs, and rename them, in order, after it.

    `prepare` is called with the folder once it exists. Raises NotRecorded if only this folder cannot be written, and
    CourseError if none can.
    """
    with _readable_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # The receipt first: a new receipt marks the recording as unfinished.
        for name, text in reversed(files.items()):
            if text is not None:
                (folder / f"{name}.new").write_bytes(text.encode("utf-8", "replace"))
        prepare(folder)
    try:
        yield
    except BaseException:
        for name in files.keys() - {RECEIPT}:  # the new receipt stays, so that the submission is graded again
            (folder / f"{name}.new").unlink(missing_ok=True)
        raise
    with _readable_errors(folder):
        for name, text in files.items():
            if text is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / f"{name}.new").replace(folder / name)


@contextmanager
def _readable_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = NotRecorded if error.errno in _OF_ONE_STUDENT else CourseError
        raise kind(f"{folder} cannot be written: {error.strerror}") from error
