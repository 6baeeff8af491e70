"""`homework watch`: what arrives is graded when it is whole, and nothing stops it but Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from homework.commands import watch
from homework.commands.watch import Arrivals
from homework.course import Course
from homework.submission.files import HandedIn
from tests.homework.review.support import make_course
from tests.homework.support import copy_course, hand_in_class

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
STILL, PATIENCE = watch._STILL_SECONDS, watch._UNFINISHED_SECONDS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hw1.ipynb").write_bytes(NOTEBOOK)
    return tmp_path


def one(folder: Path, **asked: int) -> HandedIn:
    return HandedIn(
        "ada", folder, folder / "hw1.ipynb", hands_in={f"{name}.bin": size for name, size in asked.items()}
    )


def settles(arrivals: Arrivals, handed_in: HandedIn, now: float) -> bool:
    return bool(arrivals.settled([handed_in], now))


def test_a_whole_notebook_is_taken_once_it_is_still(folder: Path) -> None:
    arrivals, ada = Arrivals(), one(folder)
    assert not settles(arrivals, ada, 0.0)
    assert not settles(arrivals, ada, STILL / 2)
    assert settles(arrivals, ada, STILL)
    assert settles(arrivals, ada, STILL), "not taken yet: the grader may have been busy"
    arrivals.take([ada])
    assert not settles(arrivals, ada, 100.0)
    (folder / "hw1.ipynb").write_bytes(NOTEBOOK + b"\n")
    assert not settles(arrivals, ada, 101.0)
    assert settles(arrivals, ada, 101.0 + STILL)


def test_a_copy_that_grows_is_not_taken(folder: Path) -> None:
    arrivals, now = Arrivals(), 0
    for size in range(1, len(NOTEBOOK) + 1):
        (folder / "hw1.ipynb").write_bytes(NOTEBOOK[:size])
        assert not settles(arrivals, one(folder), now)
        now += 1
    assert settles(arrivals, one(folder), now)


@pytest.mark.parametrize(
    "content", [b"", NOTEBOOK[:-1], b"\xef\xbb\xbf \n" + NOTEBOOK[:-9], NOTEBOOK[:-1] + b"\0" * 50]
)
def test_a_notebook_that_stops_in_the_middle_gets_more_time(folder: Path, content: bytes) -> None:
    (folder / "hw1.ipynb").write_bytes(content)
    arrivals = Arrivals()
    assert not settles(arrivals, one(folder), 0.0)
    assert not settles(arrivals, one(folder), PATIENCE - 1)
    assert settles(arrivals, one(folder), PATIENCE), "then it is graded as it is"


def test_what_is_no_notebook_is_told_at_once(folder: Path) -> None:
    (folder / "hw1.ipynb").write_bytes(b"%PDF-1.7 stops anywhere")
    arrivals = Arrivals()
    assert not settles(arrivals, one(folder), 0.0)
    assert settles(arrivals, one(folder), STILL)


def test_a_file_that_somebody_has_open_for_writing_gets_more_time(folder: Path) -> None:
    """A copy over a slow network may pause where the text looks whole."""
    arrivals = Arrivals()
    with (folder / "hw1.ipynb").open("ab"):
        assert not settles(arrivals, one(folder), 0.0)
        assert not settles(arrivals, one(folder), PATIENCE - 1)
        assert settles(arrivals, one(folder), PATIENCE)
    assert settles(arrivals, one(folder), PATIENCE - 1)
    with (folder / "hw1.ipynb").open("rb"):  # reading is no reason to wait
        assert settles(arrivals, one(folder), PATIENCE - 1)


def test_files_that_are_asked_for_are_waited_for(folder: Path) -> None:
    arrivals, ada = Arrivals(), one(folder, weights=10)
    assert not settles(arrivals, ada, 0.0)
    assert not settles(arrivals, ada, PATIENCE - 1)
    (folder / "weights.bin").write_bytes(b"1")
    assert not settles(arrivals, ada, PATIENCE - 1)
    assert settles(arrivals, ada, PATIENCE - 1 + STILL)


def test_odd_folders_are_left_to_the_grader(folder: Path) -> None:
    """Pipes do not block, and links are not followed."""
    (folder / "hw1.ipynb").unlink()
    os.mkfifo(folder / "hw1.ipynb")
    (folder / "loop").symlink_to(folder)
    for handed_in in (
        one(folder),
        HandedIn("ada", None, None, "a link"),
        HandedIn("ada", folder / "gone", None),
    ):
        arrivals = Arrivals()
        assert not settles(arrivals, handed_in, 0.0)
        assert settles(arrivals, handed_in, PATIENCE)


def test_whose_grading_is_removed_meanwhile_keeps_nobody_waiting_for_a_page(tmp_path: Path) -> None:
    course = make_course(tmp_path / "a course", {"ada": "My answer.", "bob": "Mine, too."})
    shutil.rmtree(course.autograded / "bob")
    due, said = {"ada", "bob"}, list[str]()
    watch._write_pages(course, "hw1", due, said.append)
    assert said == ["  feedback/ada/hw1/hw1.html"]
    assert due == set()


def test_from_file_to_page_until_ctrl_c(tmp_path: Path) -> None:
    """A damaged submission gets its status, a full disk is waited out, tests that change have everything graded again."""
    course = copy_course(tmp_path / "my course")
    elsewhere = copy_course(tmp_path / "elsewhere")
    hand_in_class(elsewhere, 5)

    def arrives(student: str, data: bytes | None = None) -> None:
        target = course.submitted / student / "hw1"
        target.mkdir(parents=True, exist_ok=True)
        if data is not None:
            (target / "hw1.ipynb").write_bytes(data)
        else:
            shutil.copyfile(elsewhere.submitted / student / "hw1" / "hw1.ipynb", target / "hw1.ipynb")

    course.submitted.mkdir()
    watching = subprocess.Popen(
        [sys.executable, "-u", "-m", "homework", "watch", "hw1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": "/root", "HOMEWORK_COURSE": str(course.root)},
    )
    said: list[str] = []

    def says(text: str) -> None:
        """Wait until it says something; at the end of its output it has failed."""
        assert watching.stdout is not None
        for told in watching.stdout:
            said.append(told)
            if text in told:
                return
        raise AssertionError("".join(said))

    try:
        says("Ctrl-C ends it")
        arrives("s0")
        says("s0: ")
        says("feedback/s0/hw1/hw1.html")
        assert "hw1" in (course.feedback / "s0/hw1/hw1.html").read_text()
        arrives("eve", b"%PDF-1.7")
        says("eve: unreadable")
        says("feedback/eve/hw1/hw1.html")
        config = course.root / "nbgrader_config.py"
        text = config.read_text()
        config.write_text(f"{text}\nc.Homework.limits = {{")  # somebody saves what is half written
        arrives("s1")
        says("not now: ")
        config.write_text(text)
        says("feedback/s1/hw1/hw1.html")
        assert "changed" not in "".join(said)
        lock = course.autograded / ".grading.lock"  # where the first error of a full disk would be
        lock.unlink()
        os.mkfifo(lock)
        arrives("s2")
        says("not now: [Errno")
        lock.unlink()
        says("feedback/s2/hw1/hw1.html")
        full = (
            course.autograded / "s4/hw1/answers.json.new"
        )  # the disk is full after the first of two is recorded
        full.parent.mkdir(parents=True)
        full.symlink_to("/dev/full")
        watching.send_signal(signal.SIGSTOP)  # so that they are one batch
        arrives("s3")
        arrives("s4")
        watching.send_signal(signal.SIGCONT)
        says("not now: ")
        assert "No space left" in said[-1] and "s3: " in said[-2]
        full.unlink()
        says("feedback/s3/hw1/hw1.html")
        says("feedback/s4/hw1/hw1.html")
        with course.tests("hw1", "learning_rate_labels").open("a") as tests:
            tests.write("\n\ndef check(*_):\n    raise AssertionError('No.')\n")
        (course.submitted / "s1/hw1/hw1.ipynb").touch()
        says("the tests changed; everything is graded again")
        for student in ("eve", "s0", "s1", "s2", "s3", "s4"):
            says(f"feedback/{student}/hw1/hw1.html")
        assert "No." in (course.feedback / "s0/hw1/hw1.html").read_text(), "by the tests as they are now"
        watching.send_signal(signal.SIGINT)
        says("ended; what was graded is recorded")
        assert watching.wait() == 0
    finally:
        watching.kill()
        with watching:  # closes its pipe
            watching.wait()
    assert "Traceback" not in "".join(said)
    receipts = {path.parts[-3] for path in Course(course.root).autograded.glob("*/hw1/receipt.json")}
    assert receipts == {"eve", *(f"s{number}" for number in range(5))}
