"""Late penalties follow due dates, extensions and marks that change after the grading. No code of students runs."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any

import pytest

from homework.commands import regrade as regrading
from homework.commands.autograde import autograde
from homework.course import Course
from homework.course.policy import LatePolicy, late_policies
from homework.errors import CourseError
from homework.gradebook import database
from homework.gradebook.database import open_gradebook
from homework.gradebook.export import export_csv
from homework.gradebook.late import shown_time
from homework.gradebook.record import Recorder
from homework.gradebook.scores import scores_of
from homework.lms.grades import totals
from homework.report.feedback import write_feedback
from tests.homework.gradebook.support import by_hand

ZERO = """
c.AssignLatePenalties.plugin_class = "nbgrader.plugins.latesubmission.LateSubmissionPlugin"
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def due(course: Course, date: datetime | None) -> None:
    with open_gradebook(course) as gradebook:
        gradebook.find_assignment("hw1").duedate = date
        gradebook.db.commit()


@pytest.fixture
def late(own: Course) -> Course:
    """Late is zero; mallory handed in two hours late, and was graded so."""
    with (own.root / "nbgrader_config.py").open("a") as config:
        config.write(ZERO)
    due(own, datetime(2026, 11, 20, 10))
    with Recorder(own, "hw1") as recorder:
        recorder.bring_penalties_up_to_date()
    return own


def row(course: Course, student: str = "mallory") -> dict[str, str]:
    """The student's row of the exported file."""
    path = course.root / "grades.csv"
    export_csv(course, path, ["hw1"])
    with path.open(newline="", encoding="utf-8") as file:
        return next(row for row in csv.DictReader(file) if row["student"] == student)


def page(course: Course, student: str = "mallory") -> str:
    (path,) = write_feedback(course, "hw1", [student])
    return path.read_text()


def recorded(course: Course, student: str = "mallory") -> float:
    """The penalty in the gradebook, as nbgrader's pages show it."""
    return scores_of(course, "hw1")[student].penalty


