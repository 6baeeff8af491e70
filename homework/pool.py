"""Grade many submissions: chunks on a process pool, one warm sandbox in each worker.

Only submissions go to the workers and only results come back; a worker keeps its sandbox for the next chunk. A
worker that dies (out of memory, killed) costs nothing: what it had not returned is graded again, once; what takes a
worker down a second time is a grader-fault for a person to look at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from homework.course import Course
from homework.sandbox.launch import Zygote, launch

if TYPE_CHECKING:
    from homework.grading import GradedSubmission, Grader
    from homework.handin import Submission

_BYTES_PER_WORKER = 1 << 30
_LARGEST_CHUNK = 16

_grader: Grader | None = None  # of this worker process
_launched: Zygote | None = None  # warming up, until the grader takes it


def launch_early() -> None:
    """Start this process's zygote before torch is imported here: both take seconds, and can be had at once.

    Raises SandboxUnavailable where there is no bubblewrap.
    """
    global _launched
    _launched = launch()


def default_jobs() -> int:
    """As many workers as cores and memory allow."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // _BYTES_PER_WORKER))


def grade_all(
    course: Course,
    assignment: str,
    submissions: Sequence[Submission],
    on_result: Callable[[GradedSubmission], None],
    jobs: int | None = None,
    exercises: dict[str, set[str]] | None = None,
) -> None:
    """Grade `submissions` of `assignment` and hand each result to `on_result`, in no particular order.

    `exercises` narrows the hidden tests by student (for `homework check`). Raises SandboxUnavailable before anything
    is graded when there is no working sandbox, CourseError when the assignment is incomplete.
    """
    jobs = min(jobs or default_jobs(), len(submissions)) or 1
    if jobs == 1:
        _grade_here(course, assignment, submissions, on_result, exercises)
        return
    left = {submission.student: submission for submission in submissions}

    def done(graded: GradedSubmission) -> None:
        if left.pop(graded.result["student"], None) is not None:
            on_result(graded)

    size = max(1, min(_LARGEST_CHUNK, len(submissions) // (4 * jobs)))
    if _run_pool(course, assignment, list(left.values()), size, jobs, done, exercises):
        return
    if left and not _run_pool(course, assignment, list(left.values()), 1, jobs, done, exercises):
        from homework.grading import Grader

        with Grader(course, assignment) as grader:
            for submission in list(left.values()):
                done(grader.fault(submission, "a grading process died on this submission, twice"))


def _grade_here(
    course: Course,
    assignment: str,
    submissions: Iterable[Submission],
    on_result: Callable[[GradedSubmission], None],
    exercises: dict[str, set[str]] | None,
) -> None:
    with _new_grader(course, assignment) as grader:
        grader.grade_each(submissions, on_result, lambda s: (exercises or {}).get(s.student))


def _run_pool(
    course: Course,
    assignment: str,
    submissions: list[Submission],
    chunk: int,
    jobs: int,
    done: Callable[[GradedSubmission], None],
    exercises: dict[str, set[str]] | None,
) -> bool:
    """Grade on a pool; False if a worker died and some results are missing."""
    chunks = [submissions[start : start + chunk] for start in range(0, len(submissions), chunk)]
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=launch_early)
    try:
        pending: list[Future[list[GradedSubmission]]] = [
            pool.submit(_grade_chunk, str(course.root), assignment, part, exercises) for part in chunks
        ]
        for future in as_completed(pending):
            for graded in future.result():
                done(graded)
        return True
    except BrokenProcessPool:
        return False
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _new_grader(course: Course, assignment: str) -> Grader:
    """A grader on the zygote that was launched early, if there is one."""
    global _launched
    from homework.grading import Grader
    from homework.sandbox import Sandbox

    launched, _launched = _launched, None
    return Grader(course, assignment, Sandbox(launched))


def _grade_chunk(
    root: str, assignment: str, submissions: list[Submission], exercises: dict[str, set[str]] | None
) -> list[GradedSubmission]:
    """In a worker: grade one chunk with this worker's grader."""
    global _grader
    if _grader is None or _grader.assignment.name != assignment or str(_grader.course.root) != root:
        if _grader is not None:
            _grader.sandbox.close()
        _grader = _new_grader(Course(Path(root)), assignment)
    return _grader.grade(submissions, lambda s: (exercises or {}).get(s.student))
