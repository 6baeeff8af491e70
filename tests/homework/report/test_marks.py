"""What people gave is read from nbgrader's gradebook."""

from __future__ import annotations

import pytest

from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.scores import scores_of
from homework.report.feedback import write_feedback
from tests.homework.report.support import OTHERS, record, result


def test_marks_are_read_from_nbgraders_gradebook(course: Course) -> None:
    from nbgrader import api
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    assert scores_of(course, "hw1") == {}
    engine = create_engine(course.settings.db_url)
    api.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(api.Course(id="default_course"))
        for name in ("hw1", "hw2"):  # the other assignment's marks belong to it alone
            assignment = api.Assignment(name=name)
            book = api.Notebook(name=name, assignment=assignment)
            graded = api.GradeCell(name="depth", notebook=book, max_score=2.5, cell_type="markdown")
            solution = api.SolutionCell(name="depth_code", notebook=book)
            session.add_all([assignment, book, graded, solution])
            for student, score in (("ada", 2.0), ("bob", None)):
                person = session.get(api.Student, student) or api.Student(id=student)
                handed_in = api.SubmittedAssignment(assignment=assignment, student=person)
                submitted = api.SubmittedNotebook(
                    notebook=book, assignment=handed_in, late_submission_penalty=0.5
                )
                session.add_all([person, handed_in, submitted])
                score = score if name == "hw1" else 0.25
                grade = api.Grade(cell=graded, notebook=submitted, auto_score=1, manual_score=score)
                grade.needs_manual_grade = False
                session.add(grade)
                session.add(api.Comment(cell=solution, notebook=submitted, auto_comment="auto"))
                session.add(api.Comment(cell=graded, notebook=submitted, manual_comment=f"{name} {student}"))
        session.commit()
    engine.dispose()
    found = scores_of(course, "hw1")
    assert {name: (one.cells["depth"].manual, one.comments, one.penalty) for name, one in found.items()} == {
        "ada": (2.0, {"depth": "hw1 ada"}, 0.5),
        "bob": (None, {"depth": "hw1 bob"}, 0.5),
    }
    record(course, result("ada", OTHERS))
    (page,) = write_feedback(course, "hw1")
    assert "hw1 ada" in page.read_text()


def test_an_unreadable_gradebook_is_an_error_and_not_a_class_without_marks(course: Course) -> None:
    record(course, result("ada", OTHERS))
    (course.root / "gradebook.db").write_bytes(b"not a database" * 100)
    with pytest.raises(CourseError, match=r"gradebook sqlite:.* cannot be used .*file is not a database"):
        write_feedback(course, "hw1")
