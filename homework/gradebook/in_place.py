"""Files of one student that take their places together, after what they belong to is committed."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from homework.errors import CourseError, NotRecorded
from homework.results import RECEIPT

# What is wrong with one student's folder or name; a full disk, say, is wrong for everybody.
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
    """Write `files` (None: remove) before the block runs, and put them in place, in order, after it.

    `prepare` is called with the folder when it is there. Raises NotRecorded where only this folder cannot be written,
    CourseError where no folder can be.
    """
    with _readable_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # The receipt first: its successor says that work is going on.
        for name, text in reversed(files.items()):
            if text is not None:
                (folder / f"{name}.new").write_bytes(text.encode("utf-8", "replace"))
        prepare(folder)
    try:
        yield
    except BaseException:
        for name in files.keys() - {RECEIPT}:  # its successor stays: the next run settles what is true
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
