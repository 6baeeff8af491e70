"""`homework feedback --preview`: the page that a student would read for a notebook, without recording anything."""

from __future__ import annotations

from pathlib import Path

from homework.course import Course
from homework.gradebook.notebook import NotebookBuilder
from homework.gradebook.prepared import prepared
from homework.grading import Grader
from homework.report.feedback import write_preview
from homework.results import Receipt
from homework.submission.answers import Answers
from homework.submission.handin import submissions_of


def preview(course: Course, assignment: str, notebook: Path, output: Path | None) -> Path:
    """Grade `notebook` and write its page, by default next to the notebook."""
    task = course.assignment(assignment)
    submissions = submissions_of([notebook], assignment, task.hands_in)
    with Grader(course, assignment) as grader:
        (graded,) = grader.grade(submissions[:1])
    one = prepared(NotebookBuilder(task), graded)
    path = output or notebook.with_suffix(".feedback.html")
    return write_preview(course, assignment, Receipt.from_json(one.receipt), Answers.parse(one.typed), path)
