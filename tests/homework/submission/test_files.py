"""What is found in `submitted/`, whatever else lies there."""

from __future__ import annotations

import os

import pytest

from homework.course import Course
from homework.errors import UsageError
from homework.submission.files import submissions
from tests.homework.support import ROOT


def test_what_is_found_in_submitted(own_course: Course, handed_in: dict[str, bytes]) -> None:
    """No link is followed, nothing is lost, and what was odd is said."""
    top = own_course.submitted

    def put(student: str, *names: str) -> None:
        (top / student / "hw1").mkdir(parents=True)
        for name in names:
            (top / student / "hw1" / name).write_bytes(handed_in["blank"])

    put("ada", "hw1.ipynb")
    put("bob", "Homework one (1).ipynb")
    put("cleo", "draft.ipynb", "final.ipynb")
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
    assert said["bob"] == ("", "Homework one (1).ipynb was taken for hw1.ipynb")
    assert "draft.ipynb, final.ipynb" in said["cleo"][0]
    assert "hw1.ipynb is missing" in said["dan"][0]
    assert "old.ipynb" in said["éva ＜b＞"][1]
    assert "is a link" in said["fred"][0]
    assert "is a link" in said["gus"][0]
    assert "is a link" in said["hal"][0]
    with pytest.raises(UsageError, match="zoe handed in nothing"):
        submissions(own_course, "hw1", ["zoe"])
