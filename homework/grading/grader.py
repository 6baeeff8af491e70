"""`Grader`: submissions in, results out. No gradebook, and nothing is written.

    with Grader(course, "hw1") as grader:
        graded = grader.grade([Submission("ada", data)])

Theory of operation. A grader keeps one sandbox and one judge for an assignment. It reads and rebuilds each submission
and runs *all* cells in one session of the sandbox, which saves the notebook's names at every grade cell, so that a name
means what it meant there. Only then does the judge call the submission's functions, so that no hidden input can reach
the output of a cell.

While one submission is judged, a thread of the grader runs the cells of the next one. Otherwise one of the two
processes, judge and sandbox, would always be idle.
"""

from __future__ import annotations

import importlib.util
import json
import py_compile
import tempfile
from collections.abc import Callable, Iterable
from concurrent import futures
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec
import torch

from homework.course import Assignment, Course
from homework.course.cells import name_of, text_cell
from homework.course.figures import embedded
from homework.course.fingerprint import decisive_environment, exercise_hashes
from homework.errors import CourseError
from homework.grading.ahead import one_ahead
from homework.grading.answering import Answering
from homework.grading.attempt import Attempt
from homework.grading.exercises import load_exercises
from homework.judge import BankError, Judge
from homework.judge.draw import seed_for
from homework.results import ExerciseResult, Result, Score, Status, Submitted, TestResult, Verdict
from homework.sandbox import Limits, SandboxFault, SandboxUnavailable
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.self_check import self_check
from homework.submission.handin import Part, Submission
from homework.submission.read import Unreadable, read
from homework.submission.rebuild import Rebuilt, State, rebuild
from homework.submission.template import NotebookCell, Template

_LARGEST_COMPANION = 8 << 20


@dataclass
class GradedSubmission:
    """A result, and the cells with their outputs, for people to read."""

    result: Result
    cells: list[tuple[NotebookCell, list[dict[str, Any]]]] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)  # of the solution cells


