"""`homework regrade` says what a change in the tests changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from homework.commands.regrade import Parts, regrade
from homework.course import Course
from homework.course.cells import name_of
from homework.grading import Grader
from homework.results import RECEIPT, ExerciseResult, Receipt, Status, Verdict, read_receipt
from homework.submission.handin import Part, Submission
from tests.homework.gradebook.support import by_hand, grades


def test_regrading_says_what_changes_and_why(own: Course) -> None:
    """Nothing is written without `apply`, and scores from people never change."""
    by_hand(own, "bob", "warmup_a", 2.0, "well said")
    before = {path: path.read_bytes() for path in own.autograded.rglob("*") if path.is_file()}
    assert regrade(own, "hw1").changes == []
    with own.tests("hw1", "cross_corr_2d").open("a") as tests:
        tests.write('\n\ndef agree(*_, **__):\n    raise AssertionError("No.")\n')
    shutil.copyfile(own.submitted / "ada/hw1/hw1.ipynb", own.submitted / "blank/hw1/hw1.ipynb")
    done = regrade(own, "hw1", jobs=2)  # in processes of their own: this one has imported the tests already
    assert done.of == 5
    said = {change.student: change for change in done.changes}
    assert "eve" not in said, "an unreadable submission stays unreadable"
    ada = said["ada"]
    assert ada.now is not None
    assert ada.before == 42.5 > ada.now
    assert any("the tests changed" in why for why in ada.why)
    assert "the submission changed" not in ada.why
    assert "the submission changed" in said["blank"].why
    assert str(ada).startswith(f"ada: 42.5 → {ada.now:g}; cross_corr_2d 15 → {ada.now - 27.5:g}; because ")
    assert {path: path.read_bytes() for path in own.autograded.rglob("*") if path.is_file()} == before
    assert grades(own, "ada")["test_cross_corr_2d"][0] == 15.0
    judged = exercises(own, "ada")
    regrade(own, "hw1", apply=True, jobs=2)
    assert grades(own, "ada")["test_cross_corr_2d"][0] == ada.now - 27.5
    now = exercises(own, "ada")
    assert [name for name in now if now[name] != judged[name]] == ["cross_corr_2d"], (
        "the others were not judged again: not even the seconds differ"
    )
    notebook = json.loads((own.autograded / "ada/hw1/hw1.ipynb").read_text())
    (last,) = [cell for cell in notebook["cells"] if name_of(cell) == "test_learning_rate_labels"]
    assert "The form is right." in str(last["outputs"]), "all cells were run for those who read the notebook"
    assert grades(own, "bob")["warmup_a"] == (None, 2.0, 0.5, 0)
    assert regrade(own, "hw1", ["ada", "bob"], fresh=True, jobs=2).changes == []


def exercises(course: Course, student: str) -> dict[str, ExerciseResult]:
    """What the receipt of a student says of each exercise."""
    receipt = read_receipt(course.autograded / student / "hw1")
    assert receipt is not None
    return {exercise.name: exercise for exercise in receipt.exercises}


def changed_exercise(result: ExerciseResult, **fields: Any) -> ExerciseResult:
    """A result whose first test has other `fields`."""
    first = replace(result.tests[0], **fields)
    return replace(result, tests=[first, *result.tests[1:]])


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: replace(receipt, environment={**receipt.environment, "torch": "1.0"}),
        lambda receipt: replace(receipt, environment={**receipt.environment, "python": "3.1"}),
        lambda receipt: replace(receipt, submission=replace(receipt.submission, sha256="0" * 64)),
        lambda receipt: replace(receipt, submission=replace(receipt.submission, files={"a.bin": None})),
        lambda receipt: replace(receipt, status=Status.GRADER_FAULT),
        lambda receipt: replace(receipt, exercises=[replace(one, depends="") for one in receipt.exercises]),
        lambda receipt: replace(
            receipt,
            exercises=[
                changed_exercise(receipt.exercises[0], verdict=Verdict.TIMEOUT),
                *receipt.exercises[1:],
            ],
        ),
    ],
    ids=["torch", "python", "notebook", "files", "fault", "old receipt", "limit"],
)
def test_only_what_surely_holds_is_kept(own: Course, change: Callable[[Receipt], Receipt]) -> None:
    """Otherwise the whole submission is judged."""
    with own.tests("hw1", "cross_corr_2d").open("a") as tests:
        tests.write("\n")
    submission = Submission("ada", (own.submitted / "ada/hw1/hw1.ipynb").read_bytes())
    part = Parts(own, "hw1", all_cells=False).of(submission)
    assert part is not None
    assert part.exercises == {"cross_corr_2d"}
    assert {one.name for one in part.known} == set(exercises(own, "ada")) - {"cross_corr_2d"}
    receipt = read_receipt(own.autograded / "ada/hw1")
    assert receipt is not None
    (own.autograded / "ada/hw1" / RECEIPT).write_text(change(receipt).text())
    assert Parts(own, "hw1", all_cells=False).of(submission) is None


def test_nothing_is_kept_from_another_tier_of_the_sandbox(own: Course, grader: Grader) -> None:
    """In which a function may answer otherwise."""
    data = (own.submitted / "ada/hw1/hw1.ipynb").read_bytes()
    known = tuple(
        replace(one, seconds=1e9) for name, one in exercises(own, "ada").items() if name != "cross_corr_2d"
    )
    for tier, count in (grader.sandbox.tier, 3), ("another", 0):
        part = Part(frozenset({"cross_corr_2d"}), known, tier)
        (graded,) = grader.grade([Submission("ada", data, part=part)])
        assert [one.score for one in graded.result.exercises] == [one.max for one in graded.result.exercises]
        assert sum(one.seconds == 1e9 for one in graded.result.exercises) == count
