"""The command `homework`. It imports almost nothing, so that `homework --help` answers at once."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from homework import __version__

if TYPE_CHECKING:
    from homework.course import Course

EXIT_FAILED, EXIT_USAGE, EXIT_NO_SANDBOX, EXIT_INTERRUPTED = 1, 2, 3, 130


class _Group(click.Group):
    """Lists commands in the order of a semester, and prints errors that a user can fix as one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        from homework.errors import CourseError, UsageError

        for stream in (sys.stdout, sys.stderr):  # a terminal without Unicode shows a question mark
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except UsageError as error:
            _fail(str(error), EXIT_USAGE)
        except CourseError as error:
            _fail(str(error), EXIT_FAILED)
        except KeyboardInterrupt:
            _fail("interrupted", EXIT_INTERRUPTED)
        except OSError as error:
            if error.strerror is None:
                raise
            # A full disk, a folder without write permission: a traceback would not help.
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"{where}{error.strerror}; fix that and run the same command again", EXIT_FAILED)
        except Exception as error:
            from homework.sandbox import SandboxError, SandboxUnavailable

            if isinstance(error, SandboxUnavailable):
                _fail(f"nothing was graded: {error}", EXIT_NO_SANDBOX)
            if isinstance(error, SandboxError):
                _fail(f"{error} (`homework doctor` looks for the cause)", EXIT_FAILED)
            raise


def _fail(message: str, status: int) -> None:
    click.echo(f"homework: {message}", err=True)
    sys.exit(status)


def _course() -> Course:
    from homework.course import Course
    from homework.course.shared import share_with_group
    from homework.errors import CourseError

    # nbgrader runs `alembic` by name: it must be found even if the virtual environment is not activated.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH') or os.defpath}"
    course = Course.find()
    with suppress(CourseError):  # whoever needs the settings says what is wrong with them
        share_with_group(course)
    return course


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="homework")
def main() -> None:
    r"""Release, grade and return homework notebooks.

    Student code runs in a sandbox that contains no solutions. Hidden tests run outside of it, compare the results with
    the reference solutions and name what was misunderstood. Written answers are marked on a page (homework review), or
    in nbgrader's Formgrader.

    \b
    A semester:  edit source/ -> homework release hw1 -> students -> submitted/<student>/hw1/
                 -> homework autograde hw1 -> homework review hw1 -> homework feedback hw1
                 -> homework export

    Run inside the course's folder, or set HOMEWORK_COURSE to it. Exit status: 0 done, 1 something failed,
    2 wrong usage, 3 no working sandbox (then nothing is graded), 130 interrupted.
    """


assignment_argument = click.argument("assignment")
jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(1), help="Worker processes. [default: by cores and memory]"
)
scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on a dask cluster, such as tls://host:8786 (docs/cluster.md).",
)
quiet_option = click.option(
    "--quiet", "-q", is_flag=True, help="Print no progress, only what needs a person (for logs)."
)


@main.command()
@quiet_option
def demo(quiet: bool) -> None:
    """Show everything with a sample class: release, grades, feedback, grades.csv."""
    from homework.commands.demo import run_demo

    run_demo(_course(), quiet=quiet)


@main.command()
@click.argument("name")
@click.option("--points", type=float, help="The points of the task.")
@click.option("--question", is_flag=True, help="A written question, which a person marks.")
@click.option(
    "--parameters", default="X", show_default=True, help="Of the exercise's function, as in 'X, K'."
)
@click.option("--after", default="", help="The task below which it stands. [default: the last one]")
def new(name: str, points: float | None, question: bool, parameters: str, after: str) -> None:
    """Start an assignment (hw9), or an exercise or question in it (hw9/NAME); TODO marks what is left to write."""
    from homework.commands import new as starting

    course = _course()
    assignment, _, task = name.strip("/").partition("/")
    if task and points is None:
        raise click.UsageError("Missing option '--points'.")
    if not task:
        files = starting.new_assignment(course, assignment)
    elif question:
        files = starting.new_question(course, assignment, task, points or 0, after)
    else:
        files = starting.new_exercise(course, assignment, task, points or 0, parameters, after)
    for path in files:
        click.echo(path.relative_to(course.root))
    then = (
        f"add tasks: `homework new {assignment}/NAME --points 3`, or with `--question`"
        if not task
        else f"write what says TODO there; then `homework release {assignment}` and `homework check {name}`"
    )
    click.echo(f"next: {then}")


