"""Rosters of Canvas, Moodle and spreadsheets are read as they are, and taken as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import open_gradebook
from homework.lms.roster import Roster, import_roster, read_roster

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (5551),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,65,(read only)
"Lovelace, Ada",11,="0017",ada,Section A,61,
"O'Brien, Seán",12,0018,sobrien@x.edu,Section B,EX,
"Student, Test",99,,0f3a,Section A,,
"""
MOODLE = """\
{number},{name},{email},Status,{grade},Last modified (submission),Last modified (grade)
Participant 101,Ada Lovelace,ada@x.edu,Submitted,,-,-
Participant 102,Seán O'Brien,Bob@x.edu,No submission,,-,-
"""
ENGLISH = {"number": "Identifier", "name": "Full name", "email": "Email address", "grade": "Grade"}
GERMAN = {"number": "ID", "name": "Vollständiger Name", "email": "E-Mail-Adresse", "grade": "Bewertung"}
TABLE = "id,first_name,last_name,email\nada,Ada,L,a@x.edu\nrene,Ren\xe9,D,\n"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_canvas(tmp_path: Path) -> None:
    ada, sean, test = read_roster(written(tmp_path, CANVAS))
    assert (ada.student, ada.last_name, ada.first_name, ada.canvas_id, ada.section) == (
        "ada",
        "Lovelace",
        "Ada",
        "11",
        "Section A",
    )
    assert (sean.student, sean.email) == ("sobrien@x.edu", "sobrien@x.edu")
    assert (test.student, test.canvas_id) == ("", "99")
    assert [one.student for one in read_roster(tmp_path / "roster.csv", "SIS User ID")] == [
        "0017",
        "0018",
        "",
    ]
    two = CANVAS.replace("Student,ID", "LastName,FirstName,ID").replace('"Lovelace, Ada"', "Lovelace,Ada")
    two = two.replace('"O\'Brien, Seán"', "O'Brien,Seán").replace('"Student, Test"', "Student,Test")
    two = two.replace("\n,,,", "\n,,,,").replace("Possible,", "Possible,,")
    assert read_roster(written(tmp_path, two)) == [ada, sean, test]


@pytest.mark.parametrize("words", [ENGLISH, GERMAN])
def test_moodle(tmp_path: Path, words: dict[str, str]) -> None:
    path = written(tmp_path, "\ufeff" + MOODLE.format(**words))
    ada, sean = read_roster(path)
    assert (ada.student, ada.last_name, ada.first_name, ada.moodle_id) == ("ada", "Lovelace", "Ada", "101")
    assert (sean.student, sean.email) == ("Bob", "Bob@x.edu")
    assert read_roster(path, words["email"])[1].student == "Bob@x.edu"


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.replace("\n", "\r\n").encode("utf-16"),
        TABLE.replace(",", ";").encode("cp1252"),
        TABLE.replace(",", "\t").encode("utf-16"),
        TABLE.replace("id,first_name", "Student, First Name").encode(),
        b"sep=;\r\n" + TABLE.replace(",", ";").encode(),  # which tells Excel the separator
    ],
)
def test_tables_as_spreadsheets_save_them(tmp_path: Path, data: bytes) -> None:
    ada, rene = read_roster(written(tmp_path, data))
    assert (ada.student, ada.first_name, ada.last_name, ada.email) == ("ada", "Ada", "L", "a@x.edu")
    assert (rene.student, rene.first_name) == ("rene", "Ren\xe9")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("student\nada\nADA\n", "ADA is there twice"),
        ("student,canvas_id\nada,1\nbob,1\n", "canvas_id 1 is there twice"),
        ("student\n.ada\n", "'.ada' cannot be a student's name"),
        ("student\na/b\n", "'a/b' cannot be"),
        ("student\nren\xe9\n", "cannot be a student's name"),
        (f"student\n{'a' * 65}\n", "cannot be a student's name"),
        ("student,last_name\n,Nobody\n", "Nobody has nothing in the column 'student'"),
        (CANVAS.replace(",ada,", ",,"), "Ada Lovelace has nothing in the column 'SIS Login ID'"),
        (
            MOODLE.format(**ENGLISH).replace("ada@x.edu", ""),
            "Ada Lovelace has nothing in the column 'Email address'",
        ),
        ("name\nada\n", "neither a column `student`, nor"),
        ("student\n", "names no student"),
        ("", "neither a column `student`"),
        (b"PK\3\4\0", "is not a text file: save it as CSV"),
    ],
)
def test_a_roster_is_refused_with_its_reason(
    own: Course, tmp_path: Path, text: str | bytes, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        import_roster(own, written(tmp_path, text))
    assert not (own.root / "lms.csv").exists()
    with pytest.raises(UsageError, match="no column 'Nickname'"):
        read_roster(written(tmp_path, "student\nada\n"), "Nickname")


def test_rosters_are_merged(own: Course, tmp_path: Path) -> None:
    """An empty field takes nothing away, who left stays and is named, and Moodle's numbers are of one worksheet."""
    table = "student,first_name,last_name,email,moodle_id\nada,Ada,L,ada@x.edu,7\ngone,G,G,,8\n"
    assert import_roster(own, written(tmp_path, table)) == (2, [])
    assert import_roster(own, written(tmp_path, CANVAS)) == (2, ["gone"])
    assert import_roster(own, written(tmp_path, "student,email\nada,\n"))[0] == 1
    ada = Roster.load(own).students["ada"]
    assert (ada.last_name, ada.email, ada.canvas_id, ada.moodle_id) == ("Lovelace", "ada@x.edu", "11", "7")
    import_roster(own, written(tmp_path, MOODLE.format(**ENGLISH)))
    found = Roster.load(own).students
    assert (found["ada"].moodle_id, found["gone"].moodle_id) == ("101", "")
    assert found["ada"].canvas_id == "11"
    with open_gradebook(own) as gradebook:
        assert gradebook.find_student("ada").last_name == "Lovelace"
        assert "" not in {student.id for student in gradebook.students}
