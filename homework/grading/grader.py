"""`grade`: one submission in, one result out. No gradebook, no writing.

    with Grader(course, "hw1") as grader:
        graded = grader.grade([Submission("ada", data)])

Theory of operation. A grader keeps one sandbox and one judge for an assignment. For each submission it
reads and rebuilds the notebook, runs *all* its cells in one session of the sandbox, which remembers the notebook's
names at every grade cell (so that a name means what it meant there), and only then lets the judge call its
functions: nothing of a hidden input can reach the output of a cell. A cell that hangs or dies loses the session; the
cells are run again without it. A call that does so loses the server; where the cells took long, or it happened
before, the server is a fork of the session that another fork replaces, else the cells are run again.

While one submission is judged, the cells of the next are run from a thread of the grader's: one of two processes
would else wait for the other all the time. Nobody pays for that: what runs out of time while another submission ran
beside it for more than a moment is run again when that one has ended, and the time that two share is charged to each
by half.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import py_compile
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent import futures
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from homework.course import Assignment, Course
from homework.course.fingerprint import decisive_environment
from homework.errors import CourseError
from homework.grading.exercises import load_exercises
from homework.judge import BankError, Call, Judge, Outcome
from homework.judge.draw import seed_for
from homework.results import ExerciseResult, Result, Score, Status, Submitted, TestResult, Verdict
from homework.sandbox import (
    Crashed,
    Limits,
    LostBefore,
    OutOfTime,
    Sandbox,
    SandboxFault,
    SandboxUnavailable,
    Server,
    Session,
)
from homework.submission.handin import Submission
from homework.submission.read import Unreadable, read
from homework.submission.rebuild import Rebuilt, State, rebuild
from homework.submission.template import RunCell, Template

_MAX_RESTARTS = 6
_ATTEMPTS = 2  # at a submission whose sandbox was lost under it
_LARGEST_COMPANION = 8 << 20
_MAX_TIMEOUTS_PER_EXERCISE = 2
_A_MOMENT = 0.1  # as a part of the time that something took
_LONG = 0.5  # seconds of running cells after which their state is kept rather than made again
_MAX_OUTPUTS = 32 << 20  # bytes that all cells of a submission may display in all


@dataclass
class GradedSubmission:
    """A result, and the notebook with outputs for people to read."""

    result: Result
    cells: list[tuple[RunCell, list[dict[str, Any]]]] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)  # of the solution cells


class Grader:
    """Grades submissions of one assignment. Raises CourseError where the assignment itself is incomplete."""

    def __init__(self, course: Course, assignment: str, sandbox: Sandbox | None = None) -> None:
        torch.set_num_threads(1)  # the judge's own small computations: threads would cost more than they give
        self.course = course
        self.assignment: Assignment = course.assignment(assignment)
        self.template = Template.load(self.assignment.released_notebook)
        self.limits: Limits = course.settings.limits_for(assignment)
        self.sandbox = sandbox or Sandbox()
        # For as long as the sandbox: a zygote that is started from a thread ends with that thread.
        self._thread = futures.ThreadPoolExecutor(1, "cells")
        self.sandbox.expect((cell.name, cell.source) for cell in self.template.cells if cell.kind == "code")
        self.exercises = load_exercises(course, assignment)
        self._judge = Judge(self.exercises, course.settings.secret)

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its sandbox."""
        self._thread.shutdown()
        self.sandbox.close()

    @cached_property
    def companions(self) -> dict[str, bytes]:
        """The files beside the released notebook that its cells may import or read; modules compiled, too."""
        folder = self.assignment.release
        files = {
            path.name: path.read_bytes()
            for path in sorted(folder.iterdir())
            if path.is_file() and path.suffix != ".ipynb" and path.stat().st_size < _LARGEST_COMPANION
        }
        with tempfile.TemporaryDirectory() as scratch:
            for name in [name for name in files if name.endswith(".py")]:
                compiled = Path(scratch, "compiled")
                unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH  # times differ there
                py_compile.compile(str(folder / name), str(compiled), name, True, invalidation_mode=unchecked)
                files[importlib.util.cache_from_source(name)] = compiled.read_bytes()
        return files

    @cached_property
    def environment(self) -> dict[str, str]:
        """What a result depends on beside the submission."""
        return {
            **decisive_environment(self.course, self.assignment.name, self.limits),
            "sandbox": self.sandbox.tier,
            "probes": self.sandbox.probes,
        }

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

        Raises SandboxUnavailable before anything is graded when there is no working sandbox.
        """

        def subjects() -> Generator[tuple[_Run, set[str] | None], None, None]:
            with closing(_one_ahead(self._begin, submissions)) as each:
                for submission, begun in each:
                    if isinstance(begun, GradedSubmission):
                        done(begun)
                        continue
                    with begun:
                        try:
                            begun.wait()
                        except (SandboxUnavailable, CourseError):
                            raise
                        except SandboxFault as fault:
                            done(
                                self._without_score(
                                    submission, Status.GRADER_FAULT, str(fault), begun.rebuilt
                                )
                            )
                        except Exception as error:
                            # Whatever it found, one submission must not stop the batch.
                            reason = f"the grader failed: {type(error).__name__}: {error}"
                            done(self._without_score(submission, Status.GRADER_FAULT, reason, begun.rebuilt))
                        else:
                            yield begun, exercises(submission)

        def finish(subject: Any, results: list[ExerciseResult]) -> None:
            done(self._graded(subject, results))

        try:
            self._judge.prepare()  # while the zygote still starts
            self.sandbox.start()
            # Closed whatever happens: `done` may raise, and no session must outlive that.
            with closing(subjects()) as each:
                self._judge.run(each, finish)
        except BankError as error:
            raise CourseError(str(error)) from error

    def fault(self, submission: Submission, reason: str) -> GradedSubmission:
        """The result of a submission that we failed to grade: no score, for a person to look at."""
        return self._without_score(submission, Status.GRADER_FAULT, reason)

    def _begin(self, submission: Submission, before: _Run | None) -> _Run | GradedSubmission:
        """Read and rebuild a submission and let its cells be run, or say why that cannot be.

        `before`: the one that may still be judged meanwhile.
        """
        try:
            if submission.data is None:
                raise Unreadable(submission.problem)
            cells, notes = read(submission.data)
            rebuilt = rebuild(self.template, cells)
        except Unreadable as reason:
            return self._without_score(submission, Status.UNREADABLE, str(reason))
        rebuilt.notes[:0] = notes
        return _Run(self, submission, rebuilt, self._thread, before)

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

    def _graded(self, run: _Run, results: list[ExerciseResult]) -> GradedSubmission:
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
        data = submission.data
        auto = round(sum(exercise.score for exercise in exercises), 6)
        return Result(
            assignment=self.assignment.name,
            student=submission.student,
            status=status,
            submission=Submitted(
                hashlib.sha256(data).hexdigest() if data is not None else None, [*submission.notes, *notes]
            ),
            score=Score(None if status is Status.GRADER_FAULT else auto, self.assignment.auto_max, to_review),
            exercises=exercises,
            environment=self.environment,
            reason=reason,
        )


def _one_ahead(
    begin: Callable[[Submission, _Run | None], _Run | GradedSubmission], submissions: Iterable[Submission]
) -> Generator[tuple[Submission, _Run | GradedSubmission], None, None]:
    """Each submission with what `begin` makes of it, which it does of the next one, too, before one is handed out."""
    begun: deque[tuple[Submission, _Run | GradedSubmission]] = deque()
    try:
        for submission in submissions:
            before = begun[-1][1] if begun else None
            begun.append((submission, begin(submission, before if isinstance(before, _Run) else None)))
            if len(begun) > 1:
                yield begun.popleft()
        while begun:
            yield begun.popleft()
    finally:
        for _, run in begun:
            if isinstance(run, _Run):
                run.close()


class _Span:
    """When something runs, for another thread to look at."""

    def __init__(self) -> None:
        self._stretches: list[list[float]] = []  # begin and end of each
        self.over = threading.Event()

    def begin(self) -> None:
        """It runs from now on."""
        self._stretches.append([time.monotonic(), math.inf])

    def pause(self) -> None:
        """It does not run from now on, if it did."""
        if self._stretches:
            self._stretches[-1][1] = min(self._stretches[-1][1], time.monotonic())

    def end(self) -> None:
        """It is over, if it was not."""
        self.pause()
        self.over.set()

    def shared(self, since: float) -> float:
        """For how many seconds it ran since `since`."""
        now = time.monotonic()
        return sum(max(0.0, min(ended, now) - max(begun, since)) for begun, ended in self._stretches)

    def disturbed(self, since: float) -> bool:
        """Whether it ran for more than a moment of the time since `since`."""
        return self.shared(since) > _A_MOMENT * (time.monotonic() - since)


class _Allowance:
    """The seconds that a submission has in all.

    What passes while another one runs beside it counts by half: together they are charged what has passed.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = 0.0
        self._beside: _Span | None = None

    def start(self, beside: _Span | None) -> None:
        """Its time passes from now on; `beside` is what it shares the machine with."""
        self._since, self._beside = time.monotonic(), beside

    def left(self) -> float:
        """Seconds that are left, now that its time passes."""
        return self._seconds - self._charged(self._since)

    def stop(self) -> None:
        """Its time does not pass until it is started again."""
        self._seconds = self.left()

    def forgive(self, since: float) -> None:
        """Give back what has been charged since `since`."""
        self._seconds += self._charged(since)

    def _charged(self, since: float) -> float:
        shared = self._beside.shared(since) if self._beside is not None else 0.0
        return time.monotonic() - since - shared / 2


