"""Results in a terminal: one line a student, or for a large class what it says together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from homework.report.summary import ClassSummary, named, summarise

_MOST_LINES = 40
_MOST_MISCONCEPTIONS = 10
_MOST_LISTED = 20
_ANY_WIDTH = 10_000  # columns, more than any table needs
_STATUS = {"graded": "", "unreadable": "bold red", "grader-fault": "bold magenta"}


def print_results(results: Sequence[dict[str, Any]], console: Console) -> None:
    """Print results (docs/result-schema.json): a line each, for more than 40 a summary; then what needs a person."""
    summary = summarise(results)
    if len(results) > _MOST_LINES:
        console.print(_exercises(summary))
        if summary.misconceptions:
            console.print(_misconceptions(summary))
    elif results:
        console.print(_lines(results, console))
    _print_closing(summary, console)


def _lines(results: Sequence[dict[str, Any]], console: Console) -> Table:
    """A line each, in the form that says most of those that fit the terminal."""
    exercises = {exercise["name"]: exercise["max"] for result in results for exercise in result["exercises"]}
    # A name breaks where a reader would break it; where there is little room, its number stands for it.
    full = [name.replace("_", "_\n") + f"\n/{most:g}" for name, most in exercises.items()]
    numbered = [f"({number})\n/{most:g}" for number, most in enumerate(exercises.values(), 1)]
    for heads in (full, numbered):
        table = _with_scores(results, dict(zip(exercises, heads, strict=True)))
        if heads is numbered:
            keys = (f"({number}) {name}" for number, name in enumerate(exercises, 1))
            table.caption, table.caption_justify = Text("\n".join(keys)), "left"
        if Measurement.get(console, console.options.update(width=_ANY_WIDTH), table).minimum <= console.width:
            return table
    return _with_losses(results)


def _with_scores(results: Sequence[dict[str, Any]], heads: dict[str, str]) -> Table:
    """One column for each exercise, under its head."""
    table = _table(_title(results))
    table.add_column("student", min_width=8, overflow="fold")
    for head in heads.values():
        table.add_column(head, justify="right", no_wrap=True)
    _add_totals(table, results)
    for result in results:
        by_name = {exercise["name"]: exercise for exercise in result["exercises"]}
        scores = [_score(by_name.get(name), result["status"]) for name in heads]
        table.add_row(_student(result), *scores, *_totals(result))
    return table


def _with_losses(results: Sequence[dict[str, Any]]) -> Table:
    """The exercises without full marks in one column, for assignments with many exercises."""
    table = _table(_title(results))
    table.add_column("student", min_width=8, overflow="fold")
    table.add_column("lost marks in", overflow="fold")
    _add_totals(table, results)
    for result in results:
        lost = Text("\n").join(
            Text.assemble(exercise["name"], " ", _score(exercise, "graded"), f"/{exercise['max']:g}")
            for exercise in result["exercises"]
            if result["status"] == "graded" and exercise["score"] < exercise["max"] - 1e-9
        )
        table.add_row(_student(result), lost, *_totals(result))
    return table


def _add_totals(table: Table, results: Sequence[dict[str, Any]]) -> None:
    auto_max = max(result["score"]["auto_max"] for result in results)
    table.add_column(f"by\ntests\n/{auto_max:g}", justify="right", style="bold", no_wrap=True)
    table.add_column("to\nreview", justify="right", no_wrap=True)
    table.add_column("misunderstood", ratio=1)


def _table(title: str) -> Table:
    return Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def _student(result: dict[str, Any]) -> Text:
    return Text(_visible(result["student"]))


def _totals(result: dict[str, Any]) -> list[Text]:
    status, auto = result["status"], result["score"]["auto"]
    misunderstood = {name: None for exercise in result["exercises"] for name in named(exercise)}
    remark = Text("\n".join(name.replace("_", " ") for name in misunderstood), style="yellow")
    if status != "graded":
        remark = Text(status, style=_STATUS.get(status, "red"))
    return [
        Text("–" if auto is None else f"{round(auto, 2):g}"),
        Text("" if status == "unreadable" else str(len(result["score"]["to_review"]) or ""), style="cyan"),
        remark,
    ]


def _score(exercise: dict[str, Any] | None, status: str) -> Text:
    if exercise is None or status != "graded":
        return Text("–", style="dim")
    share = exercise["score"] / exercise["max"] if exercise["max"] else 1.0
    style = "green" if share >= 1 - 1e-9 else "yellow" if share >= 0.5 else "red"
    return Text(f"{round(exercise['score'], 2):g}", style=style)


def _exercises(summary: ClassSummary) -> Table:
    table = _table(_title(summary.results))
    table.add_column("exercise")
    for column in ("mean", "of", "full marks", "no marks"):
        table.add_column(column, justify="right")
    table.add_column("nobody passes", overflow="fold", ratio=1)
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
            "", f"… and {len(summary.misconceptions) - _MOST_MISCONCEPTIONS} others", "", style="dim"
        )
    return table


def _print_closing(summary: ClassSummary, console: Console) -> None:
    graded = len(summary.scores)
    mean = "" if summary.mean is None else f"; mean {summary.mean:.1f} of {summary.auto_max:g} by tests"
    console.print(
        Text(
            f"{graded} of {len(summary.results)} graded{mean}; {summary.to_review} written answers to review"
        )
    )
    for status in ("grader-fault", "unreadable"):
        found = summary.of_status(status)
        if not found:
            continue
        console.print(Text(f"{status}, for a person to look at:", style=_STATUS.get(status, "")))
        for result in found[:_MOST_LISTED]:
            line = Text(f"{_visible(result['student'])}: {_visible(result.get('reason', ''))}")
            console.print(Padding(line, (0, 0, 0, 2), expand=False))
        if len(found) > _MOST_LISTED:
            console.print(f"  … and {len(found) - _MOST_LISTED} others")


def _title(results: Sequence[dict[str, Any]]) -> str:
    return (
        f"{', '.join(dict.fromkeys(result['assignment'] for result in results))}: {len(results)} submissions"
    )


def _visible(text: str) -> str:
    """A student's text without what would steer the terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in str(text))
