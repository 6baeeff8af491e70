"""`grades.csv` contains what the gradebook contains, and is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.csv_fields import harmless
from homework.gradebook.database import open_gradebook
from homework.gradebook.export import _column, export_csv
from tests.homework.gradebook.support import by_hand


def test_grades_as_csv(own: Course, tmp_path: Path) -> None:
    """One row per student, quoted where needed; a person's score counts; nothing is a formula."""
    by_hand(own, "bob", "warmup_a", 1.5)
    with open_gradebook(own) as gradebook:
        gradebook.add_student("zoe", last_name='=HYPERLINK("http://example.org")', first_name="Zoë, Anna")
    export_csv(own, tmp_path / "grades.csv")
    with (tmp_path / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["ada", "blank", "bob", "eve", "mallory", "zoe"]
    bob = rows["bob"]
    assert (bob["warmup_a"], bob["warmup_b"], bob["manual"], bob["to_review"]) == ("2", "0", "2", "0")
    assert float(bob["total"]) == float(bob["cross_corr_2d"]) + 2
    assert (bob["max"], bob["status"]) == ("65", "graded")
    assert (rows["ada"]["warmup_a"], rows["ada"]["to_review"]) == ("", "9")
    assert rows["eve"]["status"] == "unreadable"
    assert "not a notebook" in rows["eve"]["notes"]
    assert rows["mallory"]["submitted"] == "2026-11-20 12:00:00.500000 UTC"
    assert rows["zoe"]["status"] == "missing"
    assert rows["zoe"]["last_name"].startswith("'=")
    assert rows["zoe"]["first_name"] == "Zoë, Anna"
    with pytest.raises(UsageError, match="no assignment"):
        export_csv(own, tmp_path / "grades.csv", ["hw9"])
    with pytest.raises(UsageError, match="cannot be written"):
        export_csv(own, tmp_path / "nowhere" / "grades.csv")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a; =1+1", "a;' =1+1"),
        ("a,@SUM(A1)", "a,'@SUM(A1)"),
        ("a\t+1", "a\t'+1"),
        ("a|-1+1", "a|'-1+1"),
        ("a\n=1", "a\n'=1"),
        ('a;"=1+1"', 'a;\'"=1+1"'),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\tx", "'\tx"),
        ("-1", "-1"),
        ("1e-06", "1e-06"),
        ("O'Connor-Smith; Jane", "O'Connor-Smith; Jane"),
    ],
)
def test_no_part_of_a_cell_is_a_formula(value: str, written: str) -> None:
    """Behind whatever separates cells, too; a number stays a number."""
    assert harmless(value) == written


def test_a_task_called_like_a_column_keeps_its_own() -> None:
    assert [_column(name) for name in ("max", "notes", "adder_layer")] == [
        "task max",
        "task notes",
        "adder_layer",
    ]
