"""`homework serve`: JupyterLab and Formgrader for this course, on this machine only."""

from __future__ import annotations

import os
import secrets
import sys

import click

from homework.course import Course
from homework.course.settings import REVIEW_PLACE


def serve(course: Course, port: int, review: str = "", grader: str = "", graders: str = "") -> None:
    """Replace this process with a Jupyter server on 127.0.0.1, which prints its addresses once it has started.

    `review` is the assignment whose first question the review page's address opens; `grader` is who marks there,
    `graders` (names with commas) who share the work.
    """
    token = secrets.token_urlsafe(24)
    question = next(iter(course.assignment(review).questions), "") if review else ""
    click.echo("JupyterLab, Formgrader and the review page are starting …")
    sys.stdout.flush()
    os.chdir(course.root)
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": token,  # not on the command line, where other users of the machine could read it
        REVIEW_PLACE: f"{review}/{question}" if question and grader else "",
    }
    arguments = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={course.root}"),
        "--ServerApp.jpserver_extensions=homework.gradebook.formgrader=True",
        "--ServerApp.jpserver_extensions=homework.review=True",
        *("--log-level=ERROR", "--LabApp.log_level=ERROR"),
    ]
    if grader:
        arguments.append(f"--ReviewApp.grader={grader}")
    if graders:
        arguments.append(f"--ReviewApp.graders={graders}")
    if os.geteuid() == 0:
        arguments.append("--allow-root")
    os.execve(sys.executable, arguments, environment)