class Grader:
    """Grades submissions of one assignment. Raises CourseError if the assignment itself is incomplete."""

    def __init__(self, course: Course, assignment: str, sandbox: Sandbox | None = None) -> None:
        torch.set_num_threads(1)  # the judge's computations are small: threads would cost more than they gain
        self.course = course
        self.assignment: Assignment = course.assignment(assignment)
        self.template = Template.load(self.assignment.released_notebook)
        self._require_released_options()
        self.limits: Limits = course.settings.limits_for(assignment)
        self.sandbox = sandbox or Sandbox()
        self._self_check = "not run"
        # Lives as long as the sandbox: a zygote that is started from a thread ends with that thread.
        self._thread = futures.ThreadPoolExecutor(1, "cells")
        self.sandbox.expect((cell.name, cell.source) for cell in self.template.cells if cell.kind == "code")
        self.exercises = load_exercises(course, assignment)
        self._judge = Judge(self.exercises, course.settings.secret)
        self._seed = seed_for(course.settings.secret, "sandbox")

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Shut down the sandbox."""
        self._thread.shutdown()
        self.sandbox.close()

    def _require_released_options(self) -> None:
        """Raise CourseError if the release has other letters for the options of a quiz than the judge."""
        choices = self.course.choices(self.assignment.name)
        if not choices:
            return
        cells = json.loads(self.assignment.released_notebook.read_text("utf-8"))["cells"]
        released = {
            name_of(cell): "".join(cell["source"]) for cell in cells
        }  # pictures as they were embedded
        for name, choice in choices.items():
            text = embedded(choice.markdown(), self.assignment.source)
            if text not in released.get(text_cell(name), ""):
                raise CourseError(
                    f"release/{self.assignment.name} shows other options for {name}, or in another order, than "
                    "choices.toml and c.Homework.offering give. If students have this release, set these as they were; "
                    f"otherwise run `homework release {self.assignment.name}`"
                )

    @cached_property
    def companions(self) -> dict[str, bytes]:
        """The files next to the released notebook that its cells may import or read, and compiled modules."""
        paths = self.assignment.companions
        files = {
            name: path.read_bytes()
            for name, path in paths.items()
            if path.stat().st_size < _LARGEST_COMPANION
        }
        with tempfile.TemporaryDirectory() as scratch:
            for name in [name for name in files if name.endswith(".py")]:
                compiled = Path(scratch, "compiled")
                unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH  # times differ in the sandbox
                py_compile.compile(str(paths[name]), str(compiled), name, True, invalidation_mode=unchecked)
                files[importlib.util.cache_from_source(name)] = compiled.read_bytes()
        return files

    @cached_property
    def _hashes(self) -> dict[str, str]:
        """What the points of each exercise depend on besides the submission and the environment."""
        return exercise_hashes(self.course, self.assignment.name, self.limits)

    @cached_property
    def environment(self) -> dict[str, str]:
        """What a result depends on besides the submission."""
        return {
            **decisive_environment(self.course, self.assignment.name, self.limits),
            "sandbox": self.sandbox.tier,
            "probes": self._self_check,  # named so in receipts, old ones too
        }

    def grade(self, submissions: Iterable[Submission]) -> list[GradedSubmission]:
        """Grade `submissions`, in order."""
        graded: list[GradedSubmission] = []
        self.grade_each(submissions, graded.append)
        return graded

    def grade_each(self, submissions: Iterable[Submission], done: Callable[[GradedSubmission], None]) -> None:
        """Grade `submissions` and pass each result to `done` as soon as it is ready.

        Raises SandboxUnavailable before anything is graded if there is no working sandbox.
        """
        submissions = iter(submissions)
        first = list(islice(submissions, 1))
        part = first[0].part if first else None
        try:
            self._judge.prepare(part.exercises if part else None)  # while the zygote is starting
        except BankError as error:
            raise CourseError(str(error)) from error
        self._check_sandbox()
        # Always closed: `done` may raise, and no session must outlive that.
        with closing(one_ahead(self._begin, _end, chain(first, submissions))) as each:
            for _, begun in each:
                if isinstance(begun, GradedSubmission):
                    done(begun)
                    continue
                with begun:
                    done(self._judged(begun))

    def _judged(self, attempt: Attempt) -> GradedSubmission:
        """Wait until the cells of `attempt` have been run, and judge it."""
        try:
            attempt.wait()
        except (SandboxUnavailable, CourseError):
            raise
        except SandboxFault as fault:
            return self._without_score(attempt.submission, Status.GRADER_FAULT, str(fault), attempt.rebuilt)
        except Exception as error:
            # Whatever happened, one submission must not stop the batch.
            reason = f"the grader failed: {type(error).__name__}: {error}"
            return self._without_score(attempt.submission, Status.GRADER_FAULT, reason, attempt.rebuilt)
        part = self._part(attempt.submission)
        found = self._judge.run(Answering(attempt), part.exercises if part else None)
        results = {one.name: msgspec.structs.replace(one, depends=self._hashes[one.name]) for one in found}
        results |= {one.name: one for one in part.known} if part else {}
        return self._graded(attempt, [results[one.name] for one in self.exercises if one.name in results])

    def _part(self, submission: Submission) -> Part | None:
        """What is judged of a submission; None for everything."""
        part = submission.part
        return None if part and part.known and part.tier != self.sandbox.tier else part

    def _check_sandbox(self) -> None:
        """Start the sandbox and check it, once. Raises SandboxUnavailable."""
        self.sandbox.start()
        if self._self_check != "passed":
            self_check(self.sandbox)
            self._self_check = "passed"

    def fault(self, submission: Submission, reason: str) -> GradedSubmission:
        """The result for a submission that we failed to grade: no score, flagged for a person."""
        return self._without_score(submission, Status.GRADER_FAULT, reason)

    def _begin(
        self, submission: Submission, before: Attempt | GradedSubmission | None
    ) -> Attempt | GradedSubmission:
        """Read and rebuild a submission and start running its cells, or return a result that says why not.

        `before` is the previous submission, which may still be in the judge.
        """
        try:
            if submission.data is None:
                raise Unreadable(submission.problem)
            cells, notes = read(submission.data)
            rebuilt = rebuild(self.template, cells, submission.documents)
        except Unreadable as reason:
            return self._without_score(submission, Status.UNREADABLE, str(reason))
        except Exception as error:  # a bug of ours costs the class no more than this submission
            return self.fault(submission, f"the grader failed: {type(error).__name__}: {error}")
        rebuilt.notes[:0] = notes
        files = {**submission.taken, **self.companions}  # what was released keeps its place
        part = self._part(submission)
        return Attempt(
            submission,
            rebuilt,
            lambda: self.sandbox.session(self.limits, self._seed, files),
            self.limits.seconds_per_submission,
            self._thread,
            before.after if isinstance(before, Attempt) else None,
            part if part and not part.all_cells else None,
        )

    def _without_score(
        self, submission: Submission, status: Status, reason: str, rebuilt: Rebuilt | None = None
    ) -> GradedSubmission:
        exercises = [
            ExerciseResult(
                e.name,
                0.0,
                e.points,
                0.0,
                [TestResult("all", "All tests", e.points, 0.0, Verdict.SKIPPED, reason, None)],
            )
            for e in self.exercises
        ]
        result = self._result(submission, status, [], exercises, list(self.assignment.questions), reason)
        if rebuilt is None:
            return GradedSubmission(result)
        return GradedSubmission(result, [(cell, []) for cell in rebuilt.cells], rebuilt.states)

    def _graded(self, run: Attempt, results: list[ExerciseResult]) -> GradedSubmission:
        states = run.rebuilt.states
        to_review = [name for name in self.assignment.questions if states.get(name) is State.ANSWERED]
        status, reason = Status.GRADED, ""
        if any(result.at_fault for result in results):
            status, reason = Status.GRADER_FAULT, "the grader itself failed; a person will look at it"
        result = self._result(run.submission, status, run.rebuilt.notes, results, to_review, reason)
        return GradedSubmission(result, list(zip(run.rebuilt.cells, run.outputs, strict=True)), states)

    def _result(
        self,
        submission: Submission,
        status: Status,
        notes: list[str],
        exercises: list[ExerciseResult],
        to_review: list[str],
        reason: str,
    ) -> Result:
        auto = round(sum(exercise.score for exercise in exercises), 6)
        return Result(
            assignment=self.assignment.name,
            student=submission.student,
            status=status,
            submission=Submitted(
                submission.sha256,
                [*submission.notes, *notes],
                submission.digests,
                dict(submission.documents),
            ),
            score=Score(None if status is Status.GRADER_FAULT else auto, self.assignment.auto_max, to_review),
            exercises=exercises,
            environment=self.environment,
            reason=reason,
        )


def _end(begun: Attempt | GradedSubmission) -> None:
    if isinstance(begun, Attempt):
        begun.close()
