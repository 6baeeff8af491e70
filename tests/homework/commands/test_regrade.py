"""`homework regrade` says what a change in the tests changes."""

from __future__ import annotations

import shutil

from homework.commands.regrade import regrade
from homework.course import Course
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
    regrade(own, "hw1", apply=True, jobs=2)
    assert grades(own, "ada")["test_cross_corr_2d"][0] == ada.now - 27.5
    assert grades(own, "bob")["warmup_a"] == (None, 2.0, 0.5, 0)
    assert regrade(own, "hw1", ["ada", "bob"], jobs=2).changes == []
