"""nbgrader's gradebook, opened so that it works here: with one engine, on a read-only checkout, without activation.

nbgrader's own code is only imported to make a gradebook and to make an assignment known to it (`nbgrader_import`).
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
    from sqlalchemy import Connection

_BUSY_MILLISECONDS = 30_000
_DRIVERS = {
    "psycopg": "run `make setup`, or `pip install psycopg[binary]`",
    "psycopg2": "begin c.CourseDirectory.db_url with postgresql+psycopg://, and `make setup` has the package for it",
}


@cache
def tune_sqlite() -> None:
    """Make every SQLite connection of this process wait for other writers, and write where its folder is read-only."""
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
            # SQLite keeps its journal beside the database. One that is there already can be used again.
            journal = os.access(f"{path}-journal", os.W_OK)
            cursor.execute(f"PRAGMA journal_mode = {'TRUNCATE' if journal else 'MEMORY'}")
        cursor.close()


def db_url(course: Course) -> str:
    """Where the gradebook is: HOMEWORK_DB_URL, which `nbgrader autograde --db` sets for us, or the configuration."""
    return os.environ.get("HOMEWORK_DB_URL") or course.settings.db_url


def database_file(course: Course) -> Path | None:
    """The file that the gradebook is, where it is one."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url(course))
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def connect(course: Course) -> Iterator[Connection]:
    """A connection to the gradebook as it is, without importing nbgrader. Raises CourseError when there can be none."""
    from sqlalchemy import create_engine

    tune_sqlite()
    with readable_errors(course):
        engine = create_engine(db_url(course))
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


@contextmanager
def open_gradebook(course: Course) -> Iterator[Any]:
    """nbgrader's `Gradebook` of the course. Raises CourseError when the database cannot be used."""
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
    """Turn an error of the database into one that says what to do."""
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
        mends = {
            "locked": "another program keeps it locked: wait for it, or end it",
            "is full": "make room on its disk",
            "malformed": "it is damaged: put a backup in its place",
            "not a database": "it is damaged: put a backup in its place",
            "readonly": "allow writing to it, or set c.CourseDirectory.db_url in nbgrader_config.py",
            "unable to open": "allow writing to its folder, or set c.CourseDirectory.db_url in nbgrader_config.py",
            "no such column": "an older nbgrader made it: back it up and run `nbgrader db upgrade`",
        }
        mend = next((mend for sign, mend in mends.items() if sign in said), "see c.CourseDirectory.db_url")
        raise CourseError(f"the gradebook {shown_url(course)} cannot be used ({said}); {mend}") from error


def shown_url(course: Course) -> str:
    """Where the gradebook is, without the password in it."""
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

    Raises CourseError when there are submissions already and cells were added or removed since.
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
    # What SaveCells.preprocess does, in the gradebook that is open: it would open one for another course.
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
            f"{path} has other cells than the gradebook, which holds submissions of it already ({error}). "
            "Take the cells back, or start with a new gradebook."
        ) from error
