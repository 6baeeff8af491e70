"""Rights of a course that a group of instructors shares: nbgrader's setting `c.CourseDirectory.groupshared`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from homework.course.course import Course

_GROUP = stat.S_IRGRP | stat.S_IWGRP


def share_with_group(course: Course) -> None:
    """Let the group write what this process creates, and what it has created so far, if the course is shared.

    New files get the group of their folder (setgid). What belongs to somebody else stays as it is.
    """
    if not course.settings.groupshared:
        return
    os.umask(os.umask(0o077) & ~0o070)
    for path in _written(course):
        with suppress(OSError):
            found = path.lstat()
            extra = _GROUP
            if stat.S_ISDIR(found.st_mode):
                extra |= stat.S_IXGRP | stat.S_ISGID
            elif not stat.S_ISREG(found.st_mode):
                continue
            if found.st_uid == os.geteuid() and found.st_mode & extra != extra:
                path.chmod(stat.S_IMODE(found.st_mode) | extra)


def _written(course: Course) -> Iterator[Path]:
    """What graders write: graded notebooks, pages, the gradebook."""
    yield from (course.root / name for name in ("gradebook.db", "gradebook.db-journal"))
    for top in (course.autograded, course.feedback):
        yield top
        for folder, folders, files in os.walk(top):
            yield from (Path(folder, name) for name in (*folders, *files))
