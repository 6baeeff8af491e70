"""The gradebook is nbgrader's own: its tables, its version, its assignments."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest

from homework.course import Course
from homework.errors import CourseError
from homework.gradebook import tables
from homework.gradebook.database import open_gradebook
from homework.gradebook.nbgrader_import import nbgrader_api
from homework.gradebook.record import Recorder
from tests.homework.gradebook.support import PATH_WITH_ALEMBIC


def test_the_assignment_is_registered_like_nbgrader_does(recorded_course: Course) -> None:
    """A fresh clone has a release and no gradebook: cells, points and texts come from source/."""
    with open_gradebook(recorded_course) as gradebook:
        notebook = gradebook.find_notebook("hw1", "hw1")
        assert notebook.max_score == recorded_course.assignment("hw1").max_points
        locked = gradebook.find_source_cell("test_cross_corr_2d", "hw1", "hw1")
        assert "BEGIN HIDDEN TESTS" in locked.source
        answer = gradebook.find_source_cell("warmup_a", "hw1", "hw1")
        assert answer.source == "YOUR ANSWER HERE"
        assert [course.id for course in gradebook.db.query(nbgrader_api().Course)] == ["eep590"]


def test_nbgrader_is_imported_without_jupyters_server() -> None:
    """They take as long as the rest of it. They are still there for code that asks nbgrader to load them."""
    script = (
        "import sys\nfrom homework.gradebook.nbgrader_import import nbgrader_api\nnbgrader_api()\n"
        "print({'jupyter_server', 'nbconvert', 'rfc3987_syntax'} & set(sys.modules))\n"
        "import nbgrader\nfrom nbgrader.server_extensions import formgrader\n"
        "formgrader.load_jupyter_server_extension = print\nnbgrader.load_formgrader('loaded')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\nloaded\n"


def test_a_new_gradebook_has_the_version_that_nbgrader_gives_it(recorded_course: Course) -> None:
    """Ours is read in this process; nbgrader's own code runs the command `alembic`, which takes seconds."""
    program = "import nbgrader.api; print(nbgrader.api.get_alembic_version())"
    theirs = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": PATH_WITH_ALEMBIC},
        capture_output=True,
        text=True,
        check=True,
    )
    with sqlite3.connect(recorded_course.root / "gradebook.db") as connection:
        [(ours,)] = connection.execute("SELECT version_num FROM alembic_version")
    connection.close()  # Python 3.13 warns of one that is left open
    assert ours == theirs.stdout.strip()


def test_our_tables_are_nbgraders() -> None:
    """Names, columns and types; nbgrader's models have more."""
    theirs = nbgrader_api().Base.metadata.tables
    for table in tables.ALL:
        for column in table.c:
            kind = theirs[table.name].c[column.name].type
            assert isinstance(kind, type(column.type)), f"{table.name}.{column.name}"


def test_a_damaged_gradebook_is_named(own: Course) -> None:
    """With what to do."""
    (own.root / "gradebook.db").write_text("no database" * 100)
    with (
        pytest.raises(CourseError, match=r"gradebook\.db cannot be used .*replace it with a backup"),
        Recorder(own, "hw1"),
    ):
        pass
