"""What is found in `submitted/`, whatever else is there."""

from __future__ import annotations

import builtins
import os
from datetime import datetime
from pathlib import Path

import pytest

from homework.course import Course
from homework.errors import UsageError
from homework.submission.files import HandedIn, strays, student_of, submissions
from homework.submission.handin import Submission
from homework.submission.times import parse_time
from tests.homework.support import ROOT


def test_what_is_found_in_submitted(own_course: Course, handed_in: dict[str, bytes]) -> None:
    """No link is followed, nothing is lost, and anything odd is noted."""
    top = own_course.submitted

    def put(student: str, *names: str) -> None:
        (top / student / "hw1").mkdir(parents=True)
        for name in names:
            (top / student / "hw1" / name).write_bytes(handed_in["blank"])

    put("ada", "hw1.ipynb")
    put("bob", "Homework one (1).ipynb")
    put("cleo", "draft.ipynb", "final.ipynb")
    for name, who in (("draft", "ada"), ("final", "bob")):
        (top / "cleo" / "hw1" / f"{name}.ipynb").write_bytes(handed_in[who])
    put("dan", "hw1.pdf")
    put("éva <b>", "hw1.ipynb", "old.ipynb")
    (top / "fred").symlink_to(top / "ada")
    (top / "gus").mkdir()
    (top / "gus" / "hw1").symlink_to(top / "ada" / "hw1")
    put("hal")
    (top / "hal" / "hw1" / "hw1.ipynb").symlink_to(ROOT / "source" / "hw1" / "hw1.ipynb")
    (top / os.fsdecode(b"ivo\xff")).mkdir()
    (top / os.fsdecode(b"ivo\xff") / "hw1").mkdir()
    (top / ".gitkeep").touch()
    found = {one.student: one for one in submissions(own_course, "hw1")}
    assert sorted(found) == ["ada", "bob", "cleo", "dan", "fred", "gus", "hal", "ivo\\xff", "éva ＜b＞"]
    said = {name: (one.read().problem, one.note) for name, one in found.items()}
    assert said["ada"] == ("", "")
    assert said["bob"] == ("", "Homework one (1).ipynb was graded as hw1.ipynb")
    assert "draft.ipynb, final.ipynb" in said["cleo"][0]
    assert "hw1.ipynb is missing" in said["dan"][0]
    assert "old.ipynb" in said["éva ＜b＞"][1]
    assert "is a link" in said["fred"][0]
    assert "is a link" in said["gus"][0]
    assert "is a link" in said["hal"][0]
    with pytest.raises(UsageError, match="zoe handed in nothing"):
        submissions(own_course, "hw1", ["zoe"])


NOON = datetime(2026, 12, 2, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-02 12:00:00.000000 UTC",  # as nbgrader writes it
        "2026-12-02 12:00:00",
        "2026-12-02T12:00:00Z",
        "2026-12-02T14:00:00+02:00",
        "2026-12-02 14:00:00+02:00",
        "2026-12-02 04:00:00 -0800",
        "2026-12-02 04:00:00 -08:00",
        "2026-12-02 17:30:00 +0530",
        "2026-12-02 13:00 +01",
        "2026-12-02 04:00:00 America/Los_Angeles",
        "2026-12-02 13:00:00 Europe/Berlin",
        "Wed, 02 Dec 2026 12:00:00 GMT",
        "Wed, 02 Dec 2026 04:00:00 -0800",
        "2 December 2026 12:00",
        "2026-12-02 14:00:00 GMT+2",
        "2026-12-02 04:00:00 UTC-08:00",
        "2026-12-02T04:00:00GMT-0800",
        "Wed Dec 02 2026 04:00:00 GMT-0800 (Pacific Standard Time)",  # of a browser
        "2026-12-02T13:00:00+01:00[Europe/Berlin]",  # of Java
        "2026-12-02 14:00:00 Etc/GMT-2",  # whose sign means the opposite
        "2.12.2026 12:00",
    ],
)
def test_a_time_is_read_in_utc(text: str) -> None:
    """What nbgrader writes, offsets in every usual form, and names of zones; UTC if there is no zone."""
    assert parse_time(text) == NOON


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_time_that_windows_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "timestamp.txt").write_bytes(f"{mark}2026-12-02 12:00:00 UTC\r\n".encode(encoding))
    assert HandedIn("ada", tmp_path, None).time == NOON


