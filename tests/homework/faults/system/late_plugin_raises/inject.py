from datetime import datetime

from homework.gradebook.database import open_gradebook

PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin


class Table(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, seconds):
        return {1: 2.0, 2: 4.0}[int(seconds / 86400)]
"""


def fault(course, cleanup):
    config = course.root / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(f'{before}\nc.AssignLatePenalties.plugin_class = "late_table.Table"\n')
    (course.root / "late_table.py").write_text(PLUGIN)
    late = course.submitted / "bob" / "hw1" / "timestamp.txt"
    late.write_text("2026-12-05 12:00:00 UTC")
    due(course, datetime(2026, 12, 1, 12))
    yield
    due(course, None)
    late.unlink()
    config.write_text(before)


def due(course, date):
    with open_gradebook(course) as gradebook:
        gradebook.find_assignment("hw1").duedate = date
        gradebook.db.commit()
