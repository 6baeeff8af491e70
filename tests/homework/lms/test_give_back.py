"""Feedback pages go into Moodle's own folders, each into that of the student whose work it is about."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from homework.commands.export import back_to_moodle
from homework.course import Course
from homework.errors import UsageError
from homework.lms.collect import collect
from homework.report.feedback import write_feedback
from tests.homework.lms.support import archive
from tests.homework.review.support import make_course
from tests.homework.support import run_homework

ROSTER = """\
student,last_name,first_name,moodle_id
ada,Lovelace,Ada,101
bob,O'Brien,Bob,102
cyd,Cy,Cyd,103
new,New,Nell,104
"""
FILE = "_assignsubmission_file"


def moodle_takes(path: str, participants: tuple[int, ...] = (101, 102, 103, 104)) -> tuple[int, str] | None:
    """Whose feedback Moodle takes a path for, and as which file: the rule of mod/assign/feedback/file/importziplib.php."""
    parts = path.split("/")
    if parts[-1].startswith((".", "~")):
        return None
    while parts:
        words = parts.pop(0).split("_", 4)
        if len(words) < 4 or not words[1].isdigit() or int(words[1]) not in participants:
            continue
        if words[2:4] == ["assignsubmission", "file"]:
            return int(words[1]), "/".join([*words[4:], *parts]).lstrip("/")
    return None


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Four students have a graded hw1; a fifth is on the roster, and nothing of hers is graded."""
    course = make_course(tmp_path / "a course")
    (course.root / "lms.csv").write_text(ROSTER)
    return course


def given_back(course: Course, submissions: Path, *students: str) -> tuple[dict[str, str], list[str], int]:
    """The paths in the result with whose page is there, what was said, and how many were refused."""
    output = submissions.with_name("back.zip")
    pages = write_feedback(course, "hw1", list(students) or None, scores={})
    lines, refused = back_to_moodle(course, "hw1", submissions, pages, output, students)
    with zipfile.ZipFile(output) as zipped:
        texts = {name: zipped.read(name).decode() for name in zipped.namelist()}
    return (
        {
            name: text.partition("Feedback for <strong><bdi>")[2].partition("<")[0]
            for name, text in texts.items()
        },
        lines,
        refused,
    )


@pytest.mark.parametrize("outer", ["", "all of hw1/"])
@pytest.mark.parametrize("after", ["/", "_/", "_"], ids=["folders since 4.1", "folders", "no folders"])
def test_moodle_takes_every_page_as_the_students_own(
    course: Course, tmp_path: Path, outer: str, after: str
) -> None:
    names = [
        f"{outer}{who}{FILE}{after}hw1.ipynb" for who in ("Ada Lovelace_101", "Bob OBrien_102", "Cÿd Cy_103")
    ]
    submissions = archive(tmp_path / "a.zip", {name: f"of {name}" for name in names})
    assert len(collect(course, "hw1", submissions).taken) == 3
    found, lines, refused = given_back(course, submissions)
    assert {moodle_takes(name): student for name, student in found.items()} == {
        (101, "hw1.html"): "ada",
        (102, "hw1.html"): "bob",
        (103, "hw1.html"): "cyd",
    }
    assert all(name.removesuffix("html") + "ipynb" in names for name in found)
    assert refused == 0
    assert lines == [
        f"wrote {tmp_path / 'back.zip'}: 3 pages",
        "  not in the archive, so without a page there: dan, eve",
    ]


def test_what_cannot_be_given_back_is_named_and_the_rest_is_written(course: Course, tmp_path: Path) -> None:
    """A student's own folders cannot send a page, or take somebody else's."""
    taken = {
        f"Ada Lovelace_101{FILE}/Bob OBrien_102{FILE}/hw1.ipynb": "ada's",
        f"Nell New_104{FILE}/hw1.ipynb": "nell's",
    }
    collect(course, "hw1", archive(tmp_path / "first.zip", taken))
    more = {
        **taken,
        f"Ada Lovelace_101{FILE}/notes.txt": "",
        f"Stranger_109{FILE}/hw1.ipynb": "",
        "readme.txt": "",
        "../x": "",
        "Ada Lovelace_101_assignsubmission_onlinetext/onlinetext.html": "",
        "__MACOSX/._x": "",
    }
    found, lines, refused = given_back(course, archive(tmp_path / "a.zip", more))
    assert found == {f"Ada Lovelace_101{FILE}/hw1.html": "ada"}
    assert [line for line in lines if "refused" in line] == [
        "  refused readme.txt: its name is not one of Moodle's submissions",
        "  refused ../x: its path leads out of the archive (..)",
        f"  refused Nell New_104{FILE}/: new has no feedback page: run `homework autograde hw1`",
        f"  refused Stranger_109{FILE}/: it was not collected as hw1: run `homework collect` with this archive",
    ]
    assert refused == 4