class _Disturbed(Exception):
    """A cell ran out of time while another submission was judged: `by` that."""

    def __init__(self, by: _Span) -> None:
        super().__init__()
        self.by = by


class _Run:
    """One submission in the sandbox: the judge's subject. `thread` runs its cells, from now on; `wait` for that."""

    def __init__(
        self,
        grader: Grader,
        submission: Submission,
        rebuilt: Rebuilt,
        thread: futures.Executor,
        before: _Run | None,
    ) -> None:
        self.submission = submission
        self.rebuilt = rebuilt
        self.outputs: list[list[dict[str, Any]]] = [[] for _ in rebuilt.cells]
        self._sandbox = grader.sandbox
        self._companions = grader.companions
        self._limits = grader.limits
        self._seed = seed_for(grader.course.settings.secret, "sandbox")
        # From the first session on: the one before may have been slow to end.
        self._allowance: _Allowance | None = None
        self._session: Session | None = None
        self._server: Server | None = None
        self._script: Sequence[Call] = ()  # what the next server is told ahead
        self._keep_state = False  # whether servers are forks of the session
        self._reached: set[str] = set()  # exercises whose grade cell the session came to
        self._lost: set[int] = set()  # cells that took the session with them, by index
        self._end = len(rebuilt.cells)  # what follows is not run
        self._timeouts: dict[str, int] = {}
        self._room = _MAX_OUTPUTS
        self._closed = False
        self._judged, self._ran = _Span(), _Span()  # when it is judged, and when its cells run
        self._beside_cells: _Span | None = None  # when what its cells share the machine with is judged
        self._beside_calls: _Span | None = None  # when cells run that its calls share the machine with
        if before is not None:
            self._beside_cells, before._beside_calls = before._judged, self._ran
        self._cells = thread.submit(self._run_cells_first)

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its session, whatever runs in it."""
        self._closed = True
        if self._session is not None:
            self._session.end()
        futures.wait([self._cells])
        if self._session is not None:
            self._session.close()
        self._judged.end()

    # -- cells

    def wait(self) -> None:
        """Wait until the cells have been run, and keep their outputs. Raises SandboxFault if they could not be."""
        self.outputs = self._cells.result()
        self._time.start(self._beside_calls)
        self._judged.begin()

    def _run_cells_first(self) -> list[list[dict[str, Any]]]:
        """Run the cells; their outputs. Once more, and alone, if they ran out of time in company."""
        notes = list(self.rebuilt.notes)
        self._ran.begin()
        try:
            outputs = self._run_cells_safely()
        except _Disturbed as reason:
            self._ran.end()  # the other one may be waiting for that
            reason.by.over.wait()
            self._end, self._allowance = len(self.rebuilt.cells), None
            self._lost.clear()
            self.rebuilt.notes[:] = notes
            outputs = self._run_cells_safely()
        finally:
            self._ran.end()
        self._time.stop()
        return outputs

    @property
    def _time(self) -> _Allowance:
        assert self._allowance is not None  # its first session has been asked for
        return self._allowance

    def _run_cells_safely(self) -> list[list[dict[str, Any]]]:
        """Run the cells, once more if the sandbox is lost meanwhile; their outputs."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._run_cells()
            except SandboxFault:
                if self._closed or attempt == _ATTEMPTS:
                    raise
                self._allowance = None
        raise AssertionError("unreachable")

    def _run_cells(self) -> list[list[dict[str, Any]]]:
        """Run the cells in a new session, and in another one as long as a cell ends it; their outputs."""
        started = time.monotonic()
        for attempt in range(_MAX_RESTARTS + 1):
            if self._session is not None:
                self._session.close()
            self._session = self._sandbox.session(self._limits, self._seed, self._companions)
            if self._closed:
                raise SandboxFault("ended before its cells had been run")
            self._server = None
            if self._allowance is None:
                self._allowance = _Allowance(self._limits.seconds_per_submission)
                self._allowance.start(self._beside_cells)
            self._room = _MAX_OUTPUTS
            outputs: list[list[dict[str, Any]]] = [[] for _ in self.rebuilt.cells]
            ended_it = self._run(self._session, outputs)
            if ended_it is None:
                break
            if attempt == _MAX_RESTARTS - 1:
                self._end = ended_it
                self._note("too many cells ended the Python process; what followed was not run")
        self._keep_state = self._keep_state or time.monotonic() - started > _LONG
        return outputs

    def _run(self, session: Session, outputs: list[list[dict[str, Any]]]) -> int | None:
        """Run the cells in `session`, as far as time allows; the index of the cell that ended it, if one did."""
        self._reached = set()
        begun = time.monotonic()
        for index, cell in enumerate(self.rebuilt.cells[: self._end]):
            source = "" if index in self._lost or cell.kind != "code" else cell.source
            if not source.strip() and not cell.exercise:
                continue
            left = self._time.left()
            if left <= 0:
                self._raise_if_disturbed(session, begun)
                self._end = index
                self._note("the notebook's cells took too long in all; what followed was not run")
                return None
            cell_begun = time.monotonic()
            ended = session.run_cell(cell.name or f"number {index + 1}", source, left, cell.exercise)
            if ended.status == "timeout":
                self._raise_if_disturbed(session, cell_begun)
            outputs[index] = self._kept(index, ended.outputs)
            if cell.exercise:
                self._reached.add(cell.exercise)
            if not session.alive:
                self._lose(index, ended.status)
                return index
            if ended.status == "timeout":
                self._note_lost(index, "was interrupted: it took too long")
        return None

    def _raise_if_disturbed(self, session: Session, since: float) -> None:
        if self._beside_cells is not None and self._beside_cells.disturbed(since):
            session.close()
            raise _Disturbed(self._beside_cells)

    def _kept(self, index: int, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The outputs of a cell, or none where they would make the whole submission's too large to keep."""
        size = sum(len(value) for output in outputs for value in output.values())
        if size > self._room:
            self._note_lost(index, "displayed more than is kept; its outputs were left out")
            return []
        self._room -= size
        return outputs

    def _lose(self, index: int, status: str) -> None:
        self._lost.add(index)
        reasons = {
            "timeout": "took too long",
            "memory": "used too much memory",
            "crashed": "ended the Python process",
        }
        self._note_lost(index, f"{reasons.get(status, 'failed')}; the notebook was run without it")

    def _note_lost(self, index: int, what: str) -> None:
        cell = self.rebuilt.cells[index]
        self._note(f"cell {cell.name or f'number {index + 1}'} {what}")

    def _note(self, note: str) -> None:
        if note not in self.rebuilt.notes:
            self.rebuilt.notes.append(note)

    # -- calls

    def expect(self, script: Sequence[Call]) -> None:
        """Its server will be told ahead what is coming."""
        self._script = script

    def call(self, call: Call) -> Outcome:
        """Run a driver in the state of the exercise's grade cell. Raises a StudentFault, or SandboxFault."""
        try:
            return self._call(call)
        except SandboxFault:  # every server is lost; they are replaced one by one
            return self._call(call)

    def _call(self, call: Call) -> Outcome:
        if self._timeouts.get(call.exercise, 0) >= _MAX_TIMEOUTS_PER_EXERCISE:
            raise OutOfTime("Not run: earlier tests of this exercise did not finish in time.")
        left = self._time.left()
        if left <= 0:
            raise OutOfTime("Not run: the submission as a whole took too long.")
        server = self._serving()
        if call.exercise not in self._reached:
            raise Crashed("The notebook's cells could not be run up to this exercise.")
        begun = time.monotonic()
        try:
            reply = server.call(call, left)
        except LostBefore:  # in a call that would not have been made: nobody pays for that
            self._time.forgive(begun)
            return self._call(call)
        except OutOfTime:
            if self._beside_calls is not None and self._beside_calls.disturbed(begun):
                self._wait_until_alone(begun)
                return self._call(call)
            self._timeouts[call.exercise] = self._timeouts.get(call.exercise, 0) + 1
            raise
        return Outcome(value=reply.value, after=reply.after, mark=reply.mark)

    def _wait_until_alone(self, since: float | None = None) -> None:
        """Wait until no cells run beside the calls. It takes nothing of the submission's time, from `since` on."""
        begun = time.monotonic() if since is None else since
        if self._beside_calls is not None:
            self._judged.pause()
            self._beside_calls.over.wait()
            self._judged.begin()
        self._time.forgive(begun)

    def _serving(self) -> Server:
        """The server, or another one when it is lost: forked from the session, or after running the cells again."""
        if self._server is not None and self._server.alive:
            return self._server
        if self._server is not None:
            self._keep_state = True  # it may well happen again
            self._script = ()
        if self._session is None or not self._session.alive:
            self._wait_until_alone()
            self._run_cells()
        assert self._session is not None
        script = [call for call in self._script if call.exercise in self._reached]
        self._server = self._session.serve(self._keep_state, self._time.left(), script)
        if self._server is None:
            raise Crashed("The notebook's cells could not be run up to this exercise.")
        return self._server
