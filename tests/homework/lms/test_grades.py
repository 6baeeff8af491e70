"""Canvas and Moodle get their own files back, with nothing changed but scores."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from homework.commands.export import fill_in, for_moodles_gradebook
from homework.course import Course
from homework.errors import UsageError
from homework.lms.grades import scaled
from homework.lms.roster_import import import_roster
from homework.report.long import HEADER, write_long
from homework.review.marks import Reviews, Wanted
from tests.homework.review.support import in_formgrader, make_course

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Other (7),Homework 1: Correlation (5551),Final Score
    Points Possible,,,,,3,15,(read only)
"Lovelace, Ada",11,0017,ada,"Section A",1,6,9
"O'Brien, Bob",12,="0018",bob@example.org,Section B,1,EX,9
"Cy ""D"", Cyd",13,S0013,cyd,Section B,1,,9
"Dan",14,S0014,dan,Section B,1,4.50,9
Stranger,15,S0015,zoe,Section B,1,2,9
"Student, Test",16,,,Section B,1,,9
""".replace("\n", "\r\n")
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade)
Participant 101,Ada Lovelace,ada@example.org,Submitted,,15.00,Yes,-
Participant 102,Bob O'Brien,bob@example.org,Submitted,3.00,15.00,No,-
Participant 103,Zoe,zoe@example.org,Submitted,3.00,15.00,Yes,-
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Ada and dan are marked; dan's mark is 5, the same as the tests'."""
    course = make_course(tmp_path / "a course")
    for question in ("depth", "width"):
        in_formgrader(course, "ada", question, 1.255)
        in_formgrader(course, "bob", question, 1)
    return course


def filled(
    course: Course, text: str, tmp_path: Path, *, moodle: bool = False, **more: object
) -> tuple[str, list[str]]:
    template, output = tmp_path / "template.csv", tmp_path / "out.csv"
    template.write_bytes(text.encode())
    options = {"column": "", "columns": "", "scale": False, "partial": False, "skip_missing": True, **more}
    said = fill_in(course, ["hw1"], template, output, moodle=moodle, **options)
    return output.read_bytes().decode(), said


def test_canvas_gets_its_columns_and_one_assignment(course: Course, tmp_path: Path) -> None:
    text, said = filled(course, CANVAS, tmp_path)
    lines = text.split("\r\n")
    assert lines[0] == "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1: Correlation (5551)"
    assert lines[2] == '"Lovelace, Ada",11,0017,ada,"Section A",7.51'
    assert lines[3] == """"O'Brien, Bob",12,="0018",bob@example.org,Section B,EX"""
    assert lines[4] == '"Cy ""D"", Cyd",13,S0013,cyd,Section B,'
    assert lines[6] == "Stranger,15,S0015,zoe,Section B,2"
    assert "ada: 6 → 7.51" in said
    assert "dan: 4.50 → 5.00" in said
    assert "not written: cyd: 2 of its marks wait" in said
    assert "not written: eve: not in the file" in said
    assert said[-1] == "2 scores change"
    assert filled(course, text, tmp_path)[1][-1] == "0 scores change"
    assert filled(course, text, tmp_path)[0] == text


@pytest.mark.parametrize(
    ("before", "after", "column", "reason"),
    [
        (",3,15,", ",3,100,", "", "has 100 points and we give 15: correct it there, or use --scale"),
        ("Homework 1: Correlation (5551)", "Week one (5551)", "", "which column of Canvas is hw1"),
        ("", "", "Final Score", "Canvas drops a column"),
        (",3,15,", ",3,read only,", "", "it is read only"),
        ("Section,", "Group,", "", "this is not Canvas's gradebook"),
        ('Lovelace, Ada",11,', 'Lovelace, Ada",1.1E+01,', "", "a spreadsheet has shortened Canvas's numbers"),
    ],
)
def test_canvas_files_that_are_refused(
    course: Course, tmp_path: Path, before: str, after: str, column: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        filled(course, CANVAS.replace(before, after, 1) if before else CANVAS, tmp_path, column=column)


def test_the_title_in_canvas_may_be_what_stands_before_the_colon(course: Course, tmp_path: Path) -> None:
    text, _ = filled(course, CANVAS.replace("Homework 1: Correlation", "Homework 1"), tmp_path)
    assert text.startswith("Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (5551)")


@pytest.mark.parametrize("scale", [False, True])
def test_a_scale_gets_no_points(course: Course, tmp_path: Path, scale: bool) -> None:
    """Its maximum in Moodle's worksheet is the number of the scale, below zero."""
    text = MOODLE.replace("15.00", "-2.00").replace("3.00", "B")
    with pytest.raises(UsageError, match="is graded by a scale, not by points"):
        filled(course, text, tmp_path, moodle=True, scale=scale)


