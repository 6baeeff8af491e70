"""What commands share: the course, options, errors."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from homework.course import Course

EXIT_FAILED, EXIT_USAGE, EXIT_NO_SANDBOX, EXIT_INTERRUPTED = 1, 2, 3, 130

assignment_argument = click.argument("assignment")
jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(1), help="Worker processes. [default: by cores and memory]"
)
scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on a dask cluster, such as tls://host:8786 (docs/cluster.md).",
)
quiet_option = click.option(
    "--quiet", "-q", is_flag=True, help="Print no progress, only what needs a person (for logs)."
)


def fail(message: str, status: int) -> None:
    """Print an error as one line, and end with `status`."""
    click.echo(f"homework: {message}", err=True)
    sys.exit(status)


def find_course() -> Course:
    """The course around the current folder. Raises CourseError outside of one."""
    from homework.course import Course
    from homework.course.shared import share_with_group
    from homework.errors import CourseError

    # nbgrader runs `alembic` by name: it must be found even if the virtual environment is not activated.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH') or os.defpath}"
    course = Course.find()
    with suppress(CourseError):  # whoever needs the settings says what is wrong with them
        share_with_group(course)
    return course


def write_notebook(path: Path, notebook: dict[str, Any]) -> None:
    """Write a notebook as Jupyter does. Raises UsageError."""
    from homework.errors import UsageError

    try:
        path.write_text(
            json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
        )
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def progress_line(title: str) -> Callable[[int, int], None]:
    """A callback (done, of) that updates a progress line on a terminal and prints nothing to a log."""
    if not sys.stderr.isatty():
        return lambda *_: None
    return lambda done, of: click.echo(f"\r{title}: {done}/{of}", nl=done == of, err=True)
