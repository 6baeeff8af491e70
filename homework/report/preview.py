"""A feedback page for what is in no gradebook: how the page of an attempt would look."""

from __future__ import annotations

from pathlib import Path

from homework.course import Course
from homework.gradebook.scores import SubmissionScore
from homework.grading import GradedSubmission
from homework.report.feedback import _page
from homework.report.pages import write_page
from homework.submission.answers import Answers
from homework.untrusted.pictures import Pictures


def write_preview(course: Course, assignment: str, graded: GradedSubmission, page: Path) -> None:
    """Write the page that a student would get for `graded`, before anybody has marked anything."""
    result = graded.result
    answers = Answers.of(result, (cell for cell, _ in graded.cells), graded.states, Pictures())
    nothing = SubmissionScore(assignment, "", ("", "", ""))
    choices, published = course.choices(assignment), assignment in course.settings.published
    task = course.assignment(assignment)
    write_page(
        page, "feedback.html.j2", **_page(task, result.student, result, answers, nothing, choices, published)
    )
