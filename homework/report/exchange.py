"""What `nbgrader release_feedback` and `fetch_feedback` need next to a page.

Theory of operation. nbgrader releases each page under a digest of the submission's secret and the page's name, and a
student fetches it under the name of the notebook as it was submitted. So a page is written under that name, too. Where
only some of a class handed in through the exchange, nbgrader stops at the first student without the two files: the
others get them, with a secret that nobody knows.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

from homework.course import Course
from homework.errors import CourseError
from homework.submission.files import submissions
from homework.submission.read import Unreadable, read_bytes

TIME, SECRET = "timestamp.txt", "submission_secret.txt"


def copy_exchange_files(graded: Path, page: Path, name: str) -> bool:
    """Copy the files of a submission next to its page, and the page to `name`. Whether it came through the exchange."""
    found = False
    for file in (TIME, SECRET):
        try:
            data = read_bytes(graded / file, limit=4096)
        except Unreadable:  # not handed in through the exchange
            continue
        (page.parent / file).write_bytes(data)
        found = found or file == SECRET
    if found and name not in ("", page.stem):
        shutil.copyfile(page, page.with_name(f"{name}.html"))
    return found


def names_handed_in(course: Course, assignment: str) -> dict[str, str]:
    """The names of the notebooks as students called them, by student; without those that are in other folders."""
    try:
        handed_in = submissions(course, assignment)
    except CourseError:
        return {}
    return {
        one.student: one.path.stem
        for one in handed_in
        if one.path is not None and one.path.suffix == ".ipynb" and one.path.parent == one.folder
    }


def complete(pages: Collection[Path]) -> None:
    """Give the pages of students who did not use the exchange the files that nbgrader reads there."""
    for page in pages:
        if not (page.parent / TIME).exists():
            (page.parent / TIME).write_text("", encoding="utf-8")
        if not (page.parent / SECRET).exists():
            (page.parent / SECRET).write_text(secrets.token_hex(), encoding="utf-8")
