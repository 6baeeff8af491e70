"""The progress of grading: a bar on a terminal, lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from homework.counted import counted
from homework.results import Result, Status
from homework.untrusted.text import printable


@contextmanager
def progress(title: str, total: int, quiet: bool = False) -> Iterator[Callable[[Result], None]]:
    """Yields a function to call with each result.

    A terminal shows a bar with the rate and the time left; otherwise a line is printed for each submission. With
    `quiet` only the lines of submissions that need a person are printed.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda result: _tell(result, quiet)
        return
    with bar(title, total) as step:
        yield lambda result: step()


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Yields a function to call after each of `total` steps. A terminal shows a bar with the rate and the time left."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "", style="cyan")

    columns = (
        "[progress.description]{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(title, total=total)
        yield lambda: shown.advance(task)


def _tell(result: Result, quiet: bool) -> None:
    if not quiet or result.status is not Status.GRADED:
        print(line(result), flush=True)


def line(result: Result) -> str:
    """One result as a line of text."""
    student = printable(result.student)
    if result.status is not Status.GRADED:
        return f"{student}: {result.status}: {result.reason}"
    score = result.score
    waiting = counted(len(score.to_review), "answer")
    return f"{student}: {score.auto:g} of {score.auto_max:g} points, {waiting} to review"
