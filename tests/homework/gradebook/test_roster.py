"""Students who are nearly the same, on no roster, or gone, are told apart after grading."""

from __future__ import annotations

import csv
import shutil
import unicodedata

import pytest

from homework.commands.autograde import autograde
from homework.course import Course
from homework.gradebook.database import open_gradebook
from homework.gradebook.export import export_csv
from homework.gradebook.roster import odd_students
from homework.gradebook.scores import SubmissionScore


def student(name: str, *, graded: bool = True, roster: bool = False) -> SubmissionScore:
    one = SubmissionScore("hw1", name, ("L", "F", "") if roster else ("", "", ""))
    one.handed_in = graded
    return one


@pytest.mark.parametrize(
    ("folder", "listed"),
    [
        ("ada", "Ada"),
        (unicodedata.normalize("NFD", "ren\xe9"), "ren\xe9"),
        ("rene", "ren\xe9"),
        ("ada.lovelace", "ada_lovelace"),
        ("ada", "ada@example.org"),
    ],
)
def test_nearly_the_same_name_on_the_roster(folder: str, listed: str) -> None:
    """Capitals, forms of Unicode, accents, punctuation, an address."""
    said = list(odd_students([student(folder), student(listed, graded=False, roster=True)], {folder}))
    assert len(said) == 1
    assert said[0].startswith(f"{folder} is graded and not on the roster, where there is {listed}: rename")


def test_who_is_on_no_roster_and_who_is_gone() -> None:
    scores = [student("ada", roster=True), student("bob"), student("cy", roster=True)]
    roster, same, gone = odd_students(scores, {"ada", "bob", "Bob"})
    assert roster == "graded, but not on the roster: bob"
    assert same == "these folders in submitted/ may be of one student: Bob, bob"
    assert gone.startswith(
        "graded earlier, but nothing is in submitted/ now: cy. To remove one: `nbgrader db student"
    )
    assert gone.endswith("remove cy --force`, and delete autograded/cy and feedback/cy")
    assert list(odd_students(scores, None)) == ["graded, but not on the roster: bob"]
    assert list(odd_students([student("ada"), student("bob")], {"ada", "bob"})) == [], "there is no roster"


def test_a_folder_renamed_after_grading_is_told(own: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """By autograde, and in the notes of the exported file."""
    shutil.rmtree(own.submitted / "bob")
    with open_gradebook(own) as gradebook:
        gradebook.add_student("Ada", first_name="Ada", last_name="L")
    autograde(own, "hw1")
    said = capsys.readouterr().out
    assert (
        "nothing is in submitted/ now: bob. To remove one: `nbgrader db student remove bob --force`" in said
    )
    assert "ada is graded and not on the roster, where there is Ada" in said
    path = own.root / "grades.csv"
    export_csv(own, path)
    with path.open(newline="", encoding="utf-8") as file:
        notes = {row["student"]: row["notes"] for row in csv.DictReader(file)}
    assert notes["bob"] == "nothing of this student is in submitted/ now"
    assert (notes["ada"], notes["Ada"]) == ("", "")
