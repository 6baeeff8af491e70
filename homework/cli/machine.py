"""The demo, and this machine."""

from __future__ import annotations

import sys

import click

from homework.cli.common import (
    find_course,
    quiet_option,
)


@click.command()
@quiet_option
def demo(quiet: bool) -> None:
    """Show everything with a sample class: release, grades, feedback, grades.csv."""
    from homework.commands.demo import run_demo

    run_demo(find_course(), quiet=quiet)


@click.command()
def doctor() -> None:
    """Say what is missing on this machine or makes results unreliable, and how to fix it."""
    from homework.commands.doctor import examine, show

    sys.exit(show(examine(find_course())))


@click.command()
@click.option("--port", type=int, default=8888, show_default=True, help="The port of the address.")
def serve(port: int) -> None:
    """Start JupyterLab and Formgrader for this course, on this machine only, and print their addresses."""
    from homework.commands.serve import serve as run

    run(find_course(), port)
