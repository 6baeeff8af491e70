"""Whatever folders and files are in `submitted/`, each student is found once and read, and nothing is raised.

`make test` runs a short, repeatable search; `make fuzz` a long one.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homework.course import Course
from homework.submission.files import strays, student_of, submissions
from homework.submission.times import parse_time
from tests.homework.support import copy_course

SOME = settings.default.max_examples if settings.default else 100

# Any name that a file system takes: bytes without a slash and a zero.
NAMES = (
    st.binary(min_size=1, max_size=255)
    | st.text(min_size=1, max_size=60).map(lambda text: text.encode("utf-8", "replace")[:255])
    | st.builds(
        lambda part, times: (part * times)[:255],
        st.sampled_from([b"\xff", b"<", b'"', b"\\", b".", b"a;=1+1", b"\n", b"\xe2\x80\xae", b"%s", b"ada"]),
        st.integers(1, 255),
    )
).map(lambda name: os.fsdecode(name.replace(b"/", b"_").replace(b"\0", b"_")))
WORDS = st.sampled_from(
    "2026-11-30 08:00:00 25:61 UTC PST +2600 -05:30 Europe/Berlin ../../etc/passwd /dev/zero Monday Nov 0000-00-00 99999999999 T Z".split()
)
TIMES = st.binary(max_size=300) | (st.lists(WORDS | st.text(max_size=250), max_size=5).map(" ".join)).map(
    lambda text: text.encode("utf-8", "replace")
)
KINDS = st.sampled_from(["folder", "folder", "folder", "file", "link", "nothing", "fifo"])


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which nothing has been handed in yet."""
    return copy_course(tmp_path_factory.mktemp("folders") / "course")


def put(kind: str, path: Path, content: bytes) -> None:
    """Make something at `path`, if the system lets us."""
    try:
        match kind:
            case "folder":
                path.mkdir()
            case "file":
                path.write_bytes(content)
            case "link":
                path.symlink_to(os.fsdecode(content.replace(b"\0", b"") or b"."))
            case "fifo":
                os.mkfifo(path)
    except OSError:  # it is there already, or the name is none
        pass


@given(
    students=st.dictionaries(
        NAMES, st.tuples(KINDS, KINDS, NAMES, TIMES, st.binary(max_size=100)), min_size=1, max_size=6
    )
)
@settings(max_examples=SOME // 2, deadline=None)
def test_any_folders_are_found_and_read(
    empty: Course, students: dict[str, tuple[str, str, str, bytes, bytes]]
) -> None:
    shutil.rmtree(empty.submitted, ignore_errors=True)
    empty.submitted.mkdir()
    for name, (outer, inner, file, stamp, data) in students.items():
        top = empty.submitted / name
        put(outer, top, data)
        put(inner, top / "hw1", data)
        put("file", top / "hw1" / file, data)
        put("file", top / "hw1" / "hw1.ipynb", data)
        put("file", top / "hw1" / "timestamp.txt", stamp)
    found = submissions(empty, "hw1")
    names = [one.student for one in found]
    assert len({*names}) == len(names)
    folders = [path for path in empty.submitted.iterdir() if not path.name.startswith(".")]
    handed_in = [path for path in folders if not path.is_symlink() and (path / "hw1").is_dir()]
    assert len(handed_in) <= len(found) <= len(folders)
    for one in found:
        assert 0 < len(one.student.encode()) <= 255
        submission = one.read()
        assert submission.data is not None or submission.problem.endswith(".")
        assert all(isinstance(note, str) for note in submission.notes)
    assert all(isinstance(stray, str) for stray in strays(empty))


@given(name=NAMES, other=NAMES)
@settings(max_examples=SOME)
def test_a_students_name_is_a_file_name_and_stays_what_it_is(name: str, other: str) -> None:
    student = student_of(name)
    assert len(student.encode()) <= 255
    assert not {*'<>"/\0'} & {*student}
    assert student_of(student) == student
    if name != other and name.isascii() and other.isascii() and not {*'<>"'} & {*name, *other}:
        assert student != student_of(other)


@given(stamp=TIMES)
@settings(max_examples=SOME * 2)
def test_any_time_stamp_is_a_time_or_none(stamp: bytes) -> None:
    found = parse_time(stamp.decode("utf-8", "replace"))
    assert found is None or found.tzinfo is None
