"""`grade`: one submission in, one result out. No gradebook, no writing.

    with Grader(course, "hw1") as grader:
        graded = grader.grade([Submission("ada", data)])

Theory of operation. A grader keeps one sandbox and one pytest session for an assignment. For each submission it
reads and rebuilds the notebook, runs *all* its cells in one session of the sandbox, forking a server at every grade
cell (so that a name means what it meant there), and only then lets the judge call these servers: nothing of a hidden
input can reach the output of a cell. A cell or a call that hangs or dies loses the session; the cells are run again
without that cell, or up to the exercise in question, and grading goes on.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

import torch

from homework import __version__
from homework.course import Assignment, Course
from homework.errors import CourseError
from homework.handin import Submission
from homework.judge import Bank, BankError, ExerciseResult, Outcome, run_judge
from homework.judge.draw import seed_for
from homework.judge.plugin import Judged
from homework.judge.result import SKIPPED, TestResult
from homework.notebook import Rebuilt, RunCell, Template, Unreadable, read, rebuild
from homework.sandbox import (
    Crashed,
    Limits,
    OutOfTime,
    Sandbox,
    SandboxFault,
    Server,
    Session,
)

SCHEMA = 1
_MAX_RESTARTS = 6
_LARGEST_COMPANION = 8 << 20
_MAX_TIMEOUTS_PER_EXERCISE = 2
_MAX_OUTPUTS = 32 << 20  # bytes that all cells of a submission may display in all


@dataclass
class GradedSubmission:
    """A result in the published form (`docs/result-schema.json`), and the notebook with outputs for people to read."""

    result: dict[str, Any]
    cells: list[tuple[RunCell, list[dict[str, Any]]]] = field(default_factory=list)


class Grader:
    """Grades submissions of one assignment. Raises CourseError where the assignment itself is incomplete."""

    def __init__(self, course: Course, assignment: str, sandbox: Sandbox | None = None) -> None:
        torch.set_num_threads(1)  # the judge's own small computations: threads would cost more than they give
        self.course = course
        self.assignment: Assignment = course.assignment(assignment)
        self.template = Template.load(self.assignment.released_notebook)
        self.limits: Limits = course.settings.limits_for(assignment)
        self.sandbox = sandbox or Sandbox()
        try:
            self.exercises = [
                Judged(
                    exercise.name,
                    exercise.points,
                    Bank(exercise.name, course.solutions(assignment, exercise.name)),
                    course.tests(assignment, exercise.name),
                )
                for exercise in self.assignment.exercises.values()
            ]
        except BankError as error:
            raise CourseError(str(error)) from error

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.close()

    @cached_property
    def companions(self) -> dict[str, bytes]:
        """The files beside the released notebook that its cells may import or read."""
        folder = self.assignment.release
        return {
            path.name: path.read_bytes()
            for path in sorted(folder.iterdir())
            if path.is_file() and path.suffix != ".ipynb" and path.stat().st_size < _LARGEST_COMPANION
        }

    @cached_property
    def environment(self) -> dict[str, str]:
        """What a result depends on beside the submission."""
        return {
            "python": platform.python_version(),
            "torch": version("torch"),
            "numpy": version("numpy"),
            "homework": __version__,
            "tests": self.tests_hash,
            "sandbox": self.sandbox.tier,
            "probes": self.sandbox.probes,
        }

    @cached_property
    def tests_hash(self) -> str:
        """A digest of everything that decides points: tests, references, misconceptions, template, limits."""
        digest = hashlib.sha256(repr((self.limits, self.course.settings.secret)).encode())
        files = [self.assignment.released_notebook]
        for exercise in self.exercises:
            files += [exercise.tests, *sorted(exercise.bank.folder.glob("*.py"))]
        for file in files:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()[:16]

    def grade(
        self,
        submissions: Iterable[Submission],
        exercises: Callable[[Submission], set[str] | None] = lambda _: None,
    ) -> list[GradedSubmission]:
        """Grade `submissions`, in order. `exercises` narrows the hidden tests run over one (for the check)."""
        graded: list[GradedSubmission] = []
        self.grade_each(submissions, graded.append, exercises)
        return graded

    def grade_each(
        self,
        submissions: Iterable[Submission],
        done: Callable[[GradedSubmission], None],
        exercises: Callable[[Submission], set[str] | None] = lambda _: None,
    ) -> None:
        """Grade `submissions` and hand each result to `done` as soon as it is there.

        Raises SandboxUnavailable before anything else when there is no working sandbox.
        """
        self.sandbox.start()

        def subjects() -> Iterator[tuple[_Run, set[str] | None]]:
            for submission in submissions:
                run = self._open(submission)
                if isinstance(run, GradedSubmission):
                    done(run)
                    continue
                with run:
                    yield run, exercises(submission)

        def finish(subject: Any, results: list[ExerciseResult]) -> None:
            done(self._graded(subject, results))

        try:
            run_judge(self.exercises, self.course.settings.secret, subjects(), finish)
        except BankError as error:
            raise CourseError(str(error)) from error

    def fault(self, submission: Submission, reason: str) -> GradedSubmission:
        """The result of a submission that we failed to grade: no score, for a person to look at."""
        return self._without_score(submission, "grader-fault", reason)

    def _open(self, submission: Submission) -> _Run | GradedSubmission:
        """Read, rebuild and run a submission's cells, or say why that cannot be."""
        try:
            if submission.data is None:
                raise Unreadable(submission.problem)
            cells, notes = read(submission.data)
            rebuilt = rebuild(self.template, cells)
        except Unreadable as reason:
            return self._without_score(submission, "unreadable", str(reason))
        rebuilt.notes[:0] = notes
        try:
            run = _Run(self, submission, rebuilt)
            run.run_cells()
        except SandboxFault as fault:
            return self._without_score(submission, "grader-fault", str(fault), rebuilt)
        return run

    def _without_score(
        self, submission: Submission, status: str, reason: str, rebuilt: Rebuilt | None = None
    ) -> GradedSubmission:
        exercises = [
            ExerciseResult(
                e.name, 0.0, e.points, 0.0, [TestResult("all", "All tests", e.points, 0.0, SKIPPED, reason)]
            )
            for e in self.exercises
        ]
        result = self._result(submission, status, [], exercises, list(self.assignment.questions))
        result["reason"] = reason
        if status == "grader-fault":
            result["score"]["auto"] = None
        return GradedSubmission(result, [(cell, []) for cell in rebuilt.cells] if rebuilt else [])

    def _graded(self, run: _Run, results: list[ExerciseResult]) -> GradedSubmission:
        to_review = [name for name in self.assignment.questions if name in run.rebuilt.answers]
        fault = any(result.at_fault for result in results)
        status = "grader-fault" if fault else "graded"
        result = self._result(run.submission, status, run.rebuilt.notes, results, to_review)
        if fault:
            result["score"]["auto"] = None
            result["reason"] = "the grader itself failed; a person will look at it"
        return GradedSubmission(result, list(zip(run.rebuilt.cells, run.outputs, strict=True)))

    def _result(
        self,
        submission: Submission,
        status: str,
        notes: list[str],
        exercises: list[ExerciseResult],
        to_review: list[str],
    ) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "assignment": self.assignment.name,
            "student": submission.student,
            "status": status,
            "submission": {
                "sha256": hashlib.sha256(submission.data).hexdigest()
                if submission.data is not None
                else None,
                "notes": notes,
            },
            "score": {
                "auto": round(sum(exercise.score for exercise in exercises), 6),
                "auto_max": self.assignment.auto_max,
                "to_review": to_review,
            },
            "exercises": [exercise.as_dict() for exercise in exercises],
            "environment": self.environment,
        }


