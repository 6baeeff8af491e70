"""What brings a class in and its grades out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from homework.cli.common import EXIT_FAILED, assignment_argument, find_course
from homework.counted import counted

roster_file = click.argument("table", metavar="FILE", type=click.Path(path_type=Path))
roster_column = click.option(
    "--id", "column", default="", help="The column with the students' names for the gradebook."
)


@click.command()
@roster_file
@roster_column
def roster(table: Path, column: str) -> None:
    """Say who is in the class: FILE is Canvas's gradebook export, Moodle's grading worksheet, or a CSV of your own.

    A table of your own has the column student, and perhaps last_name, first_name, email, canvas_id, moodle_id,
    login_id, section. A student's name in the gradebook is Canvas's SIS Login ID, or what is before the @ of Moodle's
    e-mail address, unless --id names another column.
    """
    _roster(table, column)


@click.command(hidden=True)
@roster_file
@roster_column
def students(table: Path, column: str) -> None:
    """The earlier name of `homework roster`."""
    _roster(table, column)


def _roster(table: Path, column: str) -> None:
    from homework.lms.roster_import import import_roster
    from homework.untrusted.text import printable

    count, gone, renamed = import_roster(find_course(), table, column)
    click.echo(f"{counted(count, 'student is', 'students are')} on the roster (lms.csv) and in the gradebook")
    if gone:
        click.echo(f"on the roster before, and not in {table}: {printable(', '.join(gone))}; they stay")
    for known, name in renamed.items():
        click.echo(
            printable(
                f"{known} is called {name} in {table}: the number is the same, and {known} stays the name here"
            )
        )


@click.command()
@assignment_argument
@click.argument("archive", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "system",
    type=click.Choice(["canvas", "moodle", "blackboard", "brightspace"]),
    help="Whose archive it is, where names do not tell.",
)
@click.option(
    "--times", type=click.Path(path_type=Path), help="Moodle's worksheet: when each student handed in."
)
@click.option("--dry-run", is_flag=True, help="Say what would be collected, and write nothing.")
@click.option(
    "--pattern",
    default="",
    help="How files are named: a regular expression with the groups student and file.",
)
def collect(
    assignment: str, archive: Path, system: str | None, times: Path | None, dry_run: bool, pattern: str
) -> None:
    """Put what ARCHIVE holds (a zip file or a folder of Canvas, Moodle, ...) into submitted/*/ASSIGNMENT.

    Exit status 1 if something was refused; the rest is collected all the same.
    """
    from homework.commands.collect import said
    from homework.lms.collect import collect as run

    done = run(
        find_course(), assignment, archive, system=system or "", pattern=pattern, times=times, dry_run=dry_run
    )
    for line in said(done, assignment):
        click.echo(line)
    if dry_run:
        click.echo("nothing was written (--dry-run)")
    if done.refused:
        sys.exit(EXIT_FAILED)


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("grades.csv"), show_default=True
)
@click.option(
    "--assignment", "-a", "assignments", multiple=True, help="Only this assignment (may be repeated)."
)
@click.option(
    "--canvas", type=click.Path(path_type=Path), help="Canvas's own export: fill in one assignment."
)
@click.option("--moodle", type=click.Path(path_type=Path), help="Moodle's grading worksheet: fill it in.")
@click.option("--comments", is_flag=True, help="With --moodle: graders' comments, too.")
@click.option("--moodle-gradebook", is_flag=True, help="A table for Moodle's Grades, Import, CSV.")
@click.option("--skip-missing", is_flag=True, help="Leave out students who are not in that file.")
@click.option(
    "--long",
    is_flag=True,
    help="One row for each test and question; Parquet with -o FILE.parquet.",
)
@click.option("--column", default="", help="With --canvas: its column, as in 'Homework 1 (5551)'.")
@click.option(
    "--columns", default="", help="With --moodle: names of columns, as in id=Teilnehmer,grade=Bewertung."
)
@click.option("--scale", is_flag=True, help="Scale to the system's maximum if it is not ours.")
@click.option("--partial", is_flag=True, help="Also students of whom an answer still waits.")
def export(
    output: Path,
    assignments: tuple[str, ...],
    canvas: Path | None,
    moodle: Path | None,
    comments: bool,
    moodle_gradebook: bool,
    skip_missing: bool,
    long: bool,
    column: str,
    columns: str,
    scale: bool,
    partial: bool,
) -> None:
    """Write all grades to a CSV file: by exercise, by question, totals. Or fill in a file of Canvas or Moodle."""
    course = find_course()
    template = canvas or moodle
    if template is not None:
        from homework.commands.export import fill_in

        options = {
            "column": column,
            "columns": columns,
            "scale": scale,
            "partial": partial,
            "comments": comments,
            "skip_missing": skip_missing,
        }
        for line in fill_in(
            course, list(assignments), template, output, moodle=moodle is not None, **options
        ):
            click.echo(line)
    elif moodle_gradebook:
        from homework.commands.export import for_moodles_gradebook

        for line in for_moodles_gradebook(course, list(assignments), output, partial=partial):
            click.echo(line)
    elif long:
        from homework.report.long import write_long

        write_long(course, list(assignments) or list(course.assignments), output)
    else:
        from homework.gradebook.export import export_csv

        export_csv(course, output, list(assignments) or None)
    click.echo(f"wrote {output}")


@click.command()
@assignment_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[default: ASSIGNMENT-autograder.zip]")
@click.option(
    "--run", "folder", type=click.Path(path_type=Path), hidden=True, help="In Gradescope's container."
)
@click.option(
    "--leaderboard", is_flag=True, help="Of a network with a budget: show accuracy and costs of the class."
)
def gradescope(assignment: str, output: Path | None, folder: Path | None, leaderboard: bool) -> None:
    """Write this grader as an autograder of Gradescope: a zip file to upload there (docs/gradescope.md)."""
    from homework.commands import gradescope as scope

    course = find_course()
    if folder is not None:
        scope.run(course, assignment, folder, output or Path("results.json"), leaderboard=leaderboard)
        return
    path = output or Path(f"{assignment}-autograder.zip")
    count = scope.pack(course, assignment, path, leaderboard=leaderboard)
    click.echo(
        f"wrote {path}: {counted(count, 'file')}, with the answers and the course's secret; "
        "give it to nobody but Gradescope"
    )
