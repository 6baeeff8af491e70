"""`homework check`: whether the hidden tests are fair.

Every reference, variant and misconception of an assignment is spliced into the release and graded like a
submission, in the sandbox. The reference and every variant must get full marks. Every misconception must lose
points, must be named in at least one failed test, and must never be mistaken for another one. An answer that is not
of the form asked for must get the sentence that says so, and no points. The untouched release must score zero.

Before that, the rules of `release` are looked at, and the tests are run over the reference in this process: where it
fails, the tests are wrong, and nothing is said of other solutions.

What an earlier check found out is not found out again (`kept.py`), so that an author waits for what was changed. With
nothing changed not even torch is imported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection

from homework.commands.fairness import Report
from homework.commands.kept import Kept
from homework.commands.stale import named, stale_cells
from homework.course import Assignment, Course
from homework.course.fingerprint import assignment_hash, exercise_hashes, program_hash
from homework.errors import UsageError
from homework.pool import Pool

_EACH = 50  # solutions of an exercise, or so
_FEW = 2  # exercises that are sooner judged in this process, which imports torch anyway


def check(
    course: Course,
    assignment: str,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
    only: Collection[str] | None = None,
    *,
    fresh: bool = False,
) -> Report:
    """Grade all solutions in the banks of `assignment`, or of the tasks `only`; with `fresh` whatever was found before.

    Raises CourseError if something that is needed for that is missing or malformed, or if a reference fails.
    """
    task = course.assignment(assignment)
    if task.readable()[1]:
        from homework.commands.rules import require_complete  # which imports torch

        require_complete(course, task)
    if unknown := [name for name in only or () if name not in task.tasks]:
        raise UsageError(f"{assignment} has no task {unknown[0]!r}; its tasks are: {', '.join(task.tasks)}")
    try:
        whole, hashes = _digests(course, assignment)
    except UsageError:
        from homework.commands.judging import judge_banks

        # Not released: the rules may have more to say.
        judge_banks(course, assignment, only, (), Pool(course, assignment, jobs), progress)
        raise
    kept = Kept() if fresh else Kept.read(course, assignment)
    wanted = [name for name in task.exercises if only is None or name in only]
    known = {name: rows for name in wanted if (rows := kept.rows_of(name, hashes[name])) is not None}
    problems = kept.problems_of(whole, only)
    report = Report(assignment, kept=sum(map(len, known.values())))
    if problems is None or len(known) < len(wanted):
        count = len(wanted) - len(known)
        jobs = jobs or (1 if count <= _FEW else None)
        # The sandbox, and other processes, start while torch is imported here.
        with Pool(course, assignment, jobs, expected=_EACH * count) as pool:
            from homework.commands.judging import judge_banks

            judged = judge_banks(course, assignment, only, known, pool, progress)
        problems = judged.problems
        for name in wanted:
            if name not in known:
                known[name] = [row for row in judged.rows if row.exercise == name]
                kept.keep(name, hashes[name], known[name])
        kept.keep_problems(whole, only, problems)
        if _digests(course, assignment) == (whole, hashes):  # otherwise a file was edited meanwhile
            kept.write(course, assignment)
    report.problems = problems
    report.rows = [row for name in wanted for row in known[name]]
    report.notes = _notes(course, task, only, problems)
    return report


def _notes(
    course: Course, assignment: Assignment, only: Collection[str] | None, problems: list[str]
) -> list[str]:
    """What was looked at of written questions, and whether the release is what was checked."""
    notes = []
    for task in assignment.questions.values():
        if only is not None and task.name in only and not any(task.name in said for said in problems):
            path = course.solutions(assignment.name, task.name) / "answers.toml"
            marks = sorted(one["marks"] for one in tomllib.loads(path.read_text("utf-8"))["answer"])
            notes.append(
                f"{task.name}: the marking scheme sums to {task.points:g}, as it should; {len(marks)} sample answers, "
                f"with {' and '.join(f'{one:g}' for one in marks)} points"
            )
    if stale := stale_cells(assignment):
        notes.append(
            f"warning: release/{assignment.name} is not what source/ generates: {named(stale)}; "
            f"run `homework release {assignment.name}`"
        )
    return notes


def _digests(course: Course, assignment: str) -> tuple[str, dict[str, str]]:
    """The digests of all that the problems of an assignment, and the rows of each exercise, depend on."""
    hashes = exercise_hashes(course, assignment, spliced=True)
    own = {name: f"{program_hash()} {digest}" for name, digest in hashes.items()}
    return assignment_hash(course, assignment), own
