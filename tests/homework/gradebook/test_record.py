"""What is recorded for a graded submission, and what stays when it is graded again."""

from __future__ import annotations

import copy
import json
import sqlite3
import subprocess
import sys

import pytest
from msgspec.structs import replace

from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.database import open_gradebook
from homework.gradebook.record import Recorder
from homework.grading import GradedSubmission
from homework.results import Receipt, Status, read_receipt
from homework.submission.files import HandedIn, submissions
from tests.homework.gradebook.support import again, by_hand, grades, named
from tests.homework.support import ROOT


def test_the_gradebook_holds_what_the_grader_said(recorded_course: Course) -> None:
    """Exercises have their points; answers wait for a person; a blank answer is zero and does not wait."""
    ada, bob, blank = (grades(recorded_course, student) for student in ("ada", "bob", "blank"))
    assert ada["test_cross_corr_2d"] == (15.0, None, None, 0)
    assert ada["warmup_a"] == (None, None, None, 1)
    assert 0 < bob["test_cross_corr_2d"][0] < 15
    assert (bob["warmup_a"], bob["warmup_b"]) == ((None, None, None, 1), (0.0, None, None, 0))
    assert set(blank.values()) == {(0.0, None, None, 0)}


def test_what_cannot_be_read_is_zero_and_waits_for_a_person(recorded_course: Course) -> None:
    """All of it; Formgrader shows the empty notebook with the reason on top."""
    assert set(grades(recorded_course, "eve").values()) == {(0.0, None, None, 1)}
    notebook = json.loads((recorded_course.autograded / "eve" / "hw1" / "hw1.ipynb").read_text())
    assert "could not be read" in notebook["cells"][0]["source"]
    assert "not a notebook" in notebook["cells"][0]["source"]
    assert named(notebook, "warmup_a")["source"] == "YOUR ANSWER HERE"


