"""`homework autograde`: grade what was handed in and record it. Every way to record grades ends here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from homework.commands.progress import progress
from homework.commands.tier import weaker_tier
from homework.counted import counted, listed
from homework.course import Course
from homework.course.fingerprint import DECISIVE, decisive_environment
from homework.errors import NotRecorded, UsageError
from homework.gradebook.prepared import Prepared, prepare
from homework.pool import Pool
from homework.report.summary import ClassSummary
from homework.results import Receipt, Status, has_receipt, read_receipt
from homework.submission.files import HandedIn, Readings, strays, submissions
from homework.submission.handin import Submission
from homework.untrusted.text import printable

if TYPE_CHECKING:
    from homework.gradebook.late import PenaltyChange
    from homework.gradebook.record import Recorder
    from homework.gradebook.scores import SubmissionScore

_MOST_SAID = 20


def autograde(
    course: Course,
    assignment: str,
    students: Collection[str] | None = None,
    *,
    force: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    quiet: bool = False,
) -> ClassSummary:
    """Grade the submissions of `assignment`, record each as its result arrives, and return a summary.

    A submission that is unchanged since it was graded (notebook, other files, time, tests, versions) is not graded
    again unless `force`. A submission that cannot be recorded is a grader-fault in the summary, and the others are
    recorded.

    Raises UsageError if nothing was handed in, CourseError if the gradebook cannot be written or another grader is
    running, and SandboxUnavailable if there is no working sandbox; then nothing is recorded. After an interruption,
    what was recorded stays, and the next run continues with the rest.
    """
    handed_in = all_handed_in(course, assignment, students)
    fresh = [
        one for one in handed_in if force or not has_receipt(course.autograded / one.student / assignment)
    ]
    summary = ClassSummary()
    with (
        Pool(course, assignment, jobs, scheduler, expected=len(fresh)) as pool,
        recording(course, assignment) as recorder,
    ):
        waiting = {one.student: one for one in handed_in}
        for receipt in () if force else unchanged(recorder, handed_in):
            summary.add(receipt)
            del waiting[receipt.student]
        recorded = 0
        tiers: set[str] = set()

        def record(one: Prepared) -> None:
            nonlocal recorded
            result = one.result
            tiers.add(result.environment.get("sandbox", ""))
            try:
                recorder.write(one, waiting[result.student])
                recorded += 1
            except NotRecorded as error:
                result = result.without_score(str(error))
            summary.add(result)
            tell(result)

        try:
            with progress(f"grading {assignment}", len(waiting), quiet) as tell:
                if waiting:
                    readings = Readings(list(waiting.values()))
                    pool.grade(readings, record, prepare)
        except KeyboardInterrupt:
            print(
                f"{assignment}: stopped; {recorded} of {len(waiting)} are graded and recorded. "
                "The same command without --force continues with the rest.",
                flush=True,
            )
            raise
        scores, changes = recorder.bring_penalties_up_to_date()
    from homework.gradebook.late import reported
    from homework.gradebook.roster import odd_students

    print(_closing(assignment, summary, len(waiting)), flush=True)
    if said := weaker_tier(tiers):
        print(f"{assignment}: {said}", flush=True)
    for line in _lateness(assignment, scores, changes):
        print(printable(line), flush=True)
    if without := [one.student for one in handed_in if reported(course, one)]:
        said = printable(listed(without, _MOST_SAID))
        print(f"{assignment}: late without a time, so no points are taken off: {said}", flush=True)
    for line in odd_students(scores, {one.student for one in handed_in} if students is None else None):
        print(line, flush=True)
    if others := strays(course):
        shown = ", ".join(f"submitted/{name}" for name in others[:5]) + (" …" if others[5:] else "")
        print(f"ignored (not a student's folder): {shown}", flush=True)
    return summary


def all_handed_in(course: Course, assignment: str, students: Collection[str] | None = None) -> list[HandedIn]:
    """What was handed in. Raises UsageError if there is nothing."""
    found = submissions(course, assignment, students)
    if not found:
        raise UsageError(f"nothing was handed in: there is no folder submitted/<student>/{assignment}/")
    return found


def recording(course: Course, assignment: str) -> Recorder:
    """A recorder. Its slow imports happen here, while the workers are already warming up."""
    from homework.gradebook.record import Recorder

    return Recorder(course, assignment)


def unchanged(recorder: Recorder, handed_in: Collection[HandedIn]) -> Iterator[Receipt]:
    """The receipts of students whose submission is unchanged, as is everything that the result depends on."""
    known = recorder.submitted()
    now = decisive_environment(recorder.course, recorder.assignment.name)
    for one in handed_in:
        if one.student not in known or known[one.student] != one.time:
            continue
        folder = recorder.folder(one.student)
        receipt = read_receipt(folder)
        if receipt is None or receipt.status is Status.GRADER_FAULT:
            continue
        if any(receipt.environment.get(name) != now[name] for name in DECISIVE):
            continue
        if is_of(receipt, one.read()) and recorder.has_files(one.student):
            yield receipt


def is_of(receipt: Receipt, submission: Submission) -> bool:
    """Whether a receipt is for exactly this submission."""
    was = receipt.submission
    now = (submission.sha256, submission.digests, submission.documents)
    same = (was.sha256, was.files, was.documents) == now
    return same and (submission.data is not None or receipt.reason == submission.problem)


def _lateness(assignment: str, scores: list[SubmissionScore], changes: list[PenaltyChange]) -> Iterator[str]:
    """What is to be said about the due date, as it was understood, and about late penalties."""
    from homework.gradebook.late import LatePenalty, shown_time

    due = next((one.due for one in scores if one.handed_in), None)
    if due is not None:
        late = sum(LatePenalty.seconds(one.timestamp, one.due, one.extension) > 0 for one in scores)
        of = sum(one.handed_in for one in scores)
        yield f"{assignment}: due {shown_time(due)}; {late} of {of} handed in late"
    said = [str(change) for change in changes] + [one.late_problem for one in scores if one.late_problem]
    yield from said[:_MOST_SAID]
    if len(said) > _MOST_SAID:
        yield f"… and {counted(len(said) - _MOST_SAID, 'other late penalty', 'other late penalties')}"


def _closing(assignment: str, summary: ClassSummary, graded: int) -> str:
    parts = [f"{graded} graded", f"{len(summary.rows) - graded} unchanged"]
    states = {status: len(summary.of_status(status)) for status in (Status.GRADER_FAULT, Status.UNREADABLE)}
    parts += [f"{count} {status}, for a person" for status, count in states.items() if count]
    return f"{assignment}: " + ", ".join(parts)
