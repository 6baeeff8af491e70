"""`homework autograde`: grade what was handed in and record it. Every route to grades ends here."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.record import Recorder, parse_time, read_receipt
from homework.gradebook.submitted import HandedIn, strays, submissions

if TYPE_CHECKING:
    from homework.grading import GradedSubmission
    from homework.handin import Submission

GradeAll = Callable[..., None]  # as homework.pool.grade_all


def autograde(
    course: Course,
    assignment: str,
    students: Collection[str] | None = None,
    *,
    force: bool = False,
    jobs: int | None = None,
    quiet: bool = False,
    grade_all: GradeAll | None = None,
) -> list[dict[str, Any]]:
    """Grade the submissions of `assignment` and record each as its result arrives; the results, by student.

    What is unchanged since it was graded (the notebook, its time, tests, versions) is not graded again unless `force`.
    Raises UsageError when nothing was handed in, CourseError when the gradebook cannot be written or another grader
    is at work, SandboxUnavailable when there is no working sandbox; then nothing is recorded.
    """
    handed_in = {one.student: one for one in submissions(course, assignment, students)}
    if not handed_in:
        raise UsageError(f"nothing was handed in: there is no folder submitted/<student>/{assignment}/")
    from homework.pool import grade_all as on_processes

    grade = grade_all or on_processes
    with Recorder(course, assignment) as recorder:
        results = {} if force else dict(_unchanged(recorder, handed_in.values()))
        waiting = [one for student, one in handed_in.items() if student not in results]
        with _progress(assignment, len(waiting), quiet) as tell:

            def record(graded: GradedSubmission) -> None:
                one = handed_in[graded.result["student"]]
                if one.note:
                    graded.result["submission"]["notes"].insert(0, one.note)
                recorder.record(graded, one)
                results[one.student] = graded.result
                tell(graded.result)

            if waiting:
                grade(course, assignment, [one.read() for one in waiting], record, jobs)
    ordered = [results[student] for student in sorted(results)]
    print(_summary(assignment, ordered, len(waiting)), flush=True)
    if others := strays(course):
        shown = ", ".join(f"submitted/{name}" for name in others[:5]) + (" …" if others[5:] else "")
        print(f"not a student's folder, so nobody looked at it: {shown}", flush=True)
    return ordered


def _unchanged(recorder: Recorder, handed_in: Collection[HandedIn]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The students whose receipt says that there is nothing new, with the result in it."""
    known = recorder.submitted()
    now: dict[str, str] = {}
    for one in handed_in:
        folder = recorder.folder(one.student)
        receipt = read_receipt(folder)
        if receipt is None or receipt["status"] == "grader-fault" or one.student not in known:
            continue
        if known[one.student] != parse_time(one.timestamp) or not _is_of(receipt, one.read()):
            continue
        if not recorder.has_notebook(one.student):
            continue
        now = now or _decisive(_environment(recorder.course, recorder.assignment.name))
        if _decisive(receipt["environment"]) == now:
            del receipt["recorded"]
            yield one.student, receipt


def _is_of(receipt: dict[str, Any], submission: Submission) -> bool:
    """Whether a receipt is of this very submission."""
    if submission.data is None:
        return receipt["submission"]["sha256"] is None and receipt.get("reason") == submission.problem
    return bool(receipt["submission"]["sha256"] == hashlib.sha256(submission.data).hexdigest())


def _environment(course: Course, assignment: str) -> dict[str, str]:
    from homework.grading import Grader

    with Grader(course, assignment) as grader:
        return grader.environment


def _decisive(environment: dict[str, str]) -> dict[str, str]:
    """What of an environment can change a score: tests and versions, not how the sandbox was built."""
    return {name: value for name, value in environment.items() if name not in ("sandbox", "probes")}


@contextmanager
def _progress(assignment: str, total: int, quiet: bool) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Tell how far grading is: a bar on a terminal, a line for each submission in a log."""
    if quiet or not sys.stderr.isatty():
        yield lambda result: print(_line(result), flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        "[progress.description]{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"grading {assignment}", total=total)
        yield lambda result: progress.advance(task)


def _line(result: dict[str, Any]) -> str:
    student = "".join(char if char.isprintable() else "\ufffd" for char in result["student"])
    if result["status"] != "graded":
        return f"{student}: {result['status']}: {result['reason']}"
    score = result["score"]
    return f"{student}: {score['auto']:g} of {score['auto_max']:g} points, {len(score['to_review'])} answers to review"


def _summary(assignment: str, results: list[dict[str, Any]], graded: int) -> str:
    states = Counter(result["status"] for result in results)
    parts = [f"{graded} graded", f"{len(results) - graded} unchanged"]
    parts += [
        f"{count} {status}, for a person" for status, count in sorted(states.items()) if status != "graded"
    ]
    return f"{assignment}: " + ", ".join(parts)