@main.command()
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

    course = _course()
    problems = []
    for name in [assignment] if assignment else list(course.assignments):
        if check_only:
            differences = releasing.drift(course, name)
            problems += differences
            if differences:
                continue
        else:
            files, changed = releasing.release_again(course, name)
            click.echo(f"{name}: {len(files)} files in {course.assignment(name).release}")
            if changed:
                click.echo("  since the last release; students may have begun:")
            for line in changed:
                click.echo(f"  - {line}")
        problems += [f"release/{name}: {problem}" for problem in releasing.execute(course.assignment(name))]
        if check_only and not problems:
            click.echo(f"{name}: the release is what source/ generates; it contains no answers and runs")
    if problems:
        _fail("; ".join(problems), EXIT_FAILED)


def _roster(table: Path, column: str) -> None:
    from homework.lms.roster import import_roster
    from homework.untrusted.text import printable

    count, gone = import_roster(_course(), table, column)
    click.echo(f"{count} students are on the roster (lms.csv) and in the gradebook")
    if gone:
        click.echo(f"on the roster before, and not in {table}: {printable(', '.join(gone))}; they stay")


roster_file = click.argument("table", metavar="FILE", type=click.Path(path_type=Path))
roster_column = click.option(
    "--id", "column", default="", help="The column with the students' names for the gradebook."
)


@main.command()
@roster_file
@roster_column
def roster(table: Path, column: str) -> None:
    """Say who is in the class: FILE is Canvas's gradebook export, Moodle's grading worksheet, or a CSV of your own.

    A table of your own has the column student, and perhaps last_name, first_name, email, canvas_id, moodle_id,
    login_id, section. A student's name in the gradebook is Canvas's SIS Login ID, or what is before the @ of Moodle's
    e-mail address, unless --id names another column.
    """
    _roster(table, column)


@main.command(hidden=True)
@roster_file
@roster_column
def students(table: Path, column: str) -> None:
    """The earlier name of `homework roster`."""
    _roster(table, column)


@main.command()
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
        _course(), assignment, archive, system=system or "", pattern=pattern, times=times, dry_run=dry_run
    )
    for line in said(done, assignment):
        click.echo(line)
    if dry_run:
        click.echo("nothing was written (--dry-run)")
    if done.refused:
        sys.exit(EXIT_FAILED)


@main.command()
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

    course = _course()
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
        _fail(f"the grader itself failed on {', '.join(faults)}: no score was recorded for them", EXIT_FAILED)


@main.command()
@assignment_argument
@jobs_option
def watch(assignment: str, jobs: int | None) -> None:
    """Grade what arrives in submitted/ at once and write its feedback page, until Ctrl-C.

    What is there already is graded first. A file that is still being written is left until it is whole.
    """
    from homework.commands.watch import watch as run

    course = _course()
    course.assignment(assignment)
    click.echo(f"{assignment}: watching {course.submitted}; Ctrl-C ends it")
    try:
        run(course, assignment, click.echo, jobs or 1)
    except KeyboardInterrupt:
        click.echo(f"{assignment}: ended; what was graded is recorded")


@main.command()
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

    course = _course()
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
        _fail(
            f"the grader itself failed on {', '.join(done.faults)}: their results stay as they were",
            EXIT_FAILED,
        )


@main.command()
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
    course = _course()
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


@main.command(name="try")
@assignment_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The page. [default: FILE with .html]")
def try_(assignment: str, file: Path, output: Path | None) -> None:
    """Grade one FILE (a notebook, or Python code for the release) and show what a student would read.

    Records nothing: prints each hidden test with its sentence, and writes the feedback page as a file.
    """
    from homework.commands.attempt import attempt
    from homework.untrusted.text import printable

    for line in attempt(_course(), assignment, file, output or file.with_suffix(".html")):
        click.echo(printable(line))


@main.command()
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

    template = Template.load(_course().assignment(assignment).released_notebook)
    _write_notebook(output, put_in(template, code.read_text("utf-8")))
    click.echo(f"wrote {output}")


@main.command()
@assignment_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[default: ASSIGNMENT-solved.ipynb]")
def solve(assignment: str, output: Path | None) -> None:
    """Write the worked solution: real source, outputs, model answers and marking schemes."""
    from homework.commands.solve import solved

    path = output or Path(f"{assignment}-solved.ipynb")
    _write_notebook(path, solved(_course(), assignment))
    click.echo(f"wrote {path}")


@main.command()
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

    course = _course()
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
        report = run(course, assignment, jobs, _progress(f"checking {assignment}"), only, fresh=fresh)
        print_matrix(report, verbose)
        if report.kept:
            click.echo(f"{assignment}: {report.kept} of {len(report.rows)} are known from before (--fresh)")
        failures += len(report.failures)
    if failures:
        _fail(f"{failures} problem{'s' * (failures > 1)}, listed above", EXIT_FAILED)