@pytest.mark.parametrize("text", ["[" * 1000, '{"late":' + "[" * 980, '{"late": true', "9" * 1000])
def test_a_note_of_the_system_that_is_none_says_nothing(tmp_path: Path, text: str) -> None:
    """A student can write lms.json, too; it is read after the grading, of the whole class at once."""
    (tmp_path / "lms.json").write_text(text)
    assert not HandedIn("ada", tmp_path, None).late_without_time


def test_no_student_takes_the_place_of_the_class_page(own_course: Course) -> None:
    for name in ("overview_hw1.html", "overview_hw1.html\\"):
        (own_course.submitted / name / "hw1").mkdir(parents=True)
    found = submissions(own_course, "hw1")
    assert [one.student for one in found] == ["overview_hw1.html\\", "overview_hw1.html\\\\"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-12-02 12:00:00 PST",  # of whom?
        "2026-12-02 12:00:00 +9900",
        "2026-12-02 12:00:00 ../../../../etc/passwd",
        "2026-12-02 12:00:00 /usr/share/zoneinfo/Europe/Berlin",
        "2026-12-02 12:00:00 " + "z" * 250,
        "2026-12-02 12:00:00 ZZZ",
        "2026-12-02 12:00:00 \u0663\u0663",
        "9999-12-31 23:59:59 -2359",
        "0001-01-01 00:00:00 +0100",
        "12:00 UTC",  # of which day?
        "2026-12",
        "9" * 900,
    ],
)
def test_no_time_is_none_and_looks_up_nothing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is opened under a name that a student wrote, and nothing is raised."""
    parse_time("2026-12-02 12:00 Europe/Berlin")  # the names of zones are known from now on
    opened: list[object] = []
    real = builtins.open
    monkeypatch.setattr("builtins.open", lambda name, *rest, **options: opened.append(name) or real(name))
    assert parse_time(text) is None
    assert not opened


def test_an_error_while_one_is_read_is_that_submissions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is raised, there is a submission with a reason for it."""

    def broken(*_: object) -> Submission:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Submission, "of_file", broken)
    read = HandedIn("ada", Path("/nowhere"), Path("/nowhere/hw1.ipynb")).read()
    assert (read.data, read.problem) == (None, "What was handed in cannot be read: RuntimeError.")


def test_a_students_name_is_never_too_long_for_a_file(own_course: Course) -> None:
    """A name that grows is cut; two that are cut alike stay two."""
    names = [os.fsdecode(b"\xff" * 100), "<" * 90, "<" * 91, "n" * 255, "\xe9" * 127]
    for name in names:
        (own_course.submitted / name / "hw1").mkdir(parents=True)
    students = [one.student for one in submissions(own_course, "hw1")]
    assert len(students) == len(names)
    assert all(len(student.encode()) <= 255 for student in students)
    assert {"n" * 255, "\xe9" * 127} <= set(students)
    cut = student_of("<" * 90)  # somebody may call a folder as another's name was cut
    (own_course.submitted / cut / "hw1").mkdir(parents=True)
    students = [one.student for one in submissions(own_course, "hw1")]
    assert len(students) == len(names) + 1
    assert all(len(student.encode()) <= 255 for student in students)


def test_what_lies_in_submitted_and_is_no_students_folder_is_named(own_course: Course) -> None:
    """A folder whose name begins with a dot, too; but not what git and Jupyter leave behind."""
    for folder in (".ada", ".ipynb_checkpoints", ".git", "bob"):
        (own_course.submitted / folder / "hw1").mkdir(parents=True)
    (own_course.submitted / "hw1.zip").touch()
    (own_course.submitted / ".gitkeep").touch()
    assert strays(own_course) == [".ada", "hw1.zip"]
