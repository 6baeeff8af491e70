"""A class's written answers in a real gradebook, made without grading anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbgrader import api
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from homework.course import Course
from homework.gradebook.database import open_gradebook
from homework.submission.answers import Answers
from homework.submission.rebuild import State
from homework.submission.template import NotebookCell
from homework.untrusted.pictures import Pictures
from tests.homework.report.support import OTHERS, RECORDED, cell, notebook, read, result

SCHEME = "### BEGIN MARK SCHEME\n- (1 point) Says so.\n- (0.75 points) Says why.\n- (0.75 points) Names one.\n### END MARK SCHEME"
CELLS = [
    cell("markdown", "# Homework 1: Correlation", "intro"),
    cell(
        "code",
        "def correlate(X, K):\n    raise NotImplementedError()",
        "correlate",
        solution=True,
        locked=False,
    ),
    cell("code", "assert correlate(3, 2) == 6", "test_correlate", grade=True, points=10),
    cell("markdown", f"### (a) Depth\n\nWhy?\n\n{SCHEME}", "question_depth"),
    cell("markdown", "Because.", "depth", grade=True, solution=True, locked=False, points=2.5),
    cell("markdown", f"### (b) Width\n\nWhy not?\n\n{SCHEME}", "question_width"),
    cell("markdown", "Therefore.", "width", grade=True, solution=True, locked=False, points=2.5),
]
ANSWERS = {
    "ada": "Depth builds features from features.",
    "bob": "depth builds **features** from features",
    "cyd": "It needs fewer units, which is cheaper to store.",
    "dan": "",
    "eve": "<script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3))",
}


def make_course(root: Path, answers: dict[str, str] | None = None) -> Course:
    """A course whose class is graded; the answers to both questions are the same."""
    (root / "source" / "hw1").mkdir(parents=True)
    (root / "source" / "hw1" / "hw1.ipynb").write_text(notebook(*CELLS))
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Homework.secret = 'x'\n")
    course = Course(root)
    answers = ANSWERS if answers is None else answers
    engine = create_engine(course.settings.db_url)
    api.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(api.Course(id="default_course"))
        assignment = api.Assignment(name="hw1")
        book = api.Notebook(name="hw1", assignment=assignment)
        tests = api.GradeCell(name="test_correlate", notebook=book, max_score=10, cell_type="code")
        grades = {
            name: api.GradeCell(name=name, notebook=book, max_score=2.5, cell_type="markdown")
            for name in ("depth", "width")
        }
        solutions = {name: api.SolutionCell(name=name, notebook=book) for name in grades}
        session.add_all([assignment, book, tests, *grades.values(), *solutions.values()])
        for student, text in answers.items():
            person = api.Student(id=student)
            handed_in = api.SubmittedAssignment(assignment=assignment, student=person)
            submitted = api.SubmittedNotebook(notebook=book, assignment=handed_in)
            session.add_all([person, handed_in, submitted])
            session.add(api.Grade(cell=tests, notebook=submitted, auto_score=5, needs_manual_grade=False))
            for name, graded in grades.items():
                auto = None if text else 0.0
                grade = api.Grade(cell=graded, notebook=submitted, auto_score=auto)
                grade.needs_manual_grade = bool(text)
                session.add(grade)
                session.add(api.Comment(cell=solutions[name], notebook=submitted))
        session.commit()
    engine.dispose()
    for student, text in answers.items():
        hand_in(course, student, text)
    return course


def hand_in(course: Course, student: str, text: str, attachments: dict[str, Any] | None = None) -> None:
    """Write the receipt and the answers of one student."""
    graded = result(student, OTHERS)
    folder = course.autograded / student / "hw1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "receipt.json").write_text(json.dumps({**graded, "recorded": RECORDED}))
    state = State.ANSWERED if text else State.BLANK
    cells = [NotebookCell("markdown", text, name, attachments or {}, own=True) for name in ("depth", "width")]
    typed = Answers.of(read([graded])[0], cells, dict.fromkeys(("depth", "width"), state), Pictures())
    (folder / "answers.json").write_text(typed.text())


def in_formgrader(
    course: Course, student: str, question: str, score: float | None = None, comment: str | None = None
) -> None:
    """What Formgrader's requests do: they write a score or a comment, whatever is there."""
    with open_gradebook(course) as gradebook:
        if score is not None:
            grade = gradebook.find_grade(question, "hw1", "hw1", student)
            grade.manual_score = score
            grade.needs_manual_grade = False
        if comment is not None:
            gradebook.find_comment(question, "hw1", "hw1", student).manual_comment = comment
        gradebook.db.commit()