@pytest.mark.parametrize("grade", ["3,00", "-"])
def test_a_worksheet_in_another_language_is_understood_by_its_content(
    course: Course, tmp_path: Path, grade: str
) -> None:
    """The words are a site's; that the grade stands before its maximum is Moodle's."""
    german = f"""\
ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Änderbar,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung)
Teilnehmer/in101,Ada Lovelace,ada@example.org,Abgegeben,,"15,00",Ja,-,-
Teilnehmer/in103,Zoe,zoe@example.org,Abgegeben,"{grade}","15,00",Ja,-,-
"""
    text, said = filled(course, german, tmp_path, moodle=True)
    assert text == german.replace('Abgegeben,,"15,00"', 'Abgegeben,7.51,"15,00"')
    assert "ada: – → 7.51" in said
    with pytest.raises(UsageError, match="name it with --columns"):
        filled(course, german.replace(grade, "gut"), tmp_path, moodle=True)


@pytest.mark.parametrize("scale", [False, True])
def test_nothing_is_scaled_to_zero(course: Course, tmp_path: Path, scale: bool) -> None:
    with pytest.raises(UsageError, match="has 0 points and we give 15: 0 points cannot be scaled"):
        filled(course, CANVAS.replace(",3,15,", ",3,0,"), tmp_path, scale=scale)


def test_a_short_row_of_points_is_taken(course: Course, tmp_path: Path) -> None:
    assert "ada: 6 → 7.51" in filled(course, CANVAS.replace(",,,,,3,15,(read only)", ""), tmp_path)[1]


def test_maxima_that_are_sums_are_the_same() -> None:
    assert scaled(0.1 + 0.2, "0.30", False, "Canvas") == 1


def test_canvas_scales_and_takes_semicolons(course: Course, tmp_path: Path) -> None:
    text = (
        CANVAS.replace(",3,15,", ",3,30,")
        .replace('"Lovelace, Ada"', "Lovelace")
        .replace('"O\'Brien, Bob"', "Bob")
    )
    text = (
        text.replace('"Cy ""D"", Cyd"', "Cyd")
        .replace('"Student, Test"', "Test")
        .replace(",", ";")
        .replace("4.50", "4,50")
    )
    assert 'Lovelace;11;0017;ada;"Section A";"15,02"' in filled(course, text, tmp_path, scale=True)[0]


def test_moodle_gets_its_worksheet_with_grades(course: Course, tmp_path: Path) -> None:
    text, said = filled(course, MOODLE, tmp_path, moodle=True)
    assert text == MOODLE.replace("Submitted,,15.00", "Submitted,7.51,15.00")
    assert "not written: bob: Moodle says that its grade cannot be changed" in said
    german = MOODLE.replace("Identifier", "ID").replace("Grade,Max", "Bewertung,Max")
    with pytest.raises(UsageError, match="no column 'Identifier': name it with --columns"):
        filled(course, german, tmp_path, moodle=True)
    assert "7.51" in filled(course, german, tmp_path, moodle=True, columns="id=ID,grade=Bewertung")[0]


