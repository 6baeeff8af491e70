"""What an author calls: assignments, releases, and whether the hidden tests are fair."""

from __future__ import annotations

from pathlib import Path

import click

from homework.cli.common import (
    EXIT_FAILED,
    assignment_argument,
    fail,
    find_course,
    jobs_option,
    progress_line,
    write_notebook,
)
from homework.counted import counted


@click.command()
@click.argument("name")
@click.option("--points", type=float, help="What an exercise or question is worth; it needs this.")
@click.option("--question", is_flag=True, help="A written question, which a person marks.")
@click.option(
    "--parameters", default="X", show_default=True, help="Of the exercise's function, as in 'X, k=2'."
)
@click.option("--after", default="", help="The task below which it stands. [default: the last one]")
@click.option(
    "--numpy", is_flag=True, help="Arrays instead of torch's tensors; for an assignment without torch."
)
def new(name: str, points: float | None, question: bool, parameters: str, after: str, numpy: bool) -> None:
    """Start an assignment (hw9), or an exercise or question in it (hw9/NAME); TODO marks what is left to write."""
    from homework.commands import new as starting

    course = find_course()
    assignment, _, task = name.strip("/").partition("/")
    if task and points is None:
        raise click.UsageError("Missing option '--points'.")
    of_task = [
        option
        for option, given in (
            ("--points", points is not None),
            ("--question", question),
            ("--parameters", parameters != "X"),
            ("--after", after),
        )
        if given
    ]
    if of_task and not task:
        raise click.UsageError(
            f"{of_task[0]} is for an exercise or question, as in `homework new hw9/{assignment}`."
        )
    if not task:
        files = starting.new_assignment(course, assignment, numpy=numpy)
    elif question:
        files = starting.new_question(course, assignment, task, points or 0, after)
    else:
        files = starting.new_exercise(course, assignment, task, points or 0, parameters, after, numpy=numpy)
    for path in files:
        click.echo(path.relative_to(course.root))
    then = (
        f"add tasks: `homework new {assignment}/NAME --points 3`, or with `--question`"
        if not task
        else f"write what says TODO there; then `homework release {assignment}` and `homework check {name}`"
    )
    click.echo(f"next: {then}")


@click.command()
@click.argument("assignment", required=False)
@click.option(
    "--check",
    "check_only",
    is_flag=True,
    help="Change nothing: fail if release/ is not what source/ generates.",
)
def release(assignment: str | None, check_only: bool) -> None:
    """Generate release/ASSIGNMENT (default: all) from source/, and check that nothing leaks."""
    from homework.commands import release as releasing

    course = find_course()
    problems = []
    for name in [assignment] if assignment else list(course.assignments):
        if check_only:
            differences = releasing.drift(course, name)
            problems += differences
            if differences:
                continue
        else:
            files, changed = releasing.release_again(course, name)
            click.echo(f"{name}: {counted(len(files), 'file')} in {course.assignment(name).release}")
            if changed:
                click.echo("  since the last release; students may have begun:")
            for line in changed:
                click.echo(f"  - {line}")
        problems += [f"release/{name}: {problem}" for problem in releasing.execute(course.assignment(name))]
        if check_only and not problems:
            click.echo(f"{name}: the release is what source/ generates; it contains no answers and runs")
    if problems:
        fail("; ".join(problems), EXIT_FAILED)
    if not check_only:
        click.echo(f"next: `homework check{f' {assignment}' if assignment else ''}`")


@click.command()
@click.argument("names", nargs=-1)
@click.option("--verbose", "-v", is_flag=True, help="Print the whole matrix: every test over every solution.")
@click.option("--fresh", is_flag=True, help="Judge everything, whatever is known from earlier checks.")
@jobs_option
def check(names: tuple[str, ...], verbose: bool, fresh: bool, jobs: int | None) -> None:
    """Check the fairness of hidden tests: right solutions pass, wrong ones lose points and are named.

    NAMES are assignments (hw1) or single tasks (hw1/cross_corr_2d). Default: all assignments. What was judged before,
    and depends on nothing that has changed since, is not judged again.
    """
    from homework.commands.check import check as run
    from homework.commands.matrix import print_matrix

    course = find_course()
    wanted: dict[str, list[str] | None] = {}
    for name in names or course.assignments:
        assignment, _, task = name.strip("/").partition("/")
        chosen = wanted.setdefault(assignment, [] if task else None)
        if not task:
            wanted[assignment] = None
        elif chosen is not None:
            chosen.append(task)
    failures = 0
    for assignment, only in wanted.items():
        report = run(course, assignment, jobs, progress_line(f"checking {assignment}"), only, fresh=fresh)
        print_matrix(report, verbose)
        if report.kept:
            click.echo(f"{assignment}: {report.kept} of {len(report.rows)} are known from before (--fresh)")
        failures += len(report.failures)
    if failures:
        fail(f"{counted(failures, 'problem')}, listed above", EXIT_FAILED)


@click.command()
@assignment_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[default: ASSIGNMENT-solved.ipynb]")
def solve(assignment: str, output: Path | None) -> None:
    """Write the worked solution: real source, outputs, model answers and marking schemes."""
    from homework.commands.solve import solved

    path = output or Path(f"{assignment}-solved.ipynb")
    write_notebook(path, solved(find_course(), assignment))
    click.echo(f"wrote {path}")


@click.command()
@assignment_argument
@click.option(
    "--code",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="A Python file.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The notebook to write.")
def splice(assignment: str, code: Path, output: Path) -> None:
    """Put the functions defined in a Python file into the release's solution cells."""
    from homework.submission.splice import splice as put_in
    from homework.submission.template import Template

    template = Template.load(find_course().assignment(assignment).released_notebook)
    write_notebook(output, put_in(template, code.read_text("utf-8")))
    click.echo(f"wrote {output}")


@click.command(name="try")
@assignment_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The page. [default: FILE with .html]")
def try_(assignment: str, file: Path, output: Path | None) -> None:
    """Grade one FILE (a notebook, or Python code for the release) and show what a student would read.

    Records nothing: prints each hidden test with its sentence, and writes the feedback page as a file.
    """
    from homework.commands.attempt import attempt
    from homework.untrusted.text import printable

    for line in attempt(find_course(), assignment, file, output or file.with_suffix(".html")):
        click.echo(printable(line))