def test_a_fault_of_the_grader_is_never_a_zero(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """No score, flagged for a person; a later grading corrects it."""
    fault = copy.deepcopy(graded["ada"])
    fault.result = replace(fault.result, status=Status.GRADER_FAULT, reason="the sandbox broke")
    again(own, fault)
    assert grades(own, "ada")["test_cross_corr_2d"] == (None, None, None, 1)
    again(own, graded["ada"])
    assert grades(own, "ada")["test_cross_corr_2d"] == (15.0, None, None, 0)


def test_the_receipt_is_the_result_and_how_it_was_recorded(
    recorded_course: Course, graded: dict[str, GradedSubmission]
) -> None:
    """Next to the notebook, with the names of the published schema."""
    receipt = read_receipt(recorded_course.autograded / "ada" / "hw1")
    assert receipt is not None
    how = receipt.recorded
    assert receipt == Receipt.of(graded["ada"].result, how)
    assert set(how.answers) >= {"warmup_a", "cross_corr_2d"}
    assert how.by.startswith("homework ")


def test_grading_again_keeps_what_people_gave(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """Manual scores, extra credit and comments stay, and no second review is requested."""
    by_hand(own, "ada", "warmup_a", 2.0, "well said")
    by_hand(own, "ada", "test_cross_corr_2d", 14.0, "but slow")
    again(own, graded["ada"])
    assert grades(own, "ada")["warmup_a"] == (None, 2.0, 0.5, 0)
    assert grades(own, "ada")["test_cross_corr_2d"] == (15.0, 14.0, 0.5, 0)
    with open_gradebook(own) as gradebook:
        assert gradebook.find_comment("warmup_a", "hw1", "hw1", "ada").comment == "well said"
        assert gradebook.find_submission("hw1", "ada").score == pytest.approx(2.5 + 14.5 + 15 + 10 + 2.5)


def test_another_answer_asks_for_a_person_again(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """The score stays until that person changes it."""
    by_hand(own, "ada", "warmup_a", 2.0)
    by_hand(own, "ada", "warmup_b", 1.0)
    by_hand(own, "ada", "test_cross_corr_2d", 14.0)
    again(own, graded["ada"], warmup_a="Something else.", cross_corr_2d="def cross_corr_2d(X, K): ...")
    assert grades(own, "ada")["warmup_a"] == (None, 2.0, 0.5, 1)
    assert grades(own, "ada")["warmup_b"] == (None, 1.0, 0.5, 0)
    assert grades(own, "ada")["test_cross_corr_2d"] == (15.0, 14.0, 0.5, 1)


def test_an_interrupted_recording_is_done_again(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """A receipt with a new one next to it does not count; nothing stays half-written."""
    folder = own.autograded / "ada" / "hw1"
    (folder / "receipt.json.new").write_text("{")
    assert read_receipt(folder) is None
    again(own, graded["ada"])
    assert read_receipt(folder) is not None
    left = ["answers.json", "hw1.ipynb", "receipt.json"]
    assert sorted(path.name for path in folder.iterdir()) == left


def test_a_database_that_fails_leaves_files_as_they_were(
    own: Course, graded: dict[str, GradedSubmission]
) -> None:
    """One transaction: all rows, or none and the old notebook."""
    notebook = own.autograded / "ada" / "hw1" / "hw1.ipynb"
    before = notebook.read_bytes()
    with sqlite3.connect(own.root / "gradebook.db") as connection:
        connection.execute(
            "CREATE TRIGGER t BEFORE UPDATE ON comment BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    connection.close()
    scores = grades(own, "ada")
    other = copy.deepcopy(graded["bob"])
    other.result = replace(other.result, student="ada")
    with pytest.raises(CourseError, match=r"gradebook sqlite.*disk full"):
        again(own, other)
    assert grades(own, "ada") == scores
    assert notebook.read_bytes() == before
    assert read_receipt(notebook.parent) is None  # so that the next run settles it


def test_late_points_are_those_of_nbgraders_plugin(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """The time is what timestamp.txt says; an extension counts; nonsense is not a time, and is noted."""
    with (own.root / "nbgrader_config.py").open("a") as config:
        config.write('c.AssignLatePenalties.plugin_class = "late.Hourly"\n')
    (own.root / "late.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n\n\n"
        "class Hourly(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student_id, score, seconds):\n"
        "        return seconds / 3600\n"
    )
    with open_gradebook(own) as gradebook:
        gradebook.update_or_create_assignment("hw1", duedate="2026-11-20 10:00:00.5 UTC")
    mallory, ada = submissions(own, "hw1", ["mallory", "ada"])[::-1]
    (own.submitted / "ada" / "hw1" / "timestamp.txt").write_text("<b>soon</b>")
    with Recorder(own, "hw1") as recorder:
        recorder.record(copy.deepcopy(graded["mallory"]), mallory)
        recorder.record(copy.deepcopy(graded["ada"]), ada)
    with open_gradebook(own) as gradebook:
        assert gradebook.find_submission("hw1", "mallory").late_submission_penalty == pytest.approx(2.0)
        assert gradebook.find_submission("hw1", "ada").late_submission_penalty == 0
    banner = json.loads((own.autograded / "ada" / "hw1" / "hw1.ipynb").read_text())["cells"][0]["source"]
    assert "timestamp.txt does not contain a time" in banner.replace("\\", "")


def test_a_second_grader_says_so_and_stops(own: Course) -> None:
    """In another process and in this one; once the first has ended, the next one can start."""
    script = "import sys; from homework.gradebook.lock import only_writer; from pathlib import Path\n"
    script += "with only_writer(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    arguments = [sys.executable, "-c", script, str(own.autograded)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(CourseError, match=rf"another grader \(process {first.pid}\)"),
            Recorder(own, "hw1"),
        ):
            pass
        first.kill()
    with Recorder(own, "hw1"), pytest.raises(CourseError, match="another grader"), Recorder(own, "hw1"):
        pass


def test_odd_students_are_recorded(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """Names that are not text, or look like markup, work like any others."""
    with Recorder(own, "hw1") as recorder:
        for student in ("ivo\\xff", "éva <b>", "-rf", "*"):
            one = copy.deepcopy(graded["blank"])
            one.result = replace(one.result, student=student)
            recorder.record(one, HandedIn(student, None, None))
    for student in ("ivo\\xff", "éva <b>", "-rf", "*"):
        assert len(grades(own, student)) == 13