@pytest.mark.parametrize(("text", "moodle", "who"), [(CANVAS, False, "eve"), (MOODLE, True, "cyd, dan, eve")])
def test_students_who_are_not_in_the_file_stop_it(
    course: Course, tmp_path: Path, text: str, moodle: bool, who: str
) -> None:
    with pytest.raises(UsageError, match=f"so nothing was written: {who}\\. "):
        filled(course, text, tmp_path, moodle=moodle, skip_missing=False)
    assert not (tmp_path / "out.csv").exists()


def test_canvas_knows_students_by_the_rosters_numbers(course: Course, tmp_path: Path) -> None:
    """Also where neither login nor name is ours."""
    (course.root / "lms.csv").write_text("student,canvas_id\nada,14\ndan,11\n")
    text, _ = filled(course, CANVAS.replace(",ada,", ",,"), tmp_path)
    assert '"Lovelace, Ada",11,0017,,"Section A",5.00' in text
    assert '"Dan",14,S0014,dan,Section B,7.51' in text


NAMESAKES = "student,last_name,first_name,email,canvas_id\nada,Lovelace,Ada,ada@example.org,11\n"


@pytest.mark.parametrize(
    ("roster", "row"),
    [
        ("other,Lovelace,Ada,a.l@example.org,20\n", '"Lovelace, Ada",20,,other,Section B,2'),  # the same name
        ("other,Roe,Jo,ada@example.com,20\n", '"Roe, Jo",21,,ada@example.com,Section B,2'),  # the same login
        ("other,Roe,Jo,,20\n", '"Roe, Jo",20,ada,,Section B,2'),  # an identifier that is another's name
        ("", '"Roe, Jo",dan,,,Section B,2'),
    ],
)
def test_canvas_scores_are_nobody_elses(course: Course, tmp_path: Path, roster: str, row: str) -> None:
    """Of a student who handed in nothing, next to one of the same name or number who did."""
    (course.root / "lms.csv").write_text(NAMESAKES + roster)
    text, _ = filled(course, CANVAS + row.replace("B,2", "B,1,2,9") + "\r\n", tmp_path)
    assert text.splitlines()[-1] == row
    assert '"Lovelace, Ada",11,0017,ada,"Section A",7.51' in text