class _Run:
    """One submission in the sandbox: the judge's subject."""

    def __init__(self, grader: Grader, submission: Submission, rebuilt: Rebuilt) -> None:
        self.name = submission.student
        self.submission = submission
        self.rebuilt = rebuilt
        self.outputs: list[list[dict[str, Any]]] = [[] for _ in rebuilt.cells]
        self._sandbox = grader.sandbox
        self._companions = grader.companions
        self._limits = grader.limits
        self._seed = seed_for(grader.course.settings.secret, submission.student, "sandbox")
        self._deadline = time.monotonic() + grader.limits.seconds_per_submission
        self._session: Session | None = None  # the one in which all cells ran
        self._revived: Session | None = None  # a later one, for an exercise that lost its server
        self._servers: dict[str, Server] = {}
        self._lost: set[int] = set()  # cells that took the session with them, by index
        self._timeouts: dict[str, int] = {}
        self._room = _MAX_OUTPUTS

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        for session in (self._session, self._revived):
            if session is not None:
                session.close()

    def _new_session(self) -> Session:
        return self._sandbox.session(self._limits, self._seed, self._companions)

    # -- cells

    def run_cells(self) -> None:
        """Run all cells, forking a server at each grade cell; again without a cell that takes the session along."""
        for attempt in range(_MAX_RESTARTS):
            if self._session is not None:
                self._session.close()
            self._session = self._new_session()
            if attempt == 0:  # until now others took the time: the session before may have been slow to end
                self._deadline = time.monotonic() + self._limits.seconds_per_submission
            self._room = _MAX_OUTPUTS
            if self._run(self._session, until=None):
                return
        self.rebuilt.notes.append("too many cells ended the Python process; what followed was not run")

    def _run(self, session: Session, until: str | None) -> bool:
        """Run the cells in `session`, up to the grade cell of `until`; False if a cell ended it."""
        for index, cell in enumerate(self.rebuilt.cells):
            left = self._deadline - time.monotonic()
            if left <= 0:
                self._note("the notebook's cells took too long in all; what followed was not run")
                return True
            if cell.exercise:
                if until is None or cell.exercise == until:
                    server = session.serve(left)
                    if server is not None:
                        self._servers[cell.exercise] = server
                    elif until is None:
                        return self._lose(index, "crashed")
                if cell.exercise == until:
                    return True
            if cell.kind != "code" or not cell.source.strip() or index in self._lost:
                continue
            left = max(0.01, self._deadline - time.monotonic())
            ended = session.run_cell(cell.name or f"own_{index}", cell.source, left)
            if until is None:
                self.outputs[index] = self._kept(index, ended.outputs)
            if not session.alive:
                return self._lose(index, ended.status)
            if ended.status == "timeout":
                self._note_lost(index, "was interrupted: it took too long")
        return True

    def _kept(self, index: int, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The outputs of a cell, or none where they would make the whole submission's too large to keep."""
        size = sum(len(value) for output in outputs for value in output.values())
        if size > self._room:
            self._note_lost(index, "displayed more than is kept; its outputs were left out")
            return []
        self._room -= size
        return outputs

    def _lose(self, index: int, status: str) -> bool:
        self._lost.add(index)
        reasons = {
            "timeout": "took too long",
            "memory": "used too much memory",
            "crashed": "ended the Python process",
        }
        self._note_lost(index, f"{reasons.get(status, 'failed')}; the notebook was run without it")
        return False

    def _note_lost(self, index: int, what: str) -> None:
        cell = self.rebuilt.cells[index]
        self._note(f"cell {cell.name or f'number {index + 1}'} {what}")

    def _note(self, note: str) -> None:
        if note not in self.rebuilt.notes:
            self.rebuilt.notes.append(note)

    # -- calls

    def call(self, exercise: str, driver: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Outcome:
        """Run `driver` in the state of the exercise's grade cell. Raises a StudentFault."""
        if self._timeouts.get(exercise, 0) >= _MAX_TIMEOUTS_PER_EXERCISE:
            raise OutOfTime("Not run: earlier tests of this exercise did not finish in time.")
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime("Not run: the submission as a whole took too long.")
        server = self._server(exercise)
        try:
            reply = server.call(driver, args, kwargs, seed=self._seed, seconds=left)
        except OutOfTime:
            self._timeouts[exercise] = self._timeouts.get(exercise, 0) + 1
            raise
        return Outcome(value=reply.value, after=reply.after)

    def _server(self, exercise: str) -> Server:
        server = self._servers.get(exercise)
        if server is not None and server.alive:
            return server
        # The other exercises' servers live in the first session, which stays as it is.
        if self._revived is not None:
            self._revived.close()
        self._revived = self._new_session()
        self._run(self._revived, until=exercise)
        server = self._servers.get(exercise)
        if server is None or not server.alive:
            raise Crashed("The notebook's cells could not be run up to this exercise.")
        return server