def test_two_folders_of_one_number_are_refused(course: Course, tmp_path: Path) -> None:
    names = [f"Ada Lovelace_101{FILE}/hw1.ipynb", f"Bob OBrien_102{FILE}/hw1.ipynb"]
    collect(course, "hw1", archive(tmp_path / "first.zip", dict.fromkeys(names, "x")))
    submissions = archive(tmp_path / "a.zip", dict.fromkeys([*names, f"Eve_101{FILE}/hw1.ipynb"], "x"))
    found, lines, _ = given_back(course, submissions)
    assert list(found.values()) == ["bob"]
    assert f"  refused Ada Lovelace_101{FILE}/: ada has several folders, also 'Eve_101{FILE}/'" in lines


def test_a_folder_that_two_students_claim_is_refused(course: Course, tmp_path: Path) -> None:
    """The note beside a submission may have come with it, by another way than `collect`."""
    names = [f"Ada Lovelace_101{FILE}/hw1.ipynb", f"Bob OBrien_102{FILE}/hw1.ipynb"]
    submissions = archive(tmp_path / "a.zip", dict.fromkeys(names, "x"))
    collect(course, "hw1", submissions)
    note = course.submitted / "cyd" / "hw1" / "lms.json"
    note.parent.mkdir(parents=True)
    note.write_bytes((course.submitted / "bob" / "hw1" / "lms.json").read_bytes())
    found, lines, _ = given_back(course, submissions)
    assert list(found.values()) == ["ada"]
    assert f"  refused Bob OBrien_102{FILE}/: it was collected for bob and cyd: whose is it?" in lines
    assert "  not in the archive, so without a page there: dan, eve" in lines


@pytest.mark.parametrize("text", ["[" * 100_000, "{", '{"entry": 5}', "[]", '"entry"'])
def test_a_note_that_cannot_be_read_costs_only_its_own_student_the_page(
    course: Course, tmp_path: Path, text: str
) -> None:
    names = [f"Ada Lovelace_101{FILE}/hw1.ipynb", f"Bob OBrien_102{FILE}/hw1.ipynb"]
    submissions = archive(tmp_path / "a.zip", dict.fromkeys(names, "x"))
    collect(course, "hw1", submissions)
    (course.submitted / "bob" / "hw1" / "lms.json").write_text(text)
    found, lines, _ = given_back(course, submissions)
    assert list(found.values()) == ["ada"]
    assert any(line.startswith(f"  refused Bob OBrien_102{FILE}/: it was not collected") for line in lines)


def test_a_name_as_long_as_a_path_may_be_is_found_again(course: Course, tmp_path: Path) -> None:
    name = f"Ada Lovelace_101{FILE}/{'deep/' * 300}hw1.ipynb"
    submissions = archive(tmp_path / "a.zip", {name: "x"})
    collect(course, "hw1", submissions)
    assert given_back(course, submissions)[0] == {f"Ada Lovelace_101{FILE}/hw1.html": "ada"}


def test_another_assignments_archive_gives_nothing_back(course: Course, tmp_path: Path) -> None:
    """Moodle's numbers are of one assignment. No file is left behind."""
    collect(course, "hw1", archive(tmp_path / "a.zip", {f"Ada Lovelace_101{FILE}/hw1.ipynb": "x"}))
    other = archive(tmp_path / "other.zip", {f"Ada Lovelace_201{FILE}/hw1.ipynb": "x"})
    with pytest.raises(UsageError, match=r"no page belongs in .*: is it Moodle's download of hw1"):
        given_back(course, other)
    canvas = archive(tmp_path / "canvas.zip", {"lovelaceada_11_901_hw1.ipynb": "x"})
    with pytest.raises(UsageError, match="has no folder of Moodle's"):
        given_back(course, canvas)
    assert not (tmp_path / "back.zip").exists()
    with pytest.raises(UsageError, match="is Moodle's archive itself"):
        back_to_moodle(course, "hw1", other, [], other, ())
    assert zipfile.ZipFile(other).namelist() == [f"Ada Lovelace_201{FILE}/hw1.ipynb"]


def test_the_command(course: Course, tmp_path: Path) -> None:
    """Only the students asked for; exit status 1 if a folder was refused."""
    names = {f"Ada Lovelace_101{FILE}/hw1.ipynb": "x", f"Bob OBrien_102{FILE}/hw1.ipynb": "y"}
    submissions = archive(tmp_path / "a.zip", names)
    collect(course, "hw1", submissions)

    output = tmp_path / "back.zip"

    def run(*more: str) -> tuple[int, str]:
        done = run_homework("feedback", "hw1", "--moodle", str(submissions), *more, course=course.root)
        return done.returncode, done.stdout + done.stderr

    said = f"wrote 1 page into {course.feedback}\nwrote {output}: 1 page\n"
    assert run("--student", "ada", "-o", str(output)) == (0, said)
    (course.submitted / "ada" / "hw1" / "lms.json").unlink()
    status, said = run("-o", str(output))
    assert status == 1
    assert f"refused Ada Lovelace_101{FILE}/: it was not collected as hw1" in said
    assert zipfile.ZipFile(output).namelist() == [f"Bob OBrien_102{FILE}/hw1.html"]
    assert "Give --preview or --moodle, not both" in run("--preview", "x")[1]
