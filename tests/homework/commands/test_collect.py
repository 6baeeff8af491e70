"""Whatever a learning management system calls a file, its student is found, and the file is handed on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from homework.commands.collect import collect
from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import open_gradebook
from homework.gradebook.students import import_students, read_students
from homework.submission.files import submissions

CANVAS = {
    "newtonisaac_1_2_hw1.ipynb": ("newtonisaac", "hw1.ipynb"),
    "noetheremmy_LATE_1_2_hw1-2.ipynb": ("noetheremmy", "hw1-2.ipynb"),
    "oconnor-smithjane_12_345_hw1.ipynb": ("oconnor-smithjane", "hw1.ipynb"),
    "m\xfcllerj\xf6rg_1_2_hw1.ipynb": ("m\xfcllerj\xf6rg", "hw1.ipynb"),
    "student2_1_2_hw1.ipynb": ("student2", "hw1.ipynb"),
    "bohrniels_1_2_Homework 1.ipynb": ("bohrniels", "Homework 1.ipynb"),
    "diracpaul_1_2_hw1_paul.ipynb": ("diracpaul", "hw1_paul.ipynb"),
    "curiemarie_1_2_report.pdf": ("curiemarie", "report.pdf"),
}
OTHERS = {
    "Ada Lovelace_123_assignsubmission_file_/hw1.ipynb": ("Ada Lovelace", "hw1.ipynb"),
    "Ada Lovelace_123_assignsubmission_file_hw1 (2).ipynb": ("Ada Lovelace", "hw1 (2).ipynb"),
    "ps1_bob/hw1.ipynb": ("ps1_bob", "hw1.ipynb"),
    "cy.ipynb": ("cy", "hw1.ipynb"),
    "all of hw1/eve/hw1.ipynb": ("eve", "hw1.ipynb"),
    "dee_attempt_2026-12-01-10-00-00_hw1.ipynb": ("dee", "hw1.ipynb"),
}


def archive(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name in names:
            zipped.writestr(name, f"of {name}")
    return path


@pytest.mark.parametrize("as_folder", [False, True])
def test_every_student_of_an_archive_is_collected(
    own_course: Course, tmp_path: Path, as_folder: bool
) -> None:
    """Any name, any file; what is no notebook is left to the grader."""
    path = archive(
        tmp_path / "submissions.zip",
        [*CANVAS, "__MACOSX/._x_1_2_hw1.ipynb", "._y_1_2_hw1.ipynb", ".DS_Store"],
    )
    if as_folder:
        with zipfile.ZipFile(path) as zipped:
            zipped.extractall(tmp_path / "folder")
        path = tmp_path / "folder"
    done = collect(own_course, "hw1", path)
    assert done.skipped == {}
    for name, (student, file) in CANVAS.items():
        assert (own_course.submitted / student / "hw1" / file).read_text() == f"of {name}"
    found = {one.student: one.problem for one in submissions(own_course, "hw1")}
    assert sorted(found) == sorted(student for student, _ in CANVAS.values())
    assert "report.pdf" in found["curiemarie"]


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_other_systems(own_course: Course, tmp_path: Path, name: str) -> None:
    collect(own_course, "hw1", archive(tmp_path / "a.zip", [name]))
    student, file = OTHERS[name]
    assert (own_course.submitted / student / "hw1" / file).read_text() == f"of {name}"


def test_an_archive_does_not_choose_where_a_file_goes(own_course: Course, tmp_path: Path) -> None:
    """What tells no student is named."""
    names = ["../../../evil_1_2_x.ipynb", "/abs_1_2_y.ipynb", "..\\..\\win_1_2_z.ipynb", "README"]
    done = collect(own_course, "hw1", archive(tmp_path / "a.zip", names))
    assert done.files == {"evil": ["x.ipynb"], "abs": ["y.ipynb"], "win": ["z.ipynb"]}
    assert set(done.skipped) == {"README"}
    assert {path.name for path in own_course.submitted.iterdir()} == {"evil", "abs", "win"}


def test_a_pattern_of_ones_own(own_course: Course, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", ["hw1--ada--work.ipynb", "other.ipynb"])
    done = collect(own_course, "hw1", path, r"hw1--(?P<student>\w+)--(?P<file>.*)")
    assert (done.files, list(done.skipped)) == ({"ada": ["work.ipynb"]}, ["other.ipynb"])
    for pattern, says in (("(", "not a regular expression"), ("(.*)", "needs the groups")):
        with pytest.raises(UsageError, match=says):
            collect(own_course, "hw1", path, pattern)
    (tmp_path / "no.zip").write_text("no zip")
    for name in ("no.zip", "nowhere.zip"):
        with pytest.raises(UsageError, match=name):
            collect(own_course, "hw1", tmp_path / name)


ROWS = [
    {"id": "ada", "first_name": "Ada", "last_name": "L", "email": "a@x.edu"},
    {"id": "ren\xe9", "first_name": "Ren\xe9", "last_name": "D", "email": ""},
]
TABLE = "id,first_name,last_name,email\nada,Ada,L,a@x.edu\nren\xe9,Ren\xe9,D,\n"


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.replace("\n", "\r\n").encode("utf-16"),
        TABLE.replace(",", ";").encode("cp1252"),
        TABLE.replace(",", "\t").encode("utf-16"),
        TABLE.replace("id,first_name", "ID, First Name").encode(),
    ],
)
def test_students_are_read_as_spreadsheets_save_them(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "s.csv").write_bytes(data)
    assert read_students(tmp_path / "s.csv") == ROWS


def test_students_go_into_the_gradebook(own: Course, tmp_path: Path) -> None:
    """An empty field takes nothing away."""
    (tmp_path / "s.csv").write_bytes(TABLE.encode("utf-8-sig"))
    assert import_students(own, tmp_path / "s.csv") == 2
    (tmp_path / "s.csv").write_text("id,email\nada,\n")
    import_students(own, tmp_path / "s.csv")
    with open_gradebook(own) as gradebook:
        ada = gradebook.find_student("ada")
        assert (ada.first_name, ada.email) == ("Ada", "a@x.edu")
    (tmp_path / "s.csv").write_text("name\nada\n")
    with pytest.raises(UsageError, match="no column `id`; its first line is: name"):
        import_students(own, tmp_path / "s.csv")
