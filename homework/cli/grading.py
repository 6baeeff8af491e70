"""What grades: a class, what arrives, or a few notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import click

from homework.cli.common import (
    EXIT_FAILED,
    assignment_argument,
    fail,
    find_course,
    jobs_option,
    quiet_option,
    scheduler_option,
)


@click.command()
@assignment_argument
@click.option("--student", "-s", "students", multiple=True, help="Only this student (may be repeated).")
@click.option("--force", is_flag=True, help="Grade unchanged submissions again, too.")
@jobs_option
@scheduler_option
@quiet_option
def autograde(
    assignment: str,
    students: tuple[str, ...],
    force: bool,
    jobs: int | None,
    scheduler: str | None,
    quiet: bool,
) -> None:
    """Grade submitted/*/ASSIGNMENT and record scores in the gradebook. Manual scores are kept."""
    from homework.commands.autograde import autograde as run

    course = find_course()
    course.assignment(assignment)
    chosen = list(students) or None
    summary = run(course, assignment, chosen, force=force, jobs=jobs, scheduler=scheduler, quiet=quiet)

    # Not before: nothing is graded while these are imported.
    from rich.console import Console

    from homework.report.overview import write_overview
    from homework.report.table import print_results
    from homework.results import Status

    print_results(summary, Console(highlight=False))
    if not students:
        click.echo(f"the class at a glance: {write_overview(course, assignment, summary)}")
    if faults := [row.student for row in summary.of_status(Status.GRADER_FAULT)]:
        fail(f"the grader itself failed on {', '.join(faults)}: no score was recorded for them", EXIT_FAILED)


@click.command()
@assignment_argument
@jobs_option
def watch(assignment: str, jobs: int | None) -> None:
    """Grade what arrives in submitted/ at once and write its feedback page, until Ctrl-C.

    What is there already is graded first. A file that is still being written is left until it is whole.
    """
    from homework.commands.watch import watch as run

    course = find_course()
    course.assignment(assignment)
    click.echo(f"{assignment}: watching {course.submitted}; Ctrl-C ends it")
    try:
        run(course, assignment, click.echo, jobs or 1)
    except KeyboardInterrupt:
        click.echo(f"{assignment}: ended; what was graded is recorded")


@click.command()
@assignment_argument
@click.option("--student", "-s", "students", multiple=True, help="Only this student (may be repeated).")
@click.option("--apply", is_flag=True, help="Record the new results. Manual scores and comments are kept.")
@click.option("--fresh", is_flag=True, help="Judge all exercises, not only those that changed.")
@jobs_option
@scheduler_option
def regrade(
    assignment: str,
    students: tuple[str, ...],
    apply: bool,
    fresh: bool,
    jobs: int | None,
    scheduler: str | None,
) -> None:
    """Grade again and say which results differ and why; nothing is written without --apply.

    If only some exercises' tests or solutions changed, only those are judged again.
    """
    from homework.commands.regrade import regrade as run
    from homework.untrusted.text import printable

    course = find_course()
    course.assignment(assignment)
    chosen = list(students) or None
    done = run(course, assignment, chosen, apply=apply, fresh=fresh, jobs=jobs, scheduler=scheduler)
    for line in (*done.changes, *done.late):
        click.echo(printable(line))
    changed = {change.student for change in done.changes} | {change.student for change in done.late}
    what = (
        "recorded"
        if apply
        else "nothing was written; --apply records the changes"
        if changed
        else "nothing to write"
    )
    click.echo(f"{assignment}: {len(changed)} of {done.of} changed; {what}")
    if done.faults:
        fail(
            f"the grader itself failed on {', '.join(done.faults)}: their results stay as they were",
            EXIT_FAILED,
        )


@click.command()
@click.argument("assignment", required=False)
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path))
@click.option("--assignment", "-a", "alias", help="The same as ASSIGNMENT.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print results as JSON Lines (docs/result-schema.json)."
)
@jobs_option
def grade(
    assignment: str | None, notebooks: tuple[Path, ...], alias: str | None, as_json: bool, jobs: int | None
) -> None:
    """Grade NOTEBOOKS (files, or folders of them) of ASSIGNMENT and print the results, in the order given.

    Changes neither the gradebook nor the course. The exit status is 0 if every notebook got a result.
    """
    from homework.errors import UsageError
    from homework.pool import Pool, only_result
    from homework.results import Result
    from homework.submission.handin import submissions_of

    if alias and assignment:  # then every word is a notebook
        notebooks = (Path(assignment), *notebooks)
    assignment = alias or assignment
    course = find_course()
    if assignment and assignment not in course.assignments and Path(assignment).exists():
        raise UsageError(
            f"{assignment} is not an assignment, which comes first: homework grade ASSIGNMENT {assignment}"
        )
    if not assignment or not notebooks:
        raise click.UsageError(f"Missing argument '{'NOTEBOOKS...' if assignment else 'ASSIGNMENT'}'.")
    hands_in = course.assignment(assignment).hands_in
    submissions = submissions_of(list(notebooks), assignment, hands_in)
    results: dict[str, Result] = {}
    order = [submission.student for submission in submissions]
    printed = 0

    def keep(result: Result) -> None:
        nonlocal printed
        results[result.student] = result
        while as_json and printed < len(order) and order[printed] in results:
            click.echo(json.dumps(results[order[printed]].to_json()))
            printed += 1

    with Pool(course, assignment, jobs) as pool:
        pool.grade(submissions, keep, only_result)
    if not as_json:
        from rich.console import Console

        from homework.report.table import print_results

        print_results([results[name] for name in order], Console())
