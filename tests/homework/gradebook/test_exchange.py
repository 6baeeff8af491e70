"""Pages can be released with nbgrader's exchange, whatever a notebook was called, and whoever did not use it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homework.course import Course
from homework.course.shared import share_with_group
from homework.gradebook.record import Recorder
from homework.report.feedback import write_feedback
from homework.results import RECEIPT
from tests.homework.support import ROOT


def test_a_renamed_notebook_gets_its_page_under_its_own_name(own: Course) -> None:
    """ada renamed hers and used the exchange; bob did not."""
    folder = own.submitted / "ada" / "hw1"
    (folder / "hw1.ipynb").rename(folder / "hw1_mine.ipynb")
    graded = own.autograded / "ada" / "hw1"
    (graded / "timestamp.txt").write_text("2026-12-01 12:00:00 UTC")
    (graded / "submission_secret.txt").write_text("of ada")
    write_feedback(own, "hw1")
    ada, bob = (own.feedback / name / "hw1" for name in ("ada", "bob"))
    assert (ada / "hw1_mine.html").read_bytes() == (ada / "hw1.html").read_bytes()
    assert (ada / "submission_secret.txt").read_text() == "of ada"
    assert (bob / "timestamp.txt").read_text() == ""
    secret = (bob / "submission_secret.txt").read_text()
    assert len(secret) == 64, "nobody can compute where nbgrader puts the page"
    write_feedback(own, "hw1")
    assert (bob / "submission_secret.txt").read_text() == secret


def test_without_the_exchange_there_is_only_the_page(own: Course) -> None:
    (own.submitted / "ada" / "hw1" / "hw1.ipynb").rename(own.submitted / "ada" / "hw1" / "mine.ipynb")
    write_feedback(own, "hw1")
    assert [path.name for path in (own.feedback / "ada" / "hw1").iterdir()] == ["hw1.html"]


@pytest.fixture
def umask() -> Iterator[None]:
    """The usual one, and as it was afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_a_shared_course_can_be_written_by_the_group(own: Course) -> None:
    """What is there already, and what is created from then on; nothing changes without the setting."""
    receipt = own.autograded / "ada" / "hw1" / RECEIPT
    receipt.chmod(0o644)
    receipt.parent.chmod(0o755)
    share_with_group(own)
    assert (mode(receipt), mode(receipt.parent)) == (0o644, 0o755)
    with (own.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.CourseDirectory.groupshared = True\n")
    command = [sys.executable, "-m", "homework", "feedback", "hw1"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "HOMEWORK_COURSE": str(own.root)}, check=True)
    page = own.feedback / "ada" / "hw1" / "hw1.html"
    assert [mode(path) for path in (receipt, page, own.root / "gradebook.db")] == [0o664, 0o664, 0o664]
    assert mode(receipt.parent) == 0o2775
    assert mode(page.parent) & 0o775 == 0o775
    with Recorder(Course(own.root), "hw1"):
        assert mode(own.autograded / ".grading.lock") & 0o664 == 0o664
