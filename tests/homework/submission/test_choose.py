"""The notebook is found in what students, browsers and archives make of a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from homework.course import Course
from homework.submission.files import strays, submissions
from homework.submission.handin import submissions_of
from homework.submission.template import Template
from tests.homework.support import deep_folders, filled

OF_MACOS = b"\0\5\26\7\0\2\0\0Mac OS X        "
Files = dict[str, str]


@pytest.fixture
def contents(template: Template) -> dict[str, bytes]:
    """What files may contain, by a word for it."""
    return {
        "work": json.dumps(filled(template, {"warmup_a": "Mine."})).encode(),
        "other work": json.dumps(filled(template, {"warmup_a": "Another."})).encode(),
        "release": json.dumps(template.notebook).encode(),
        "saved release": json.dumps({**template.notebook, "metadata": {}}, indent=3).encode(),
        "macos": OF_MACOS,
        "pdf": b"%PDF-1.7",
        "json": b'{"a": 1}',
        "empty": b"",
    }


def found(course: Course, contents: dict[str, bytes], files: Files) -> tuple[str, str, str]:
    """Which file is taken for the notebook, the note, and the problem."""
    top = course.submitted / "ada" / "hw1"
    top.mkdir(parents=True)
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[content])
    (one,) = submissions(course, "hw1")
    return str(one.path.relative_to(top)) if one.path else "", one.note, one.problem


@pytest.mark.parametrize(
    ("files", "path", "says"),
    [
        ({"hw1.ipynb": "work", "._hw1.ipynb": "macos"}, "hw1.ipynb", ""),
        ({"hw1_ada.ipynb": "work", "._hw1_ada.ipynb": "macos"}, "hw1_ada.ipynb", "hw1_ada.ipynb was graded as hw1.ipynb"),
        ({"hw1.ipynb": "work", "__MACOSX/._hw1.ipynb": "macos"}, "hw1.ipynb", ""),
        ({"hw1.ipynb": "work", ".hw1.ipynb.swp": "macos", ".ipynb_checkpoints/hw1-checkpoint.ipynb": "release"},
         "hw1.ipynb", ""),
        ({"hw1.ipynb.json": "work"}, "hw1.ipynb.json", "hw1.ipynb.json was graded as hw1.ipynb"),
        ({"hw1.ipynb.txt": "work"}, "hw1.ipynb.txt", "was graded as"),
        ({"hw1.json": "work", "notes.txt": "empty"}, "hw1.json", "was graded as"),
        ({"hw1": "work"}, "hw1", "was graded as"),
        ({"hw1.ipynb (1)": "work"}, "hw1.ipynb (1)", "was graded as"),
        ({"HW1.IPYNB": "work"}, "HW1.IPYNB", "HW1.IPYNB was graded as hw1.ipynb"),
        ({"hw1/hw1.ipynb": "work", "__MACOSX/hw1/._hw1.ipynb": "macos"}, "hw1/hw1.ipynb", "was graded as"),
        ({"my work/week 1/hw1 final.ipynb": "work"}, "my work/week 1/hw1 final.ipynb", "was graded as"),
        ({"hw1.ipynb": "release", "hw1_solved.ipynb": "work"}, "hw1_solved.ipynb", "was graded in its place"),
        ({"hw1.ipynb": "saved release", "hw1 (1).ipynb": "work"}, "hw1 (1).ipynb", "was graded in its place"),
        ({"hw1.ipynb": "release", "hw1/hw1.ipynb": "work"}, "hw1/hw1.ipynb", "was graded in its place"),
        ({"hw1.ipynb": "empty", "hw1 copy.ipynb": "work"}, "hw1 copy.ipynb", "was graded in its place"),
        ({"hw1.ipynb": "release", "hw1 copy.ipynb": "release"}, "hw1.ipynb", "hw1 copy.ipynb, which was ignored"),
        ({"hw1.ipynb": "work", "old.ipynb": "other work"}, "hw1.ipynb", "old.ipynb, which was ignored"),
        ({"hw1.ipynb": "work", "mine.py": "macos"}, "hw1.ipynb",
         "mine.py next to the notebook is not there when your code is graded: put it into the notebook"),
        ({"hw1.ipynb": "work", "eep590_utils.py": "macos"}, "hw1.ipynb", ""),
        ({"a.ipynb": "work", "b.ipynb": "release"}, "a.ipynb", "a.ipynb was graded as"),
        ({"a.ipynb": "work", "b.ipynb": "work"}, "a.ipynb", "a.ipynb was graded as"),
    ],
)  # fmt: skip
def test_the_notebook_is_found(
    own_course: Course, contents: dict[str, bytes], files: Files, path: str, says: str
) -> None:
    """With a note wherever it is not where it belongs."""
    taken, note, problem = found(own_course, contents, files)
    assert (taken, problem) == (path, "")
    assert says in note if says else note == ""


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "hw1.ipynb is missing; the folder is empty."),
        ({"report.pdf": "pdf", "a.json": "json"}, "hw1.ipynb is missing; the folder contains a.json, report.pdf."),
        ({"hw1.ipynb.json": "json"}, "hw1.ipynb is missing; the folder contains hw1.ipynb.json."),
        ({"hw1.ipynb": "release", "a.ipynb": "work", "b.ipynb": "other work"},
         "hw1.ipynb is as it was released, but there are several others: a.ipynb, b.ipynb."),
        ({"a.ipynb": "work", "b.ipynb": "other work"}, "but several others: a.ipynb, b.ipynb."),
    ],
)  # fmt: skip
def test_otherwise_the_problem_says_what_is_there(
    own_course: Course, contents: dict[str, bytes], files: Files, problem: str
) -> None:
    """So that a student can tell what went wrong; it goes to a person."""
    path, _, said = found(own_course, contents, files)
    assert path == ""
    assert problem in said


def test_a_link_is_not_followed(own_course: Course, contents: dict[str, bytes], tmp_path: Path) -> None:
    """Not to another notebook, nor to a folder of them."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "hw1.ipynb").write_bytes(contents["work"])
    folder = own_course.submitted / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "mine.ipynb").symlink_to(tmp_path / "elsewhere" / "hw1.ipynb")
    (folder / "hw1").symlink_to(tmp_path / "elsewhere")
    (one,) = submissions(own_course, "hw1")
    assert one.path is None