@main.command()
@assignment_argument
@click.option("--port", type=int, default=8888, show_default=True)
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
    course = _course()
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


@main.command()
@assignment_argument
@click.option("--student", "-s", "students", multiple=True, help="Only this student (may be repeated).")
@click.option(
    "--preview",
    type=click.Path(path_type=Path),
    metavar="NOTEBOOK",
    help="Record nothing: write the page that a student would read for NOTEBOOK.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="With --preview: the page to write.")
def feedback(assignment: str, students: tuple[str, ...], preview: Path | None, output: Path | None) -> None:
    """Write feedback pages for what is graded: feedback/STUDENT/ASSIGNMENT/."""
    course = _course()
    if preview is not None:
        from homework.commands.preview import preview as run

        click.echo(f"wrote {run(course, assignment, preview, output)}")
        return
    from homework.report.feedback import write_feedback

    pages = write_feedback(course, course.assignment(assignment).name, list(students) or None)
    click.echo(f"wrote {len(pages)} pages into {course.feedback}")


@main.command()
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
@click.option("--long", is_flag=True, help="One row for each test and question.")
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
    course = _course()
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


@main.command()
@assignment_argument
def report(assignment: str) -> None:
    """Write report/ASSIGNMENT/: how each task did, misconceptions, what needs a look; as a page and as CSV."""
    from homework.report.classes import write_report

    click.echo(f"wrote {write_report(_course(), assignment)}")


@main.command()
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

    course = _course()
    if not group:
        for one in groups(course, assignment):
            count = f"{len(one.students)} student{'s' * (len(one.students) > 1)}"
            click.echo(f"{one.exercise}/{one.group}  {count}  {printable(one.message, 100)}")
        return
    said = sentence or click.prompt("What should these students read?", err=True)
    click.echo(name_group(course, assignment, group, said, name))


@main.command()
@assignment_argument
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Answers that go round: FOLDER/TASK/*.py ...",
)
def similar(assignment: str, against: Path | None) -> None:
    """List pairs of answers that are more alike than independent work: report/ASSIGNMENT/similar.html and .csv."""
    from homework.report.similar_page import write_similar
    from homework.untrusted.text import printable

    path, found = write_similar(_course(), assignment, against)
    for one in found:
        for pair in one.pairs[:5]:
            click.echo(f"{pair.similarity:.2f}  {pair.task}  {printable(pair.left)}  {printable(pair.right)}")
        if one.pairs[5:]:
            click.echo(f"      {one.task}: {len(one.pairs) - 5} more")
    click.echo(
        f"{sum(len(one.pairs) for one in found)} similar pairs, which is no proof of anything; wrote {path}"
    )


@main.command()
@assignment_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[default: ASSIGNMENT-autograder.zip]")
@click.option(
    "--run", "folder", type=click.Path(path_type=Path), hidden=True, help="In Gradescope's container."
)
def gradescope(assignment: str, output: Path | None, folder: Path | None) -> None:
    """Write this grader as an autograder of Gradescope: a zip file to upload there (docs/gradescope.md)."""
    from homework.commands import gradescope as scope

    course = _course()
    if folder is not None:
        scope.run(course, assignment, folder, output or Path("results.json"))
        return
    path = output or Path(f"{assignment}-autograder.zip")
    count = scope.pack(course, assignment, path)
    click.echo(
        f"wrote {path}: {count} files, with the answers and the course's secret; give it to nobody but Gradescope"
    )


@main.command()
def doctor() -> None:
    """Say what is missing on this machine or makes results unreliable, and how to fix it."""
    from homework.commands.doctor import examine, show

    sys.exit(show(examine(_course())))


@main.command()
@click.option("--port", type=int, default=8888, show_default=True)
def serve(port: int) -> None:
    """Start JupyterLab and Formgrader for this course, on this machine only, and print their addresses."""
    from homework.commands.serve import serve as run

    run(_course(), port)


def _write_notebook(path: Path, notebook: dict[str, Any]) -> None:
    from homework.errors import UsageError

    try:
        path.write_text(
            json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
        )
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _progress(title: str) -> Callable[[int, int], None]:
    """A callback (done, of) that updates a progress line on a terminal and prints nothing to a log."""
    if not sys.stderr.isatty():
        return lambda *_: None
    return lambda done, of: click.echo(f"\r{title}: {done}/{of}", nl=done == of, err=True)
