"""Open nbgrader's gradebook: with one engine, on a read-only checkout, without an activated environment.

nbgrader's own code is imported only to create a gradebook and to register an assignment in it (`nbgrader_import`).
Rows are read and written through `connect` and `tables`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.nbgrader_import import nbgrader_api

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_BUSY_MILLISECONDS = 30_000
_DRIVERS = {
    "psycopg": "run `make setup`, or `pip install psycopg[binary]`",
    "psycopg2": "start c.CourseDirectory.db_url with postgresql+psycopg://; `make setup` installs the package for it",
}


@cache
def tune_sqlite() -> None:
    """Make every SQLite connection of this process wait for other writers, and work in a read-only folder."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def tune(connection: Any, record: Any) -> None:
        if "sqlite" not in type(connection).__module__:
            return
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        path = next((row[2] for row in cursor.execute("PRAGMA database_list") if row[1] == "main"), "")
        if path and Path(path).exists() and not os.access(Path(path).parent, os.W_OK):
            # SQLite keeps its journal next to the database. An existing one can be reused.
            journal = os.access(f"{path}-journal", os.W_OK)
            cursor.execute(f"PRAGMA journal_mode = {'TRUNCATE' if journal else 'MEMORY'}")
        cursor.close()


def db_url(course: Course) -> str:
    """The URL of the gradebook: HOMEWORK_DB_URL, which `nbgrader autograde --db` sets, or the configured one."""
    return os.environ.get("HOMEWORK_DB_URL") or course.settings.db_url


def database_file(course: Course) -> Path | None:
    """The file of the gradebook, or None if it is not in a file."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url(course))
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def connect(course: Course) -> Iterator[Connection]:
    """A connection to the gradebook as it is, without importing nbgrader. Raises CourseError if it fails."""
    tune_sqlite()
    with readable_errors(course), _engine(db_url(course)).connect() as connection:
        yield connection


@cache
def _engine(url: str) -> Engine:
    """The engine for a database: one, so that a statement is compiled once. It keeps no connection open."""
    from sqlalchemy import NullPool, create_engine

    return create_engine(url, poolclass=NullPool)


@contextmanager
def open_gradebook(course: Course) -> Iterator[Any]:
    """nbgrader's `Gradebook` of the course. Raises CourseError if the database cannot be used."""
    api = nbgrader_api()
    tune_sqlite()
    with readable_errors(course):
        gradebook = api.Gradebook(db_url(course), course.settings.course_id or "default_course")
        try:
            yield gradebook
        finally:
            gradebook.close()


@contextmanager
def readable_errors(course: Course) -> Iterator[None]:
    """Turn a database error into a CourseError that says what to do."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in _DRIVERS:
            raise
        raise CourseError(
            f"the gradebook {shown_url(course)} needs the Python package {error.name}, which is not installed: "
            f"{_DRIVERS[error.name]}"
        ) from error
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        fixes = {
            "locked": "another program has locked it: wait for that program, or end it",
            "is full": "free some space on its disk",
            "malformed": "it is damaged: replace it with a backup",
            "not a database": "it is damaged: replace it with a backup",
            "readonly": "allow writing to it, or set c.CourseDirectory.db_url in nbgrader_config.py",
            "unable to open": "allow writing to its folder, or set c.CourseDirectory.db_url in nbgrader_config.py",
            "no such column": "an older nbgrader created it: back it up and run `nbgrader db upgrade`",
        }
        fix = next((fix for sign, fix in fixes.items() if sign in said), "see c.CourseDirectory.db_url")
        raise CourseError(f"the gradebook {shown_url(course)} cannot be used ({said}); {fix}") from error


def shown_url(course: Course) -> str:
    """The URL of the gradebook, without its password."""
    from sqlalchemy.engine import make_url

    return make_url(db_url(course)).render_as_string(hide_password=True)


@cache
def _config(root: Path) -> Any:
    from traitlets.config.loader import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def nbgrader_config(course: Course) -> Any:
    """The course's nbgrader_config.py as nbgrader reads it."""
    from traitlets.config import Config

    return _config(course.root) if (course.root / "nbgrader_config.py").is_file() else Config()


def register(course: Course, assignment: str, gradebook: Any) -> None:
    """Save the source's cells in the gradebook, as `nbgrader generate_assignment` does, without writing a release.

    Raises CourseError if cells were added or removed after submissions had been recorded.
    """
    import nbformat
    from nbgrader import preprocessors
    from nbgrader.preprocessors import NbGraderPreprocessor

    path = course.assignment(assignment).notebook
    config = nbgrader_config(course)
    notebook = nbformat.read(path, as_version=4)
    resources = {"nbgrader": {"assignment": assignment, "notebook": path.stem, "db_url": db_url(course)}}
    for name in ("LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums"):
        notebook, resources = getattr(preprocessors, name)(config=config).preprocess(notebook, resources)
    gradebook.update_or_create_assignment(assignment)
    saver = preprocessors.SaveCells(config=config)
    # What SaveCells.preprocess does, but in the open gradebook: it would open one itself, for another course.
    saver.gradebook, saver.notebook_id, saver.assignment_id = gradebook, path.stem, assignment
    saver.new_grade_cells, saver.new_solution_cells, saver.new_task_cells, saver.new_source_cells = (
        {},
        {},
        {},
        {},
    )
    try:
        NbGraderPreprocessor.preprocess(saver, notebook, resources)
        saver._create_notebook(notebook)
    except RuntimeError as error:
        gradebook.db.rollback()
        raise CourseError(
            f"{path} has different cells than the gradebook, which already contains submissions of it ({error}). "
            "Undo the change to the cells, or start a new gradebook."
        ) from error
