"""A homework's way through the term as people go it, in real browsers: from the release to the feedback page.

One account plays instructor and student, since nbgrader's exchange takes a student's name from the account.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from nbgrader.utils import get_username

from homework.course import Course
from homework.gradebook.scores import scores_of
from tests.homework.attacks.browser import CHROMIUM, Browser
from tests.homework.lab import Formgrader, Lab
from tests.homework.servers import serving, students_lab
from tests.homework.support import copy_course, run_homework

# The examples in the notebook do not find this: the two labels of rates that are too large are exchanged.
WRONG = 'learning_rate_labels = {"A": "very high", "B": "low", "C": "high", "D": "optimal"}'
NAMED = "You have the two rates that are too large the wrong way round."


@pytest.fixture
def with_exchange(tmp_path: Path) -> tuple[Course, str]:
    """A course that hands out and collects through nbgrader's exchange, and a student's configuration for it."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    config = f"c.CourseDirectory.course_id = 'eep590'\nc.Exchange.root = {str(exchange)!r}\n"
    course = copy_course(tmp_path / "my course")
    with (course.root / "nbgrader_config.py").open("a") as settings:
        settings.write(f"\n{config}")
    return course, f"c = get_config()\n{config}"


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the pages with")
def test_a_homework_from_release_to_feedback(
    with_exchange: tuple[Course, str], references: dict[str, str], tmp_path: Path
) -> None:
    """The instructor's and the student's windows are two browsers; both ask no other server than their own."""
    course, config = with_exchange
    student = get_username()
    with (
        serving(course) as server,
        students_lab(tmp_path / "student", config) as lab_server,
        Browser(tmp_path / "instructor's", offline=True) as office,
        Browser(tmp_path / "student's", offline=True) as home,
    ):
        # The instructor generates and releases.
        formgrader = Formgrader(office, server)
        assert "Successfully created the student version" in formgrader.press("assign", "hw1")
        assert "Successfully released" in formgrader.press("release", "hw1")

        # The student fetches, fills cells, validates, and submits.
        lab = Lab(home, lab_server)
        lab.assignments()
        lab.press("Fetch", "document.querySelector('.assignment-notebooks-link')")
        lab.open("hw1")
        for name in ("cross_corr_2d", "spatial_batchnorm_forward", "spatial_batchnorm_backward"):
            lab.fill(f"def {name}(", references[name])
        lab.fill("YOUR ANSWER HERE", "Later layers compose what earlier ones found: $f(g(x))$.")
        lab.fill("YOUR ANSWER HERE", "Gradients vanish.")
        lab.fill("# One line of this form:", WRONG)
        lab.save()
        said = lab.validate()
        assert said.count("You did not provide a response.") == 7, said  # seven questions are left
        assert said.count("The following cell failed:") == 7, said
        lab.assignments()
        lab.press("Submit", "document.querySelector('#submitted_assignments_list .nested_list_item')")

        # The instructor collects and grades, with Formgrader's buttons.
        assert f"Collecting submission: {student} hw1" in formgrader.press("collect", "hw1")
        formgrader.open("/manage_submissions/hw1")
        assert "needs autograding" in formgrader.row(student)
        said = formgrader.press("autograde", student)
        assert f"{student}: 41.25 of 42.5 points, 2 answers to review" in said
        office.wait("document.querySelector('td.status').innerText.trim() === 'needs manual grading'")

        # A grader marks one answer in Formgrader, and another on the review page.
        formgrader.open("/gradebook/hw1/hw1")
        formgrader.mark("Submission #1")
        office.click("document.querySelector('#warmup_a')", "document.activeElement.id === 'warmup_a'")
        office.type("1.5")
        office.press("Tab", 9)
        office.type("Say which functions need depth.")
        office.press("Tab", 9)
        office.wait("formgrader.grades.findWhere({name: 'warmup_a'}).get('manual_score') === 1.5")
        office.open(f"{server.base}/review/?token={server.token}")
        office.type("gil")
        office.strike("Enter")
        office.wait("document.querySelector('a[href$=\"hw1/warmup_b\"]')")
        office.click(
            "document.querySelector('a[href$=\"hw1/warmup_b\"]')", "document.querySelector('.current')"
        )
        office.strike("1", "c")
        office.type("Why do they vanish?")
        office.strike("Escape")
        office.wait(
            "document.querySelector('.current .state').dataset.graded === '1' && !document.querySelector('.unsaved')"
            " && !Object.keys(sessionStorage).some(key => key.startsWith('homework-draft'))"
        )

        # Both pages show both marks, and the gradebook has them.
        office.open(f"{server.base}/review/hw1/warmup_a", "document.querySelector('.current')")
        assert office.value("document.querySelector('.current .score').textContent") == "1.5"
        comment = "document.querySelector('.current textarea').value"
        assert office.value(comment) == "Say which functions need depth."
        formgrader.open("/gradebook/hw1/hw1")
        assert "43.75 / 65" in formgrader.row("Submission #1")
        formgrader.mark("Submission #1")
        office.wait("document.querySelector('#warmup_b').value === '1'")
        assert "Why do they vanish?" in office.value("document.querySelector('#warmup_b-comment').value")
        scores = scores_of(course, "hw1")[student]
        assert {name: scores.cells[name].manual for name in ("warmup_a", "warmup_b")} == {
            "warmup_a": 1.5,
            "warmup_b": 1.0,
        }
        assert not any(cell.review for cell in scores.cells.values())

        # The instructor writes and returns the feedback, and the student reads it.
        written = run_homework("feedback", "hw1", course=course.root)
        assert written.returncode == 0, written.stderr
        formgrader.open("/manage_assignments")
        assert "Successfully released feedback" in formgrader.press("release-feedback", "hw1")
        lab.assignments()
        lab.press("Fetch Feedback", Lab.FEEDBACK)
        page = lab.view_feedback("hw1.html")
        for text in ("43.75 of 65 points", NAMED, "Say which functions need depth.", "Why do they vanish?"):
            assert text in page
    for browser, own in ((office, server), (home, lab_server)):
        assert browser.dialogs == []
        asked = {urlsplit(one).netloc for one in browser.requests if one.startswith(("http", "ws"))}
        assert asked == {urlsplit(own.base).netloc}
