"""`homework regrade`: grade again, and say which results differ, and why.

Next to every autograded notebook is a receipt: the result, and what it depended on. Grading is deterministic, so a
result differs only if the submission, the tests or the versions have changed; if none has, that is reported too.

Where only some exercises have changed, those are judged again, and what the receipt says of the others stands. That
takes the same notebook, versions and tier of the sandbox, the same digest of all else that decides the exercise, and
a submission that reached no limit, since what a limit costs depends on what ran before. If nothing has changed,
everything is judged again.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from homework.commands.autograde import all_handed_in, is_of, recording
from homework.commands.progress import progress
from homework.course import Course
from homework.course.cells import grade_cell
from homework.course.fingerprint import DECISIVE, decisive_environment, differences, exercise_hashes
from homework.errors import NotRecorded
from homework.gradebook.prepared import Prepared, prepare
from homework.pool import Pool, only_result
from homework.results import ExerciseResult, Receipt, Result, Status, read_receipt
from homework.submission.files import HandedIn, Readings
from homework.submission.handin import Part, Submission

if TYPE_CHECKING:
    from homework.gradebook.late import PenaltyChange
    from homework.gradebook.scores import SubmissionScore

_NO_REASON = (
    "the submission, the tests and the versions are unchanged: "
    "a limit was reached on a busy machine, or a test is not deterministic"
)


@dataclass(frozen=True)
class Change:
    """One submission whose result has changed. A score is None if there is none, as is `before` for a new one."""

    student: str
    before: float | None
    now: float | None
    exercises: tuple[str, ...]
    why: tuple[str, ...]

    def __str__(self) -> str:
        points = f"{_points(self.before)} → {_points(self.now)}" if self.before != self.now else "same points"
        parts = [points, *self.exercises]
        return f"{self.student}: {'; '.join(parts)}; because {', '.join(self.why)}"


@dataclass(frozen=True)
class Regraded:
    """All changes, by student; the number of submissions; the students for whom the grader itself failed.

    `late` are the late penalties that change, be it for the new results or for a due date that moved.
    """

    changes: list[Change]
    of: int
    faults: list[str]
    late: list[PenaltyChange]


def regrade(
    course: Course,
    assignment: str,
    students: Collection[str] | None = None,
    *,
    apply: bool = False,
    fresh: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> Regraded:
    """Grade what was handed in again. Nothing is written without `apply`, and scores from people never change.

    With `fresh` all exercises are judged again, not only those that changed.

    A submission on which the grader itself fails keeps its earlier result. Raises what `autograde` raises.
    """
    handed_in = {one.student: one for one in all_handed_in(course, assignment, students)}
    changes: list[Change] = []
    faults: list[str] = []
    with (
        Pool(course, assignment, jobs, scheduler, expected=len(handed_in)) as pool,
        recording(course, assignment) if apply else nullcontext() as recorder,
    ):
        # Slow to import: the workers are already warming up.
        from homework.gradebook.late import bring_up_to_date
        from homework.gradebook.scores import scores_of

        scores = scores_of(course, assignment)

        def compare(result: Result) -> None:
            """Note what changes."""
            student = result.student
            tell(result)
            if result.status is Status.GRADER_FAULT:
                faults.append(student)
                return
            if student in scores:
                _count(scores[student], result, handed_in[student])
            before = read_receipt(course.autograded / student / assignment)
            if change := _change(before, result):
                changes.append(change)

        def record(one: Prepared) -> None:
            assert recorder is not None
            compare(one.result)
            if one.result.status is Status.GRADER_FAULT:
                return
            try:
                recorder.write(one, handed_in[one.result.student])
            except NotRecorded as error:
                faults.append(f"{one.result.student} ({error})")

        parts = Parts(course, assignment, apply)
        readings = Readings(list(handed_in.values()), (lambda _: None) if fresh else parts.of)
        with progress(f"regrading {assignment}", len(handed_in), quiet=True) as tell:
            if apply:
                pool.grade(readings, record, prepare)
            else:
                pool.grade(readings, compare, only_result)
        late = bring_up_to_date(course, scores.values())
        if recorder is not None:
            recorder.bring_penalties_up_to_date()
    changes.sort(key=lambda change: change.student)
    return Regraded(changes, len(handed_in), sorted(faults), late)


class Parts:
    """What is judged of each submission, by its receipt. With `all_cells` its notebook will be written, too."""

    def __init__(self, course: Course, assignment: str, all_cells: bool) -> None:
        self._course, self._assignment, self._all_cells = course, assignment, all_cells
        self._hashes = exercise_hashes(course, assignment)
        self._environment = decisive_environment(course, assignment)

    def of(self, submission: Submission) -> Part | None:
        """The exercises that have to be judged, and what is known of the others; None for all."""
        receipt = read_receipt(self._course.autograded / submission.student / self._assignment)
        if receipt is None or receipt.status is not Status.GRADED or not is_of(receipt, submission):
            return None
        if any(
            receipt.environment.get(name) != self._environment[name] for name in DECISIVE.keys() - {"tests"}
        ):
            return None
        if any(exercise.at_limit for exercise in receipt.exercises):
            return None
        known = tuple(
            one for one in receipt.exercises if one.depends and one.depends == self._hashes.get(one.name)
        )
        rest = self._hashes.keys() - {one.name for one in known}
        if not known or not rest:
            return None
        return Part(frozenset(rest), known, receipt.environment.get("sandbox", ""), self._all_cells)


def _count(score: SubmissionScore, now: Result, handed_in: HandedIn) -> None:
    """Put a new result into a score from the gradebook."""
    score.timestamp = handed_in.time
    for exercise in now.exercises:
        cell = score.cells.get(grade_cell(exercise.name))
        if cell is not None:
            score.cells[cell.name] = replace(cell, auto=exercise.score)


def _change(before: Receipt | None, now: Result) -> Change | None:
    """How a result differs from the one before; None if it does not."""
    student, score = now.student, now.score.auto
    if before is None:
        return Change(student, None, score, (), ("it was not graded before",))
    old = {exercise.name: exercise for exercise in before.exercises}
    changed = []
    for exercise in now.exercises:
        was = old.get(exercise.name)
        if was is None or was.score != exercise.score:
            changed.append(
                f"{exercise.name} {_points(was.score if was else None)} → {_points(exercise.score)}"
            )
        elif _findings(was) != _findings(exercise):
            changed.append(f"different findings in {exercise.name}")
    changed += [f"{name} was removed" for name in old.keys() - {exercise.name for exercise in now.exercises}]
    if before.status != now.status:
        changed.insert(0, f"{before.status} → {now.status}")
    if not changed and before.score.auto == score:
        return None
    why = [] if _same_submission(before, now) else ["the submission changed"]
    why += differences(before.environment, now.environment)
    if before.status is Status.GRADER_FAULT:
        why.append("the grader had failed")
    return Change(student, before.score.auto, score, tuple(changed), tuple(why or [_NO_REASON]))


def _same_submission(before: Receipt, now: Result) -> bool:
    """Whether two results are for the same submission; of one that could not be read, by the reason."""
    was, is_now = before.submission, now.submission
    same = (was.sha256, was.files) == (is_now.sha256, is_now.files)
    return same and (was.sha256 is not None or before.reason == now.reason)


def _findings(exercise: ExerciseResult) -> list[tuple[Any, ...]]:
    return [
        (test.name, test.score, test.verdict, test.message, test.misconception) for test in exercise.tests
    ]


def _points(score: float | None) -> str:
    return "–" if score is None else f"{round(score, 3):g}"
