"""Files that an assignment asks for with the notebook: read by name, never parsed, available to the student's code."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from homework.commands.autograde import is_of
from homework.commands.release import release
from homework.course import Course
from homework.course.cells import name_of
from homework.errors import ReleaseError
from homework.grading import Grader
from homework.results import Receipt, Recorded
from homework.submission.files import submissions
from homework.submission.handin import Submission, submissions_of
from homework.submission.read import Refusal
from homework.submission.splice import fill
from tests.homework.support import copy_course, exercise

ASKED = {"scale.bin": 10}
SCALED = """def cross_corr_2d(X, K):
    with open("scale.bin") as file:
        return float(file.read()) * torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]
"""


def ask(course: Course, asked: dict[str, int]) -> Course:
    """The course, where hw1 asks for files."""
    for path in (course.assignment("hw1").notebook, course.assignment("hw1").released_notebook):
        notebook = json.loads(path.read_text())
        cell = next(cell for cell in notebook["cells"] if name_of(cell) == "test_cross_corr_2d")
        cell["metadata"]["homework"] = {"hands_in": asked}
        path.write_text(json.dumps(notebook))
    return Course(course.root)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """A grader of hw1, which asks for a file."""
    course = ask(copy_course(tmp_path_factory.mktemp("asking") / "course"), ASKED)
    with Grader(course, "hw1") as grader:
        yield grader


@pytest.fixture
def notebook(asking: Grader, references: dict[str, str]) -> bytes:
    """A submission that is right if the file contains a 1."""
    return json.dumps(fill(asking.template, {**references, "cross_corr_2d": SCALED})).encode()


def link(path: Path) -> None:
    """Hand in a link to a file that is there."""
    path.with_name("other").write_bytes(b"1")
    path.symlink_to("other")


@pytest.mark.parametrize(
    ("hand_in", "found", "note"),
    [
        (lambda path: path.write_bytes(b"1"), b"1", ""),
        (lambda path: path.write_bytes(b"1" * 10), b"1" * 10, ""),
        (lambda path: None, Refusal.MISSING, "scale.bin was not handed in"),
        (
            lambda path: path.with_name("Scale (1).BIN").write_bytes(b"1"),
            Refusal.MISSING,
            r"next to the notebook is 'Scale \(1\).BIN'",
        ),
        (lambda path: path.write_bytes(b"1" * 11), Refusal.TOO_LARGE, "too large.* 10 bytes"),
        (link, Refusal.LINK, "is a link"),
        (Path.mkdir, Refusal.IRREGULAR, "not a regular file"),
    ],
    ids=["there", "as large as may be", "missing", "with another name", "too large", "link", "folder"],
)
def test_a_file_is_taken_or_refused_with_a_note(
    own_course: Course, hand_in: Callable[[Path], Any], found: bytes | Refusal, note: str
) -> None:
    course = ask(own_course, ASKED)
    folder = course.submitted / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_bytes(b"{}")
    (folder / "another.bin").write_bytes(b"not asked for")
    hand_in(folder / "scale.bin")
    (collected,) = submissions(course, "hw1")
    (alone,) = submissions_of([folder / "hw1.ipynb"], "hw1", course.assignment("hw1").hands_in)
    digest = hashlib.sha256(found).hexdigest() if isinstance(found, bytes) else None
    for submission in (collected.read(), alone):
        assert (submission.data, submission.files) == (b"{}", {"scale.bin": found})
        assert submission.digests == {"scale.bin": digest}
        assert pickle.loads(pickle.dumps(submission)) == submission  # as it travels to a worker
        assert bool(submission.notes) == bool(note)
        assert re.search(note, "".join(submission.notes))


def test_where_no_file_is_asked_for_none_is_taken(own_course: Course) -> None:
    folder = own_course.submitted / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_bytes(b"{}")
    (folder / "scale.bin").write_bytes(b"1")
    (one,) = submissions(own_course, "hw1")
    assert one.read().files == {} and one.read().notes == ()


def test_the_students_code_reads_it(asking: Grader, notebook: bytes) -> None:
    right, other, missing = (
        one.result
        for one in asking.grade(
            [
                Submission("ada", notebook, files={"scale.bin": b"1"}),
                Submission("bob", notebook, files={"scale.bin": b"2"}),
                Submission("eve", notebook, notes=("gone",), files={"scale.bin": Refusal.MISSING}),
            ]
        )
    )
    assert right.score.auto == right.score.auto_max
    assert right.to_json()["submission"]["files"] == {"scale.bin": hashlib.sha256(b"1").hexdigest()}
    for worse in (other, missing):
        pairs = zip(right.exercises, worse.exercises, strict=True)
        assert [one.name for one, also in pairs if one.score > also.score] == ["cross_corr_2d"]
    assert missing.to_json()["submission"] == {
        "sha256": hashlib.sha256(notebook).hexdigest(),
        "notes": ["gone"],
        "files": {"scale.bin": None},
    }
    said = [test["message"] for test in exercise(missing.to_json(), "cross_corr_2d")["tests"]]
    assert all("FileNotFoundError" in message for message in said)


def test_what_was_released_keeps_its_place(asking: Grader, notebook: bytes) -> None:
    files = {"scale.bin": b"1", "eep590_utils.py": b"raise SystemExit"}
    graded = asking.grade([Submission("ada", notebook, files=files)])[0]
    assert graded.result.score.auto == graded.result.score.auto_max
    assert [output for _, outputs in graded.cells for output in outputs if output["type"] == "error"] == []


def test_a_changed_file_is_another_submission(asking: Grader) -> None:
    before = Submission("ada", b"no notebook", files={"scale.bin": b"1"})
    receipt = Receipt.of(asking.grade([before])[0].result, Recorded(answers={}))
    assert is_of(receipt, before)
    for files in ({"scale.bin": b"2"}, {"scale.bin": Refusal.MISSING}, {}):
        assert not is_of(receipt, Submission("ada", b"no notebook", files=files))
    assert not is_of(receipt, Submission("ada", b"another", files={"scale.bin": b"1"}))


def test_a_released_file_cannot_be_asked_for(own_course: Course) -> None:
    (own_course.assignment("hw1").source / "data.csv").write_text("1\n")
    with pytest.raises(ReleaseError, match=r"data\.csv is to be handed in, .*rename one"):
        release(ask(own_course, {"data.csv": 10}), "hw1")
