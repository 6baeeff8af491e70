"""Marks leave as a spreadsheet and come back, after a dry run, or not at all."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from homework.course import Course
from homework.errors import UsageError
from homework.review import sheet
from homework.review.answers import ClassAnswers
from homework.review.edits import edit
from homework.review.marks import Reviews, Wanted
from homework.review.rows import Mark
from homework.review.rubric import Item
from tests.homework.review.support import in_formgrader, make_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "a course")


@pytest.fixture
def reviews(course: Course) -> Reviews:
    return Reviews(course, "hw1")


def lines(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def saved(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, sheet.HEADER, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_score_goes_out_and_another_comes_in(reviews: Reviews, course: Course, tmp_path: Path) -> None:
    seen = reviews.version(reviews.load()[0]["depth", "ada"])
    reviews.change("depth", "ada", seen, Wanted((1,), 0.5, "=1+1"), "gil")
    path = tmp_path / "marks.csv"
    assert sheet.export(reviews, path) == 10
    data = path.read_bytes()
    assert data.startswith(
        b"\xef\xbb\xbfquestion,key,student,version,score,max,items,comment,group,answer\r\n"
    )
    rows = lines(path)
    ada = next(row for row in rows if row["score"] == "1.5")
    assert (ada["student"], ada["items"], ada["comment"], ada["max"]) == ("", "1", "'=1+1", "2.5")
    assert sheet.read(reviews, path) == []
    ada |= {"score": "2,25", "items": "1;3"}
    (change,) = sheet.read(reviews, saved(path, rows, ";"))
    assert change.said == f"depth  {ada['key']}  1.5 → 2.25  (+item 3)  (adjusted by +0.5)"
    (change,) = sheet.read(
        reviews, saved(path, [*(row for row in rows if row is not ada), ada | {"score": ""}], ";")
    )
    assert change.said == f"depth  {ada['key']}  1.5 → 1.75  (+item 3)"
    assert reviews.load()[0]["depth", "ada"].mark.score == 1.5
    (change,) = sheet.read(reviews, saved(path, rows, ";"))
    sheet.apply(reviews, [change], "hal")
    mark = reviews.load()[0]["depth", "ada"].mark
    assert (mark.score, mark.items, mark.adjust, mark.comment) == (2.25, (1, 3), 0.5, "=1+1")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"score": "3"}, "its score '3' is not a number from 0 to 2.5"),
        ({"score": "nan"}, "not a number"),
        ({"items": "1,2"}, "depth has no item '1,2'; its items, with their points, are 1 .1., 2 "),
        ({"items": "9"}, ": write 1;2 for two of them, 0 for none"),
        ({"key": "0"}, "there is no answer depth 0"),
        ({"answer": "another"}, "answers cannot be changed here"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(
    reviews: Reviews, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    path = tmp_path / "marks.csv"
    sheet.export(reviews, path)
    rows = lines(path)
    rows[0] |= change
    with pytest.raises(UsageError, match=f"line .*{reason}"):
        sheet.read(reviews, saved(path, rows))


def test_a_mark_that_changed_since_is_a_conflict(reviews: Reviews, course: Course, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    sheet.export(reviews, path, names=True)
    rows = lines(path)
    ada = next(row for row in rows if row["student"] == "ada" and row["question"] == "depth")
    ada["score"] = "1"
    in_formgrader(course, "ada", "depth", 2.0)
    with pytest.raises(UsageError, match="a conflict: it was marked since the export: 2 now, 1 in the file"):
        sheet.read(reviews, saved(path, rows))


def test_an_emptied_score_needs_an_option(reviews: Reviews, course: Course, tmp_path: Path) -> None:
    in_formgrader(course, "ada", "depth", 2.0)
    path = tmp_path / "marks.csv"
    sheet.export(reviews, path)
    rows = lines(path)
    next(row for row in rows if row["score"] == "2")["score"] = ""
    assert sheet.read(reviews, saved(path, rows)) == []
    sheet.apply(reviews, sheet.read(reviews, path, clear=True), "gil")
    assert reviews.load()[0]["depth", "ada"].mark.score is None


def test_a_score_is_what_was_typed_where_items_sum_to_more_than_the_maximum(
    reviews: Reviews, tmp_path: Path
) -> None:
    edit(reviews, "depth", Item(1, 2.0, "Says so."), "gil", apply=True)
    path = tmp_path / "marks.csv"
    sheet.export(reviews, path)
    rows = lines(path)
    row = next(row for row in rows if row["question"] == "depth" and row["answer"].startswith("It needs"))
    row |= {"items": "1;2;3", "score": "2"}  # 3.5 of 2.5
    sheet.apply(reviews, sheet.read(reviews, saved(path, rows)), "gil")
    assert reviews.load()[0]["depth", "cyd"].mark.score == 2


def in_a_spreadsheet(text: str) -> str:
    """What a spreadsheet saves of a cell that it takes for a number, a date or a truth value."""
    if re.fullmatch(r"\d+/\d+", text):
        return "02-Jan"
    try:
        return text.upper() if text == "true" else f"{float(text):.5G}"
    except ValueError:
        return text


def test_what_looks_like_a_number_survives_a_spreadsheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"ada": "12345678e9", "bob": "0123456789", "cyd": "f000000000"}
    monkeypatch.setattr(ClassAnswers, "key", lambda _, student: keys[student])
    monkeypatch.setattr(Mark, "version", lambda *_: "123456789012")
    course = make_course(tmp_path / "course", {"ada": "0.50", "bob": "1/2", "cyd": "true"})
    reviews = Reviews(course, "hw1")
    in_formgrader(course, "ada", "depth", 2.0, "1/2")
    path = tmp_path / "marks.csv"
    sheet.export(reviews, path)
    rows = [{name: in_a_spreadsheet(value) for name, value in row.items()} for row in lines(path)]
    next(row for row in rows if row["question"] == "depth" and row["answer"].endswith("0.50"))["score"] = "1"
    (change,) = sheet.read(reviews, saved(path, rows))
    assert change.said == "depth  12345678e9  2 → 1"
    assert change.wanted.free == "1/2"


def test_empty_rows_are_skipped_and_a_quotation_mark_that_stays_open_is_told(
    reviews: Reviews, tmp_path: Path
) -> None:
    path = tmp_path / "marks.csv"
    sheet.export(reviews, path)
    text = path.read_text("utf-8-sig")
    path.write_text(f"{text}{',' * (len(sheet.HEADER) - 1)}\n")
    assert sheet.read(reviews, path) == []
    path.write_text(text + 'depth,"' + "x" * (csv.field_size_limit() + 1))
    with pytest.raises(UsageError, match=r"nothing was changed: after line .*is a quotation mark not closed"):
        sheet.read(reviews, path)


def test_an_import_is_taken_back_question_by_question(
    reviews: Reviews, course: Course, tmp_path: Path
) -> None:
    """Undo on the page of one question leaves the others' marks."""
    path = tmp_path / "marks.csv"
    sheet.export(reviews, path)
    rows = [row | {"score": "1"} if row["answer"] else row for row in lines(path)]
    changes = sheet.read(reviews, saved(path, rows))
    assert {change.row.question for change in changes} == {"depth", "width"}
    sheet.apply(reviews, changes, "hal")
    done, refused = reviews.undo("hal", "depth")
    assert {row.question for row in done} == {"depth"}
    assert (len(done), refused) == (len(changes) // 2, [])
    marks, _ = reviews.load()
    assert {row.mark.score for (question, _), row in marks.items() if question == "width"} == {1.0, None}
    assert {row.mark.score for (question, _), row in marks.items() if question == "depth"} == {None}
    assert reviews.undo("hal", "depth") == ([], [])
    assert len(reviews.undo("hal", "width")[0]) == len(changes) // 2
