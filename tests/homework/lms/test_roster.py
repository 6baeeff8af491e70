"""Rosters of Canvas, Moodle and spreadsheets are read as they are, and taken as a whole or not at all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import open_gradebook
from homework.lms.roster import Roster
from homework.lms.roster_files import read_roster
from homework.lms.roster_import import import_roster
from homework.lms.times import Times

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
        ("student,canvas_id\nada,1\nbob,1\n", "canvas_id 1 is there twice, of ada and bob"),
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
        ("name\nada\n", "say with --id which column has the students' names .* there are: name"),
        ("", "is empty"),
        ("<!DOCTYPE html><html>\n", "is a web page, perhaps a login page"),
        ("student,canvas_id\nada,1.23E+10\n", "a spreadsheet has shortened a number to 1.23E\\+10"),
        ("student\n1,2345E+9\n".replace(",", "."), "a spreadsheet has shortened a number"),
        (
            "Identifier,Status,Grade,Last modified (submission)\nParticipant 101,Submitted,,-\n",
            "has no addresses: is the assignment marked blind",
        ),
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
    assert import_roster(own, written(tmp_path, table)) == (2, [], {})
    assert import_roster(own, written(tmp_path, CANVAS)) == (2, ["gone"], {})
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


WORKSHEETS = {  # the words of Moodle's language packs, and times as they write them
    "de": (
        "ID,Vollständiger Name,E-Mail-Adresse,Bewertung,Bestwertung,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung)",
        "Teilnehmer/in",
        "Dienstag, 1. Dezember 2026, 20:15",
    ),
    "es": (
        "Identificador,Nombre completo,Correo,Nota,Máxima,Última modificación (entrega),Última modificación (nota)",
        "Participante",
        "martes, 1 de diciembre de 2026, 20:15",
    ),
    "fr": (
        "Identifiant,Nom complet,Courriel,Note,Maximum,Dernière modification (travail),Dernière modification (note)",
        "Participant",
        "mardi 1 décembre 2026, 20:15",
    ),
    "zh": (
        "编号,全名,电子邮件地址,成绩,最高分,上次修改（作业）,上次修改（评分）",
        "参与者",
        "2026年12月1日 星期二 下午8:15",
    ),
}


@pytest.mark.parametrize("language", WORKSHEETS)
def test_worksheets_of_sites_in_other_languages(own: Course, tmp_path: Path, language: str) -> None:
    """Many languages have no blank before the number; the time of handing in is the first of two alike columns."""
    header, participant, time = WORKSHEETS[language]
    row = f'{participant}101,Ada Lovelace,ada@x.edu,,"65,00","{time}",-\n'
    path = written(tmp_path, f"\ufeff{header}\n{row}{row.replace('101', '102').replace('ada@', 'eve@')}")
    import_roster(own, path)
    roster = Roster.load(own)
    assert (roster.students["ada"].moodle_id, roster.students["eve"].moodle_id) == ("101", "102")
    (own.root / "nbgrader_config.py").write_text("c = get_config()\nc.Homework.timezone = 'Europe/Berlin'\n")
    assert Times.read(path, roster, Course(own.root)).of("ada") == (datetime(2026, 12, 1, 19, 15), "")


@pytest.mark.parametrize("text", ["1 listopada 2026, 20:15", "soon", "mardi 32 décembre 2026, 20:15"])
def test_a_time_that_could_be_several_is_none(own: Course, text: str) -> None:
    """In Polish November, in Croatian October."""
    time, why = Times(Roster(), {"ada": text}, ZoneInfo("UTC")).of("ada")
    assert (time, why) == (None, f"the worksheet's time cannot be read: {text}")


def test_numbered_students_are_no_worksheet(tmp_path: Path) -> None:
    people = read_roster(written(tmp_path, "id,name,email\ns1,Ada Lovelace,a@x.edu\ns2,Eve Byron,e@x.edu\n"))
    assert [(one.student, one.first_name, one.last_name) for one in people] == [
        ("s1", "Ada", "Lovelace"),
        ("s2", "Eve", "Byron"),
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n#7,#ada,Lovelace,Ada,a@x.edu,#\n", "Username"),
        ("Last Name,First Name,Username,Email,Availability\nLovelace,Ada,ada,a@x.edu,Yes\n", "Username"),
        ("Name,User ID,Email Address,Role\n\"Lovelace, Ada\",ada,a@x.edu,Student\nC T,t,,Instructor\n", "User ID"),
        ("student,surname,given name,E-mail\nada,Lovelace,Ada,a@x.edu\n,,,\nTotal,1,,\nAverage,,,\n", ""),
        ("student,last_name,first_name,email,section\nada,Lovelace,Ada,a@x.edu,A\nada,Lovelace,Ada,a@x.edu,B\n", ""),
    ],
    ids=["Brightspace", "Blackboard", "Sakai", "sums below", "two sections"],
)  # fmt: skip
def test_tables_of_other_systems(tmp_path: Path, table: str, column: str) -> None:
    (ada,) = read_roster(written(tmp_path, table), column)
    assert (ada.student, ada.last_name, ada.first_name, ada.email) == ("ada", "Lovelace", "Ada", "a@x.edu")
    assert ada.section == ("A, B" if "section" in table else "")


def test_who_got_another_login_keeps_the_name_in_the_gradebook(own: Course, tmp_path: Path) -> None:
    """Canvas's number and the full name say who it is; under another name the number is somebody else's."""
    import_roster(own, written(tmp_path, CANVAS))
    path = written(tmp_path, CANVAS.replace(",ada,", ",byron,"))
    assert import_roster(own, path) == (2, [], {"ada": "byron"})
    assert (Roster.load(own).students["ada"].login_id, "byron" in Roster.load(own).students) == (
        "byron",
        False,
    )
    path = written(tmp_path, CANVAS.replace(",ada,", ",eve,").replace("Lovelace, Ada", "Other, Eve"))
    with pytest.raises(UsageError, match="canvas_id 11 is there twice, of ada and eve"):
        import_roster(own, path)
