"""The configuration of this course, read by nbgrader and by `homework`."""

import sys
from pathlib import Path

c = get_config()  # noqa: F821  # provided by the loader
root = Path(__file__).resolve().parent

# ---------------------------------------------------------------------------------------------- this course

c.CourseDirectory.course_id = "eep590"
c.CourseDirectory.root = str(root)  # wherever a command is called from

# The gradebook is gradebook.db next to this file, or any database that SQLAlchemy and nbgrader support.
# c.CourseDirectory.db_url = "postgresql+psycopg://grader@localhost/eep590"

# Hidden inputs are drawn from this secret, the same for all students. Keep it out of the repository: put it into
# the environment as HOMEWORK_SECRET, or into a file next to this one that git ignores. If it changes, everything is
# graded again. To make one:  python -c "import secrets; print(secrets.token_hex())"
# c.Homework.secret = "..."

# Quizzes: the options of each question are shuffled by the name of this offering of the course. Set it before the
# release, and keep it until the quiz is graded. A quiz that is published here shows students the key and its reasons.
c.Homework.offering = "2026 autumn"
c.Homework.published = []

# Limits for one submission: seconds, bytes, processes. "*" applies to every assignment; these are the defaults.
# c.Homework.limits = {
#     "*": {"seconds_per_cell": 10, "seconds_per_call": 5, "seconds_per_submission": 120, "memory": 1 << 30},
#     "hw4": {"seconds_per_cell": 60},
# }

# How many right and wrong solutions `homework check` asks for, where it is not what the kind of task says.
# c.Homework.least = {"hw5/double": (1, 3)}

# Times without a zone, such as those of learning management systems, are in this one.
c.Homework.timezone = "America/Los_Angeles"

# What feedback pages say beyond the sentence about a mistake: "link" adds the section to read again, "example" a worked
# example after the due date. A handout is a web page with an assignment's text, for the link.
# c.Homework.hints = {"*": "link"}
# c.Homework.handouts = {"*": "https://course.example.edu/{assignment}.html"}

# Points off for late work, here a tenth of the student's points a day: docs/instructors.md, Deadlines. For other rules
# name a class of your own (nbgrader's documentation says how to write one).
# c.Homework.late = {"*": {"grace_minutes": 10, "per_day": 0.1, "most": 0.5}}
# c.AssignLatePenalties.plugin_class = "late.HalfAPointAnHour"

# ---------------------------------------------------------------------------------------------- releasing

# Scripts that draw figures stay with instructors; receipts stay with graders.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "scripts",
    "receipt.json*",
    "answers.json*",
    "lms.json",
]
c.ShowChoices.root = c.KeepKey.root = c.EmbedFigures.root = str(root)
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "homework.gradebook.preprocessors.ShowChoices",  # of a quiz
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "homework.gradebook.preprocessors.EmbedFigures",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
# Marking schemes are in the questions' texts, which are not grade cells.
c.ClearMarkScheme.enforce_metadata = False

# ---------------------------------------------------------------------------------------------- grading and feedback

# `nbgrader autograde` and Formgrader's button grade in the sandbox, like `homework autograde`.
if "nbgrader" in sys.modules:
    from homework.gradebook.replace import install

    install()

# Autograded notebooks show graders the marking schemes; students' feedback must not.
c.GenerateFeedback.preprocessors = [
    "homework.gradebook.preprocessors.KeepKey",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# What students write is made harmless when it is recorded; this is a second safeguard.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.embed_images = True  # a feedback page is one file

c.ExportApp.plugin_class = "homework.gradebook.exporter.HomeworkExporter"
