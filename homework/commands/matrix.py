"""Print what `homework check` found: hidden tests × (reference, variants, misconceptions)."""

from __future__ import annotations

from collections import defaultdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from homework.commands.fairness import Report, SolutionRow

_WIDE = 200  # so that no name is wrapped, also where there is no terminal
_SIGNS = {"passed": "[green]·[/]", "failed": "[red]x[/]", "error": "[red]e[/]", "timeout": "[red]t[/]"}


def print_matrix(report: Report, verbose: bool = False, console: Console | None = None) -> None:
    """Print one line per exercise, the whole matrix if `verbose`, and every problem in words."""
    console = console or Console(width=max(Console().width, _WIDE))
    by_exercise: dict[str, list[SolutionRow]] = defaultdict(list)
    for row in report.rows:
        by_exercise[row.exercise].append(row)
    summary = Table(title=f"{report.assignment}: are the hidden tests fair?", title_justify="left")
    refuses = any(row.kind == "refused" for row in report.rows)
    columns = ["exercise", "tests", "right solutions", "wrong solutions", "named", "only one test kills"]
    for column in [*columns, "refused answers"] if refuses else columns:
        summary.add_column(column, no_wrap=True)
    for exercise, rows in by_exercise.items():
        right = [row for row in rows if row.kind in ("reference", "variant")]
        wrong = [row for row in rows if row.kind == "misconception"]
        tests = max((len(row.verdicts) for row in rows), default=0)
        full = sum(not row.problem for row in right)
        caught = sum(row.score < row.max for row in wrong)
        named = sum(row.named == row.name for row in wrong)
        refused = [row for row in rows if row.kind == "refused"]
        told = f"{sum(not row.problem for row in refused)} of {len(refused)} told why"
        single = sum(sum(v != "passed" for v in row.verdicts.values()) == 1 for row in wrong)
        summary.add_row(
            exercise,
            str(tests),
            f"{full} of {len(right)} pass",
            f"{caught} of {len(wrong)} caught",
            str(named),
            str(single),
            *([told] if refuses else []),
        )
        if verbose:
            _print_exercise(exercise, rows, console)
    if by_exercise:
        console.print(summary)
    for failure in report.failures:
        console.print(Text(failure, "red"), soft_wrap=True)
    for note in report.notes:
        console.print(Text(note), soft_wrap=True)


def _print_exercise(exercise: str, rows: list[SolutionRow], console: Console) -> None:
    names = list(rows[0].verdicts)
    table = Table(title=exercise, title_justify="left", show_lines=False)
    table.add_column("solution", no_wrap=True)
    table.add_column("score", justify="right")
    for number in range(1, len(names) + 1):
        table.add_column(str(number), justify="center")
    table.add_column("named", no_wrap=True)
    for row in rows:
        signs = [_SIGNS.get(row.verdicts.get(name, ""), "[red]![/]") for name in names]
        table.add_row(f"{row.kind} {row.name}", f"{row.score:g}", *signs, row.named)
    console.print(table)
    for number, name in enumerate(names, 1):
        killers = [
            r.name
            for r in rows
            if r.kind == "misconception" and [n for n, v in r.verdicts.items() if v != "passed"] == [name]
        ]
        alone = f"  alone catches {', '.join(killers)}" if killers else ""
        console.print(f"  {number}  {name}{alone}", highlight=False)
