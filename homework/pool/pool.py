"""Grade many submissions: chunks on an executor, few of them under way at a time.

Theory of operation. Submissions are read when their chunk is sent, and forgotten when it is; only what `finish` makes
of a result comes back. A worker that dies (out of memory, killed) costs nothing: what was under way when it died is
graded again, each submission alone, so that one that takes a worker down a second time is known to be the one. That is
a grader-fault, for a person to look at. All this is the same for processes of this machine and for a cluster, which
differ in where a chunk goes and how a dead worker shows.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from threading import current_thread, main_thread
from typing import Any, Protocol

from homework.course import Course
from homework.pool.grader_process import Chunk, Exported, Finish, GraderProcess, launch_quietly
from homework.pool.size import default_jobs
from homework.sandbox.launch import Launched
from homework.submission.handin import Submission

_FEW = 8  # submissions that are sooner graded here than by several processes, which take seconds to start
_MANY = 32  # submissions from which on it pays to make a zygote ready for many
_LARGEST_CHUNK = 8


class Backend(Protocol):
    """Where chunks are graded."""

    lost: tuple[type[Exception], ...]  # what a chunk ends with when its worker died
    patience: float | None  # seconds without a result after which to look after the workers

    def width(self) -> int:
        """How many chunks may be under way."""

    def submit(self, chunk: Chunk, finish: Finish[Exported]) -> Future[list[Exported]]:
        """Let a worker grade `chunk`."""

    def renew(self) -> None:
        """Make whole what a dead worker left."""

    def check(self) -> None:
        """Raise CourseError if nobody is left to grade."""

    def close(self, at_once: bool) -> None:
        """End the workers."""


class Pool:
    """Grades submissions of `assignment`: in this process, in others of this machine, or on a dask cluster.

        with Pool(course, "hw1", expected=100) as pool:
            ...                                                # while sandbox and processes start
            pool.grade(submissions, record, prepare)

    `jobs` is the number of processes (None: as many as pay), `scheduler` the address of a cluster to grade on.
    `expected` is how many submissions will probably be graded: then starting begins when the block is entered. With
    `stays` the workers are other processes, and wait for the next call of `grade` until the block is left.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        jobs: int | None = None,
        scheduler: str | None = None,
        expected: int = 0,
        stays: bool = False,
    ) -> None:
        self._course = course
        self._assignment = assignment
        self._jobs = jobs
        self._scheduler = scheduler
        self._expected = expected
        self._stays = stays
        self._waiting: Backend | None = None  # for the next call
        self._ahead: Launched | None = None  # a zygote that was started ahead, for whatever grades first

    def __enter__(self) -> Pool:
        if self._scheduler is None and self._expected > 0:
            self._ahead = launch_quietly()
            if self._stays or _processes(self._expected, self._jobs) > 1:
                from homework.pool.processes import warm_up

                warm_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._waiting is not None:
            self._waiting.close(at_once=kind is not None)
        if (launched := self._taken()) is not None:
            launched.close()

    def grade(
        self,
        submissions: Sequence[Submission],
        on_result: Callable[[Exported], None],
        finish: Finish[Exported],
    ) -> None:
        """Grade `submissions` and hand what `finish` makes of each result to `on_result`.

        They come in no particular order. `submissions` are asked for one after the other, when their turn has come.
        `finish` runs where the grading ran, so it is a function of a module.

        Raises SandboxUnavailable before anything is graded when there is no working sandbox, CourseError when the
        assignment is incomplete or the cluster cannot be used. When interrupted, it ends its workers at once;
        `on_result` is never interrupted, so that what it records is recorded whole.
        """
        on_result = _uninterrupted(on_result)
        backend = self._waiting or self._backend(len(submissions))
        self._waiting = None
        if backend is None:
            self._grade_here(submissions, on_result, finish)
            return
        run = _Run(backend, submissions, on_result, finish)
        try:
            run.run()
        except BaseException:
            backend.close(at_once=True)
            raise
        if self._stays:
            self._waiting = backend
        else:
            backend.close(at_once=False)
        if run.faults:
            from homework.grading import Grader

            with Grader(self._course, self._assignment) as grader:
                for index in run.faults:
                    fault = grader.fault(
                        submissions[index], "a grading process died on this submission, twice"
                    )
                    on_result(finish(grader, fault))

    def _backend(self, count: int) -> Backend | None:
        """Where `count` submissions are graded; None for this process."""
        if self._scheduler is not None:
            from homework.pool.cluster import Cluster

            return Cluster(self._scheduler, self._course, self._assignment)
        jobs = (self._jobs or default_jobs()) if self._stays else _processes(count, self._jobs)
        if jobs == 1 and not self._stays:
            return None
        from homework.pool.processes import Processes

        # All workers are sent forks of the one zygote.
        return Processes(self._course, self._assignment, jobs, self._taken_or_launched(many=True))

    def _grade_here(
        self,
        submissions: Sequence[Submission],
        on_result: Callable[[Exported], None],
        finish: Finish[Exported],
    ) -> None:
        launched = self._taken_or_launched(many=len(submissions) >= _MANY)
        process = GraderProcess(self._course, self._assignment, launched)
        try:
            process.grade(Chunk(submissions), finish, on_result)
        finally:
            process.close()

    def _taken(self) -> Launched | None:
        """The zygote that was started ahead, if there is one; it is the caller's from now on."""
        launched, self._ahead = self._ahead, None
        return launched

    def _taken_or_launched(self, many: bool) -> Launched | None:
        """The zygote that was started ahead, or another one; ready for `many` sessions."""
        launched = self._taken() or launch_quietly()
        if launched is not None and many:
            launched.expect_many()
        return launched


