"""`homework try`: one attempt, graded as a student's would be, with all that the student reads. Records nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from homework.course import Course
from homework.course.cells import name_of
from homework.errors import UsageError
from homework.grading import Grader
from homework.report.feedback import write_preview
from homework.results import Result, Status, Verdict
from homework.submission.answers import Answers
from homework.submission.handin import Part, Submission
from homework.submission.splice import splice
from homework.submission.template import Template
from homework.untrusted.pictures import Pictures


def attempt(course: Course, assignment: str, path: Path, page: Path) -> list[str]:
    """Grade a notebook, or a Python file that is put into the release, and write its `page`. Returns lines to print.

    Of a Python file only the exercises that it defines are graded.
    """
    template = Template.load(course.assignment(assignment).released_notebook)
    if not path.is_file():
        raise UsageError(f"{path} does not exist")
    part = None
    if path.suffix == ".py":
        notebook = splice(template, path.read_text("utf-8", "replace"))
        part = Part(frozenset(_changed(template, notebook)))
        submission = Submission(path.stem, json.dumps(notebook).encode(), part=part)
    else:
        hands_in = course.assignment(assignment).hands_in
        submission = Submission.of_file(path.stem, path, hands_in=hands_in)
    with Grader(course, assignment) as grader:
        (graded,) = grader.grade([submission])
    answers = Answers.of(graded.result, (cell for cell, _ in graded.cells), graded.states, Pictures())
    write_preview(course, assignment, graded.result, answers, page, part.exercises if part else None)
    return [*_told(graded.result), f"the student's page: {page}"]


def _changed(template: Template, notebook: dict[str, Any]) -> set[str]:
    """The exercises whose cells differ from the release."""
    before = {name_of(cell): "".join(cell["source"]) for cell in template.notebook["cells"]}
    after = {name_of(cell): "".join(cell["source"]) for cell in notebook["cells"]}
    return {name for name in template.exercises if before.get(name) != after.get(name)}


def _told(result: Result) -> list[str]:
    """Each test with what it says."""
    lines = [] if result.status is Status.GRADED else [f"{result.status}: {result.reason}"]
    lines += [f"note: {note}" for note in result.submission.notes]
    for exercise in result.exercises:
        lines.append(f"{exercise.name}: {exercise.score:g} of {exercise.max:g} points")
        for test in exercise.tests:
            sign = "·" if test.verdict is Verdict.PASSED else "x"
            said = f": {test.message}" if test.message else ""
            named = f" [{test.misconception}]" if test.misconception else ""
            verdict = "" if test.verdict in (Verdict.PASSED, Verdict.FAILED) else f" ({test.verdict})"
            lines.append(f"  {sign} {test.name}, {test.points:g} points{verdict}{named}{said}")
    return lines
