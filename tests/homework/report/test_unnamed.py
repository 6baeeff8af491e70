"""Wrong answers that nobody has named yet: grouped by what was answered, shown with one's code, and named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from homework.cli import main
from homework.commands.name import name_group
from homework.course import Course
from homework.errors import UsageError
from homework.judge.banks.known import read_known
from homework.report.classes import report, write_report
from homework.report.feedback import write_feedback
from tests.homework.report.support import OTHERS, RECORDED, ending, result
from tests.homework.review.support import make_course

ONE, OTHER = "1" * 32, "2" * 32
TWO_FILES = "from homework.judge import misconception, variant\n\n\n"


def failed(course: Course, student: str, answers: str, message: str = "Differs.") -> None:
    """Record that a student failed a test with these answers."""
    test = {**ending("wide", "failed", 2, message), **({"answers": answers} if answers else {})}
    folder = course.autograded / student / "hw1"
    (folder / "receipt.json").write_text(
        json.dumps({**result(student, [test, *OTHERS]), "recorded": RECORDED})
    )
    typed = json.loads((folder / "answers.json").read_text())
    typed["code"]["correlate"] = {
        "state": "answered",
        "source": f"def correlate(X, K):\n    return '<i>{student}'",
    }
    (folder / "answers.json").write_text(json.dumps(typed))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Ada, bob and cyd answer alike, whatever they were told; dan and eve each in their own way."""
    course = make_course(tmp_path / "a course")
    for student, answers in {"ada": ONE, "bob": ONE, "cyd": ONE, "dan": OTHER, "eve": "3" * 32}.items():
        failed(course, student, answers, f"For {student}.")
    bank = course.root / "solutions" / "hw1" / "correlate"
    bank.mkdir(parents=True)
    (bank / "reference.py").write_text("def correlate(X, K):\n    return 0\n")
    for name, mark in (("variants", "@variant"), ("misconceptions", "@misconception('No.')")):
        (bank / f"{name}.py").write_text(f"{TWO_FILES}{mark}\ndef {name}(X, K):\n    return 0\n")
    return course


def test_students_who_answer_alike_are_shown_with_the_code_of_one(course: Course) -> None:
    (group,) = report(course, "hw1").unnamed
    assert (group.students, group.tests, group.answers) == (
        ["ada", "bob", "cyd"],
        ["test_wide"],
        {"test_wide": ONE},
    )
    page = write_report(course, "hw1").read_text()
    assert f"group <code>{group.group}</code>, 3 students" in page
    assert "&lt;i&gt;ada" in page and "&lt;i&gt;bob" not in page and "<i>" not in page
    for feedback in write_feedback(course, "hw1"):
        assert ONE not in feedback.read_text() and group.group not in feedback.read_text()


def test_a_group_is_named_with_a_sentence(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command, which lists the groups, asks for the sentence and writes no word of a student."""
    monkeypatch.setenv("HOMEWORK_COURSE", str(course.root))
    listed = CliRunner().invoke(main, ["name", "hw1"]).output
    assert re.search(r"^correlate/[0-9a-f]{8}  3 students  For ada\.$", listed, re.MULTILINE)
    assert listed.count("  1 student  ") == 2
    group = listed.split()[0]
    said = CliRunner().invoke(main, ["name", "hw1", group], input='The "kernel" is turned\\around.\n')
    assert said.exit_code == 0, said.output
    assert "the_kernel_is_turned_around in solutions/hw1/correlate/named.toml: 3 students" in said.output
    folder = course.solutions("hw1", "correlate")
    (entry,) = read_known(folder)
    assert (entry.sentence, entry.answers) == ('The "kernel" is turned\\around.', {"test_wide": ONE})
    assert not any(student in (folder / "named.toml").read_text() for student in ("ada", "bob", "<i>"))
    assert (
        course.deciding_files("hw1", course.assignment("hw1").exercises["correlate"])[-1].name == "named.toml"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ffffffff", "A long enough sentence."), "there is no group 'ffffffff'; there are: correlate/"),
        (("", "A long enough sentence."), "there is no group ''"),
        (("{group}", "short"), "write 10 to 600 characters"),
        (("{group}", "A long enough sentence.", "misconceptions"), "'misconceptions' is taken or no name"),
        (("{group}", "A long enough sentence.", "not a name"), "is taken or no name"),
    ],
)
def test_what_cannot_be_named(course: Course, arguments: tuple[str, ...], says: str) -> None:
    (one,) = report(course, "hw1").unnamed
    with pytest.raises(UsageError, match=says):
        name_group(course, "hw1", *(part.replace("{group}", one.group) for part in arguments))
    assert read_known(course.solutions("hw1", "correlate")) == []


def test_older_receipts_are_grouped_by_what_was_said(course: Course) -> None:
    """They have no digests, so they cannot be named before they are graded again."""
    for student in ("ada", "bob"):
        failed(course, student, "", "Off by one.")
    groups = report(course, "hw1").unnamed
    assert [(one.students, one.group) for one in groups] == [(["ada", "bob"], "")]