def test_moodles_grades_are_nobody_elses(course: Course, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(NAMESAKES + "other,Lovelace,Ada,a.l@example.org,20\n")
    import_roster(course, people)
    row = "Participant 104,Ada Lovelace,a.l@example.org,Submitted,2.00,15.00,Yes,-\n"
    text, said = filled(course, MOODLE + row, tmp_path, moodle=True)
    assert text == MOODLE.replace("Submitted,,15.00", "Submitted,7.51,15.00") + row
    assert said[-1] == "1 score changes"


def test_moodle_gets_comments(course: Course, tmp_path: Path) -> None:
    """As the HTML that Moodle takes them for; nobody's but graders' words, and none while marks wait."""
    reviews = Reviews(course, "hw1")
    seen = reviews.version(reviews.load()[0]["depth", "ada"])
    reviews.change("depth", "ada", seen, Wanted((1,), free='<b>5 < 6</b>, "so"\nyes'), "gil")
    head, *rows = MOODLE.splitlines()
    sheet = "\n".join([f"{head},Feedback comments", *(f"{row}," for row in rows)]) + "\n"
    text, said = filled(course, sheet, tmp_path, moodle=True, comments=True)
    row = next(csv.reader(text.splitlines(keepends=True)[1:]))
    assert row[-1].endswith("&lt;b&gt;5 &lt; 6&lt;/b&gt;, &quot;so&quot;<br>yes</p>")
    assert row[-1].startswith("<p><b>(a) Depth</b><br>")
    assert "ada: feedback comments" in said
    assert filled(course, text, tmp_path, moodle=True, comments=True)[1][-1] == "0 scores change"
    with pytest.raises(UsageError, match="no column 'Feedback comments'"):
        filled(course, MOODLE, tmp_path, moodle=True, comments=True)


def test_moodles_gradebook_imports_those_who_have_a_mark(course: Course, tmp_path: Path) -> None:
    """A row without one would clear it."""
    (tmp_path / "people.csv").write_text("student,email\nada,Ada@x.edu\ncyd,c@x.edu\n")
    import_roster(course, tmp_path / "people.csv")
    said = for_moodles_gradebook(course, ["hw1"], tmp_path / "out.csv", partial=False)
    assert (tmp_path / "out.csv").read_bytes().decode() == "email,hw1,hw1 feedback\r\nAda@x.edu,7.51,\r\n"
    assert "not written: cyd: 2 of its marks wait" in said
    assert "not written: bob: no e-mail address is known; import it with `homework roster`" in said


def test_the_long_table_has_a_row_for_each_test_and_question(course: Course, tmp_path: Path) -> None:
    reviews = Reviews(course, "hw1")
    seen = reviews.version(reviews.load()[0]["depth", "cyd"])
    reviews.change("depth", "cyd", seen, Wanted((1, 3)), "gil")
    path = tmp_path / "long.csv"
    write_long(course, ["hw1"], path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == HEADER
    assert len(rows) == 5 * (2 + 2)
    (row,) = [row for row in rows if (row["student"], row["task"]) == ("cyd", "depth")]
    assert (row["points"], row["max"], row["items"], row["grader"]) == ("1.75", "2.5", "1;3", "gil")
    assert {row["verdict"] for row in rows if row["test"] == "test_types"} == {"error"}


def test_parquet_has_what_the_long_table_has(course: Course, tmp_path: Path) -> None:
    """With numbers and times as such; what is empty in the one is missing in the other."""
    reviews = Reviews(course, "hw1")
    seen = reviews.version(reviews.load()[0]["depth", "cyd"])
    reviews.change("depth", "cyd", seen, Wanted((1, 3), 0.1), "gil")
    write_long(course, ["hw1"], tmp_path / "long.csv")
    write_long(course, ["hw1"], tmp_path / "long.parquet")
    with (tmp_path / "long.csv").open(newline="") as file:
        plain = list(csv.DictReader(file))
    table = parquet.read_table(tmp_path / "long.parquet")
    assert tuple(table.column_names) == HEADER
    assert {name: str(table.schema.field(name).type) for name in ("points", "reviewed_at", "task")} == {
        "points": "double",
        "reviewed_at": "timestamp[ms, tz=UTC]",
        "task": "string",
    }
    numbers = ("points", "max", "seconds", "manual")
    assert len(plain) == 5 * (2 + 2)
    for one, other in zip(plain, table.to_pylist(), strict=True):
        assert {name: other[name] for name in numbers} == {
            name: float(one[name]) if one[name] else None for name in numbers
        }
        when = other.pop("reviewed_at")
        assert (when.isoformat() if when else "") == one["reviewed_at"]
        texts = [name for name in other if name not in numbers]
        assert {name: other[name] or "" for name in texts} == {name: one[name] for name in texts}
    assert any(row["reviewed_at"] for row in plain)


def test_parquet_that_cannot_be_written_leaves_nothing_behind(course: Course, tmp_path: Path) -> None:
    (tmp_path / "long.parquet").mkdir()
    with pytest.raises(UsageError, match=r"long.parquet cannot be written"):
        write_long(course, ["hw1"], tmp_path / "long.parquet")
    assert [path.name for path in tmp_path.glob("*long*")] == ["long.parquet"]
    assert list(tmp_path.glob(".*")) == []


def test_without_its_library_parquet_says_what_to_install(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        UsageError, match=r"needs the library pyarrow: install it with `pip install '\.\[parquet\]'`"
    ):
        write_long(course, ["hw1"], tmp_path / "long.parquet")
    assert list(tmp_path.glob("*.parquet*")) == []
    write_long(course, ["hw1"], tmp_path / "long.csv")
