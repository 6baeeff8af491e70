"""`homework serve`: JupyterLab and Formgrader for this course, on this machine only."""

from __future__ import annotations

import os
import secrets
import sys

import click

from homework.course import Course


def serve(course: Course, port: int, review: str = "", grader: str = "") -> None:
    """Replace this process with a Jupyter server on 127.0.0.1, and print its token.

    `review` is the assignment whose first question the review page's address opens; `grader` is who marks there.
    """
    token = secrets.token_urlsafe(24)
    click.echo(f"JupyterLab:  http://127.0.0.1:{port}/lab?token={token}")
    click.echo(f"Formgrader:  http://127.0.0.1:{port}/formgrader?token={token}")
    question = next(iter(course.assignment(review).questions), "") if review else ""
    place = f"{review}/{question}" if question and grader else ""
    click.echo(f"Review:      http://127.0.0.1:{port}/review/{place}?token={token}")
    click.echo("Stop with Ctrl-C.")
    sys.stdout.flush()
    os.chdir(course.root)
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": token,  # not on the command line, where other users of the machine could read it
    }
    arguments = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={course.root}"),
    ]
    arguments.append("--ServerApp.jpserver_extensions=homework.review=True")
    if grader:
        arguments.append(f"--ReviewApp.grader={grader}")
    if os.geteuid() == 0:
        arguments.append("--allow-root")
    os.execve(sys.executable, arguments, environment)