def _uninterrupted(function: Callable[[Exported], None]) -> Callable[[Exported], None]:
    """The function, with Ctrl-C put off until it has ended. Elsewhere than in the main thread there is none."""

    def call(result: Exported) -> None:
        handler = signal.getsignal(signal.SIGINT)
        if handler is not signal.default_int_handler or current_thread() is not main_thread():
            function(result)
            return
        asked: list[int] = []
        signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
        try:
            function(result)
        finally:
            signal.signal(signal.SIGINT, handler)
        if asked:
            raise KeyboardInterrupt

    return call


def _processes(count: int, jobs: int | None) -> int:
    """How many worker processes `count` submissions are worth; 1 for none but this one."""
    return min(count, jobs or (default_jobs() if count >= _FEW else 1)) or 1


class _Run:
    """The submissions of one run, by their index: what waits, what is under way, what is to be graded alone."""

    def __init__(
        self,
        backend: Backend,
        submissions: Sequence[Submission],
        on_result: Callable[[Any], None],
        finish: Finish[Any],
    ) -> None:
        self._backend = backend
        self._submissions = submissions
        self._on_result = on_result
        self._finish = finish
        self._next = 0
        self._under_way: dict[Future[list[Any]], list[int]] = {}
        self._suspects: deque[int] = deque()  # what was under way when a worker died
        self._suspect: Future[list[Any]] | None = None  # the one that is graded now, with nothing beside it
        self.faults: list[int] = []

    def run(self) -> None:
        """Grade everything; what nobody could grade is in `faults`."""
        while self._send():
            finished, _ = wait(self._under_way, self._backend.patience, FIRST_COMPLETED)
            if not finished:
                self._backend.check()
            lost = False
            while finished:  # popped, so that a result is forgotten when it is handed over
                lost |= self._take(finished.pop())
            if lost:
                self._backend.renew()

    def _take(self, future: Future[list[Any]]) -> bool:
        """Hand over the results of a chunk that has ended; whether its worker died instead."""
        part = self._under_way.pop(future)
        try:
            results = future.result()
        except self._backend.lost:
            if future is self._suspect:
                self.faults += part
            else:
                self._suspects.extend(part)
            return True
        finally:
            if future is self._suspect:
                self._suspect = None
        for result in results:
            self._on_result(result)
        return False

    def _send(self) -> bool:
        """Send as much as may be under way; False when all is done."""
        if self._suspects or self._suspect:
            if not self._under_way:
                self._suspect = self._submit([self._suspects.popleft()])
            return True
        room = self._backend.width() - len(self._under_way)
        while room > 0 and (left := len(self._submissions) - self._next) > 0:
            # Smaller ones towards the end, so that no worker is left alone with a large one.
            size = max(1, min(_LARGEST_CHUNK, left // (2 * self._backend.width())))
            self._submit(list(range(self._next, self._next + size)))
            self._next += size
            room -= 1
        return bool(self._under_way)

    def _submit(self, part: list[int]) -> Future[list[Any]]:
        submissions = [self._submissions[index] for index in part]
        future = self._backend.submit(Chunk(submissions), self._finish)
        self._under_way[future] = part
        return future
