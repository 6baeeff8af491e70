"""Results in a terminal: one line per student, or a summary for a large class."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from homework.counted import counted
from homework.report.summary import ClassSummary, ExerciseRates, StudentRow, summarize
from homework.results import Result, Status
from homework.untrusted.text import printable

_MOST_LINES = 40
_MOST_MISCONCEPTIONS = 10
_MOST_LISTED = 20
_ANY_WIDTH = 10_000  # columns, more than any table needs
_STATUS = {Status.UNREADABLE: "bold red", Status.GRADER_FAULT: "bold magenta"}


def print_results(results: Iterable[Result] | ClassSummary, console: Console) -> None:
    """Print results: one line each, or a summary for more than 40; then what needs a person.

    Lines are in the order given, or sorted by student if `results` is a ClassSummary.
    """
    order = None
    if not isinstance(results, ClassSummary):
        results = list(results)
        order = {result.student: number for number, result in enumerate(results)}
    summary = summarize(results)
    rows = summary.rows
    if order is not None:
        rows.sort(key=lambda row: order[row.student])
    if len(rows) > _MOST_LINES:
        console.print(_exercises(summary))
        if summary.misconceptions:
            console.print(_misconceptions(summary))
    elif rows:
        console.print(_lines(summary, rows, console))
    _print_closing(summary, console)


def _lines(summary: ClassSummary, rows: list[StudentRow], console: Console) -> Table:
    """One line each, in the most detailed form that fits the terminal."""
    exercises = summary.exercises.values()
    # A name is broken at underscores; if there is too little room, a number replaces it.
    full = [exercise.name.replace("_", "_\n") + f"\n/{exercise.max:g}" for exercise in exercises]
    numbered = [f"({number})\n/{exercise.max:g}" for number, exercise in enumerate(exercises, 1)]
    for heads in (full, numbered):
        table = _with_scores(summary, rows, heads)
        if heads is numbered:
            keys = (f"({number}) {exercise.name}" for number, exercise in enumerate(exercises, 1))
            table.caption, table.caption_justify = Text("\n".join(keys)), "left"
        if Measurement.get(console, console.options.update(width=_ANY_WIDTH), table).minimum <= console.width:
            return table
    return _with_losses(summary, rows)


def _with_scores(summary: ClassSummary, rows: list[StudentRow], heads: list[str]) -> Table:
    """One column for each exercise, with the given heads."""
    table = _table(_title(summary))
    table.add_column("student", min_width=8, overflow="fold")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    _add_totals(table, summary)
    for row in rows:
        scores = [_score(row, exercise) for exercise in summary.exercises.values()]
        table.add_row(Text(printable(row.student)), *scores, *_totals(row))
    return table


def _with_losses(summary: ClassSummary, rows: list[StudentRow]) -> Table:
    """The exercises without full marks in one column, for assignments with many exercises."""
    table = _table(_title(summary))
    table.add_column("student", min_width=8, overflow="fold")
    table.add_column("lost marks in", overflow="fold")
    _add_totals(table, summary)
    for row in rows:
        lost = Text("\n").join(
            Text.assemble(exercise.name, " ", _score(row, exercise), f"/{exercise.max:g}")
            for exercise in summary.exercises.values()
            if row.status is Status.GRADED and row.scores.get(exercise.name, 0.0) < exercise.max - 1e-9
        )
        table.add_row(Text(printable(row.student)), lost, *_totals(row))
    return table


def _add_totals(table: Table, summary: ClassSummary) -> None:
    table.add_column(f"by\ntests\n/{summary.auto_max:g}", justify="right", style="bold", no_wrap=True)
    table.add_column("to\nreview", justify="right", no_wrap=True)
    table.add_column("misunderstood", ratio=1)


def _table(title: str) -> Table:
    return Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def _totals(row: StudentRow) -> list[Text]:
    remark = Text("\n".join(name.replace("_", " ") for name in row.misunderstood), style="yellow")
    if row.status is not Status.GRADED:
        remark = Text(row.status, style=_STATUS[row.status])
    return [
        Text("–" if row.auto is None else f"{round(row.auto, 2):g}"),
        Text("" if row.status is Status.UNREADABLE else str(row.to_review or ""), style="cyan"),
        remark,
    ]


def _score(row: StudentRow, exercise: ExerciseRates) -> Text:
    score = row.scores.get(exercise.name)
    if score is None or row.status is not Status.GRADED:
        return Text("–", style="dim")
    share = score / exercise.max if exercise.max else 1.0
    style = "green" if share >= 1 - 1e-9 else "yellow" if share >= 0.5 else "red"
    return Text(f"{round(score, 2):g}", style=style)


def _exercises(summary: ClassSummary) -> Table:
    table = _table(_title(summary))
    table.add_column("exercise")
    for column in ("mean", "of", "full marks", "no marks"):
        table.add_column(column, justify="right")
    table.add_column("no one passes", overflow="fold", ratio=1)
    for exercise in summary.exercises.values():
        failed = [test.name for test in exercise.tests.values() if not test.passed]
        share = exercise.mean / exercise.max if exercise.max else 1.0
        table.add_row(
            exercise.name,
            Text(
                f"{exercise.mean:.1f}", style="green" if share >= 0.8 else "yellow" if share >= 0.5 else "red"
            ),
            f"{exercise.max:g}",
            str(exercise.full),
            str(exercise.none),
            Text(", ".join(failed), style="red"),
        )
    return table


def _misconceptions(summary: ClassSummary) -> Table:
    table = _table("what was misunderstood")
    table.add_column("students", justify="right")
    table.add_column("misconception", style="yellow")
    table.add_column("exercise", overflow="fold")
    for found in summary.misconceptions[:_MOST_MISCONCEPTIONS]:
        table.add_row(str(len(found.students)), found.name, found.exercise)
    if len(summary.misconceptions) > _MOST_MISCONCEPTIONS:
        table.add_row(
            "",
            f"… and {counted(len(summary.misconceptions) - _MOST_MISCONCEPTIONS, 'other')}",
            "",
            style="dim",
        )
    return table


def _print_closing(summary: ClassSummary, console: Console) -> None:
    graded = len(summary.scores)
    mean = "" if summary.mean is None else f"; mean {summary.mean:.1f} of {summary.auto_max:g} by tests"
    waiting = counted(summary.to_review, "written answer")
    console.print(Text(f"{graded} of {len(summary.rows)} graded{mean}; {waiting} to review"))
    for status in (Status.GRADER_FAULT, Status.UNREADABLE):
        found = summary.of_status(status)
        if not found:
            continue
        console.print(Text(f"{status}, for a person to look at:", style=_STATUS[status]))
        for row in found[:_MOST_LISTED]:
            line = Text(f"{printable(row.student)}: {printable(row.reason)}")
            console.print(Padding(line, (0, 0, 0, 2), expand=False))
        if len(found) > _MOST_LISTED:
            console.print(f"  … and {counted(len(found) - _MOST_LISTED, 'other')}")


def _title(summary: ClassSummary) -> str:
    return f"{', '.join(summary.assignments)}: {counted(len(summary.rows), 'submission')}"