def test_documents_that_may_hold_answers_are_named(own_course: Course, contents: dict[str, bytes]) -> None:
    """Not what was released or belongs to systems, nor the notebook itself under another ending."""
    top = own_course.submitted / "ada" / "hw1"
    released = next(own_course.assignment("hw1").release.rglob("*.svg"), None)
    names = [
        "mine.ipynb.txt",
        "answers.pdf",
        "scan/1.JPG",
        "data.npz",
        "helper.py",
        "timestamp.txt",
        "._answers.pdf",
    ]
    for name in [*names, *([released.name] if released else [])]:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(contents["work"])
    (one,) = submissions(own_course, "hw1")
    assert one.path == top / "mine.ipynb.txt"
    assert one.documents == tuple(one.read().documents) == ("answers.pdf", "scan/1.JPG")


def test_deep_folders_stop_nobody(own_course: Course, contents: dict[str, bytes]) -> None:
    """Neither where a class is graded nor where a folder is given to `homework grade`."""
    folder = own_course.submitted / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "mine.ipynb").write_bytes(contents["work"])
    with deep_folders(folder):
        (one,) = submissions(own_course, "hw1")
        (given,) = submissions_of([own_course.submitted], "hw1")
    assert one.path == folder / "mine.ipynb"
    assert given.data == contents["work"]


def test_a_folder_of_thousands_of_files_is_not_searched_for_long(
    own_course: Course, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only some are looked at, and only a few are opened."""
    opened: list[Any] = []

    def counted(path: Path, limit: int = 0) -> bytes:
        opened.append(path)
        return path.read_bytes()

    monkeypatch.setattr("homework.submission.choose.read_bytes", counted)
    files = {"hw1.ipynb": "release", **{f"{n}/{n}.ipynb": "release" for n in range(300)}}
    assert found(own_course, contents, files)[0] == "hw1.ipynb"
    assert len(opened) < 40


def test_the_assignments_folder_may_be_called_otherwise(
    own_course: Course, contents: dict[str, bytes]
) -> None:
    """In capital letters, as a student types it."""
    folder = own_course.submitted / "ada" / "HW1"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_bytes(contents["work"])
    (one,) = submissions(own_course, "hw1")
    assert one.path == folder / "hw1.ipynb"


def test_what_an_archive_of_macos_adds_is_no_student(own_course: Course, contents: dict[str, bytes]) -> None:
    (own_course.submitted / "__MACOSX" / "hw1").mkdir(parents=True)
    (own_course.submitted / "__MACOSX" / "hw1" / "hw1.ipynb").write_bytes(contents["work"])
    assert submissions(own_course, "hw1") == []
    assert strays(own_course) == []


def test_folders_given_to_grade_are_searched_in_the_same_way(
    contents: dict[str, bytes], tmp_path: Path
) -> None:
    for name in (
        "a/hw1.ipynb",
        "b/HW1.IPYNB",
        "__MACOSX/a/hw1.ipynb",
        "a/._hw1.ipynb",
        "a/.ipynb_checkpoints/hw1.ipynb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(contents["work"])
    assert len(submissions_of([tmp_path], "hw1")) == 2
