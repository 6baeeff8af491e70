"""What graders and instructors call after grading."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from homework.cli.common import (
    EXIT_FAILED,
    assignment_argument,
    find_course,
)
from homework.counted import counted


@click.command()
@assignment_argument
@click.option("--port", type=int, default=8888, show_default=True, help="The port of the address.")
@click.option("--grader", default="", help="Who marks. [default: the page asks]")
@click.option("--graders", default="", metavar="NAMES", help="Share the work among these, as in ann,bob.")
@click.option(
    "--export", "out", type=click.Path(path_type=Path), help="Write answers and marks to a CSV file."
)
@click.option("--names", is_flag=True, help="With --export: the students' names, too.")
@click.option("--import", "table", type=click.Path(path_type=Path), help="Say what such a file changes.")
@click.option("--apply", is_flag=True, help="With --import: change it.")
@click.option("--clear", is_flag=True, help="With --import: an empty score takes a mark away.")
def review(
    assignment: str,
    port: int,
    grader: str,
    graders: str,
    out: Path | None,
    names: bool,
    table: Path | None,
    apply: bool,
    clear: bool,
) -> None:
    """Mark written answers, question by question: in the browser, or in a spreadsheet."""
    if out is not None and table is not None:
        raise click.UsageError("Give --export or --import, not both.")
    if table is None and (apply or clear):
        raise click.UsageError(f"{'--apply' if apply else '--clear'} is an option of --import.")
    if out is None and names:
        raise click.UsageError("--names is an option of --export.")
    course = find_course()
    course.assignment(assignment)
    if out is None and table is None:
        from homework.commands.serve import serve as run

        run(course, port, assignment, grader, graders)
        return
    from homework.commands.review import exported, imported

    for line in (
        exported(course, assignment, out, names=names)
        if out is not None
        else imported(course, assignment, table, grader, apply=apply, clear=clear)
    ):
        click.echo(line)


@click.command()
@assignment_argument
@click.option("--student", "-s", "students", multiple=True, help="Only this student (may be repeated).")
@click.option(
    "--preview",
    type=click.Path(path_type=Path),
    metavar="NOTEBOOK",
    help="Record nothing: write the page that a student would read for NOTEBOOK.",
)
@click.option("--all-items", is_flag=True, help="List rubric items that were not applied, too.")
@click.option(
    "--moodle",
    type=click.Path(path_type=Path, exists=True),
    metavar="SUBMISSIONS",
    help="Also put the pages into the folders of Moodle's download, to be uploaded there.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="With --preview: the page to write. With --moodle: the zip file. [default: ASSIGNMENT-feedback.zip]",
)
def feedback(
    assignment: str,
    students: tuple[str, ...],
    preview: Path | None,
    all_items: bool,
    moodle: Path | None,
    output: Path | None,
) -> None:
    """Write feedback pages for what is graded: feedback/STUDENT/ASSIGNMENT/.

    With --moodle, exit status 1 if a folder was refused; the others have their page all the same.
    """
    if preview is not None and moodle is not None:
        raise click.UsageError("Give --preview or --moodle, not both.")
    if output is not None and preview is None and moodle is None:
        raise click.UsageError("-o is an option of --preview and --moodle.")
    course = find_course()
    if preview is not None:
        from homework.commands.preview import preview as run

        click.echo(f"wrote {run(course, assignment, preview, output)}")
        return
    from homework.report.feedback import write_feedback

    chosen = list(students) or None
    pages = write_feedback(course, course.assignment(assignment).name, chosen, all_items=all_items)
    click.echo(f"wrote {counted(len(pages), 'page')} into {course.feedback}")
    if moodle is not None:
        from homework.commands.export import back_to_moodle

        path = output or Path(f"{assignment}-feedback.zip")
        lines, refused = back_to_moodle(course, assignment, moodle, pages, path, students)
        for line in lines:
            click.echo(line)
        if refused:
            sys.exit(EXIT_FAILED)


@click.command()
@assignment_argument
@click.option("--parquet", is_flag=True, help="Also write long.csv's rows as long.parquet.")
def report(assignment: str, parquet: bool) -> None:
    """Write report/ASSIGNMENT/: how each task did, misconceptions, what needs a look; as a page and as CSV."""
    from homework.commands.kept import Kept
    from homework.report.classes import write_report

    course = find_course()
    bank = Kept.read(course, course.assignment(assignment).name).seconds()
    page = write_report(course, assignment, bank)
    click.echo(f"wrote {page}")
    if parquet:
        from homework.report.long import write_long

        write_long(course, [assignment], page.with_name("long.parquet"))


@click.command()
@assignment_argument
@click.argument("group", required=False)
@click.argument("sentence", required=False)
@click.option("--as", "name", default="", help="The entry's name. [default: from the sentence]")
def name(assignment: str, group: str | None, sentence: str | None, name: str) -> None:
    """Give a GROUP of wrong answers that the report lists a SENTENCE, which the next regrade tells all of them.

    Without GROUP: list the groups. Without SENTENCE: ask for it. The entry goes into
    solutions/ASSIGNMENT/EXERCISE/named.toml and recognizes answers to the bit; no code of a student is run or kept.
    """
    from homework.commands.name import groups, name_group
    from homework.untrusted.text import printable

    course = find_course()
    if not group:
        found = groups(course, assignment)
        if not found:
            click.echo(f"{assignment} has no wrong answers without a name.")
        for one in found:
            count = counted(len(one.students), "student")
            click.echo(f"{one.exercise}/{one.group}  {count}  {printable(one.message, 100)}")
        return
    said = sentence or click.prompt("What should these students read?", err=True)
    click.echo(name_group(course, assignment, group, said, name))


@click.command()
@assignment_argument
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Answers that go round: FOLDER/TASK/*.py ...",
)
def similar(assignment: str, against: Path | None) -> None:
    """List pairs of answers that are more alike than independent work: report/ASSIGNMENT/similar.html and .csv."""
    from homework.commands.progress import bar
    from homework.report.similar_page import write_similar
    from homework.untrusted.text import printable

    course = find_course()
    with bar(f"comparing {assignment}", len(course.assignment(assignment).tasks)) as step:
        path, found = write_similar(course, assignment, against, lambda _: step())
    for one in found:
        for pair in one.pairs[:5]:
            click.echo(f"{pair.similarity:.2f}  {pair.task}  {printable(pair.left)}  {printable(pair.right)}")
        if one.pairs[5:]:
            click.echo(f"      {one.task}: {len(one.pairs) - 5} more")
    click.echo(
        f"{counted(sum(len(one.pairs) for one in found), 'similar pair')}, which proves nothing; wrote {path}"
    )