def test_the_due_date_moves(late: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Export and page follow at once, autograde writes it down and says so; nobody is graded again."""
    assert recorded(late) > 0
    assert (row(late)["total"], float(row(late)["late_penalty"])) == ("0", recorded(late))
    assert "Handed in late" in page(late)
    due(late, datetime(2026, 11, 21))
    assert row(late)["late_penalty"] == "0"
    assert float(row(late)["total"]) > 0
    assert "Handed in late" not in page(late)
    autograde(late, "hw1")
    said = capsys.readouterr().out
    assert "hw1: 0 graded, 5 unchanged" in said
    assert "hw1: due 2026-11-21 00:00 UTC" in said
    assert "0 of 5 handed in late" in said
    assert "mallory: late penalty 42.5 → 0, total 0 → 42.5; because it is on time now: the due date" in said
    assert recorded(late) == 0
    autograde(late, "hw1")
    assert "late penalty" not in capsys.readouterr().out


def test_a_due_date_set_after_the_grading(late: Course, capsys: pytest.CaptureFixture[str]) -> None:
    due(late, None)
    autograde(late, "hw1")
    assert "due" not in capsys.readouterr().out.replace("the due date", "")
    due(late, datetime(2026, 11, 20, 11, 30))
    autograde(late, "hw1")
    assert (
        "mallory: late penalty 0 → 42.5, total 42.5 → 0; because it is 0.5 hours late"
        in capsys.readouterr().out
    )


def test_an_extension_given_later(late: Course) -> None:
    with open_gradebook(late) as gradebook:
        gradebook.grant_extension("hw1", "mallory", hours=3)
    assert row(late)["late_penalty"] == "0"
    with Recorder(late, "hw1") as recorder:
        assert [change.student for change in recorder.bring_penalties_up_to_date()[1]] == ["mallory"]
    assert recorded(late) == 0


def test_marks_given_later_change_a_penalty_that_depends_on_them(late: Course) -> None:
    """Late is zero, also for the points that people give; the same for points that they take off."""
    by_hand(late, "mallory", "warmup_a", 2.0)
    assert row(late)["total"] == "0"
    assert float(row(late)["late_penalty"]) == 45.0
    assert "−45" in page(late)
    with Recorder(late, "hw1") as recorder:
        (change,) = recorder.bring_penalties_up_to_date()[1]
    assert (change.before, change.now, change.total_before, change.total) == (42.5, 45.0, 2.5, 0.0)
    assert recorded(late) == 45.0


def test_regrade_lists_it(late: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its reason, and writes it with `apply` only. The results are those of the first grading."""
    monkeypatch.setattr("homework.pool.Pool.grade", lambda *_: None)
    due(late, datetime(2026, 11, 21))
    (change,) = regrading.regrade(late, "hw1").late
    assert str(change).startswith("mallory: late penalty 42.5 → 0, total 0 → 42.5; because ")
    assert recorded(late) == 42.5
    assert len(regrading.regrade(late, "hw1", apply=True).late) == 1
    assert recorded(late) == 0
    assert regrading.regrade(late, "hw1").late == []


def test_a_plugin_that_fails_leaves_the_penalty_as_it_was(late: Course) -> None:
    """It is said in the notes, and the class is exported all the same."""
    with (late.root / "nbgrader_config.py").open("a") as config:
        config.write('c.AssignLatePenalties.plugin_class = "broken_late.Broken"\n')
    (late.root / "broken_late.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n\n\n"
        "class Broken(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student_id, score, seconds):\n"
        "        raise KeyError(4)\n"
    )
    database._config.cache_clear()  # a process reads the configuration once
    again = Course(late.root)
    assert row(again)["late_penalty"] == "42.5"
    assert "cannot be computed: c.AssignLatePenalties.plugin_class raised KeyError: 4" in row(again)["notes"]
    assert "raised KeyError: 4" in totals(again, "hw1", partial=True)["mallory"].waits  # nothing for Canvas
    assert row(again, "ada")["notes"] == ""


def test_times_are_shown_in_utc_and_as_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    noon = datetime(2026, 12, 2, 12)
    for zone, said in {
        "UTC": "2026-12-02 12:00 UTC",
        "America/Los_Angeles": "2026-12-02 12:00 UTC, 2026-12-02 04:00 PST on this machine",
    }.items():
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert shown_time(noon) == said
    monkeypatch.undo()
    time.tzset()


def test_without_a_plugin_there_is_no_penalty(own: Course) -> None:
    due(own, datetime(2026, 11, 20, 10))
    assert row(own)["late_penalty"] == "0"


@pytest.mark.parametrize(
    ("policy", "seconds", "points"),
    [
        ({}, 1, 3.0),  # a tenth of 30 for a day that has begun
        ({}, 86_401, 6.0),
        ({"grace_minutes": 10}, 600, 0.0),
        ({"grace_minutes": 10}, 601, 3.0),
        ({"grace_minutes": 10}, 86_400 + 600, 3.0),
        ({"of": "max"}, 1, 5.0),
        ({"most": 0.5}, 86_400 * 30, 15.0),
        ({"of": "max"}, 86_400 * 30, 30.0),  # never more than there is
        ({"days_counted": "full"}, 86_399, 0.0),
        ({"days_counted": "exact"}, 43_200, 1.5),
    ],
)
def test_a_policy(policy: dict[str, Any], seconds: float, points: float) -> None:
    assert LatePolicy(**policy).late_submission_penalty(30.0, 50.0, seconds) == pytest.approx(points)


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ({"per_week": 1}, "has 'per_week', which does not exist"),
        ({"per_day": 10}, "a share of the points, from 0 to 1"),
        ({"per_day": -0.1}, "a number that is not negative"),
        ({"of": "half"}, "must be one of 'total', 'max'"),
    ],
)
def test_a_policy_that_cannot_be_one(policy: dict[str, Any], says: str) -> None:
    with pytest.raises(CourseError, match=says):
        late_policies("nbgrader_config.py", {"hw1": policy})


@pytest.mark.parametrize("late", [{"per_day": 0.1}, {"hw1": 0.1}, 0.1])
def test_a_policy_of_no_assignment_is_refused_with_an_example(own: Course, late: object) -> None:
    with (own.root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Homework.late = {late}\n")
    with pytest.raises(CourseError, match=r'must have a policy for each .*\{"\*": \{"per_day": 0.1\}\}'):
        Course(own.root).settings  # noqa: B018


def test_the_configurations_policy_follows_marks_and_dates(own: Course) -> None:
    """A tenth of the total (42.5, then 45.5) for two hours; more points cost more, and a later due date nothing."""
    with (own.root / "nbgrader_config.py").open("a") as config:
        config.write('c.Homework.late = {"*": {"per_day": 0.1}, "hw2": {"per_day": 1.0}}\n')
    course = Course(own.root)
    due(course, datetime(2026, 11, 20, 10))
    assert (row(course)["late_penalty"], row(course)["total"]) == ("4.25", "38.25")
    by_hand(course, "mallory", "warmup_a", 2.5)
    assert (row(course)["late_penalty"], row(course)["total"]) == ("4.55", "40.95")
    with Recorder(course, "hw1") as recorder:
        recorder.bring_penalties_up_to_date()
    assert recorded(course) == pytest.approx(4.55)
    due(course, datetime(2026, 11, 21))
    assert row(course)["late_penalty"] == "0"


def test_late_without_a_time_is_listed_and_costs_nothing(own: Course) -> None:
    folder = own.submitted / "mallory" / "hw1"
    (folder / "timestamp.txt").unlink()
    (folder / "lms.json").write_text('{"late": true}')
    due(own, datetime(2026, 11, 20, 10))
    assert "late, as its system says, which gives no time" in row(own)["notes"]
    (folder / "lms.json").write_text("[")
    assert "late, as" not in row(own)["notes"]
