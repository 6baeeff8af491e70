"""Workers as processes of this machine.

Theory of operation. Workers are forked from one warm process (multiprocessing's forkserver), which has imported torch
and nothing else has happened in: the second worker, and one in the place of a worker that died, costs no import, and
they share its memory. In the same way their sandboxes' zygotes are forks of one, which hangs on the grader. A worker
ends with the grader, however that ends: it watches the grader's end of a pipe. Ctrl-C goes to the grader alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import Any

from homework.course import Course
from homework.pool.grader_process import Chunk, Exported, Finish, GraderProcess
from homework.sandbox.launch import Ancestor, Launched

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
_context = get_context("forkserver")
_grader_process: GraderProcess | None = None  # of this process


def warm_up() -> None:
    """Let the process that workers are forked from start to import torch, while the caller does something else."""
    _context.set_forkserver_preload(["homework.pool.preload", "homework.pool.processes"])
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)  # a process that forks has one thread
    try:
        ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Processes:
    """A `concurrent.futures` pool of workers that is replaced when one of them dies."""

    lost: tuple[type[Exception], ...] = (BrokenProcessPool,)
    patience: float | None = None  # a worker that is there answers, or its pool breaks

    def __init__(self, course: Course, assignment: str, jobs: int, launched: Launched | None) -> None:
        self._launched = launched
        ancestor = launched.ancestor() if launched else None
        self._arguments = (str(course.root), assignment, ancestor)
        self.jobs = jobs
        warm_up()
        self._others = set(active_children())
        self._open()

    def _open(self) -> None:
        self._pool = ProcessPoolExecutor(
            self.jobs, mp_context=_context, initializer=_begin, initargs=self._arguments
        )

    def width(self) -> int:
        """How many chunks may be under way: one for each worker, and one that waits for each."""
        return 2 * self.jobs

    def submit(self, chunk: Chunk, finish: Finish[Exported]) -> Future[list[Exported]]:
        """Let a worker grade `chunk`."""
        return self._pool.submit(_grade, chunk, finish)

    def renew(self) -> None:
        """Replace the pool: it is broken once one of its workers died, and all that was under way is lost."""
        self._forget_unread()
        self._pool.shutdown(wait=True)
        self._open()

    def check(self) -> None:
        """Nothing to look after: a pool makes its workers itself."""

    def close(self, at_once: bool) -> None:
        """End the workers, at once or when they are done."""
        if at_once:
            for process in set(active_children()) - self._others:
                process.kill()
            self._forget_unread()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._launched is not None:
            self._launched.close()

    def _forget_unread(self) -> None:
        """Let go of chunks that are on their way to workers that are dead.

        Before Python 3.11.5 (Debian 12 has 3.11.2) a pool that is broken waits forever for a chunk larger than a pipe
        to be read: https://github.com/python/cpython/issues/94777. What mends it there is done here.
        """
        if sys.version_info < (3, 11, 5):
            self._pool._call_queue._reader.close()  # type: ignore[attr-defined]


def _begin(root: str, assignment: str, ancestor: Ancestor | None) -> None:
    """In a new worker."""
    global _grader_process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_grader, daemon=True).start()
    _grader_process = GraderProcess(Course(Path(root)), assignment, ancestor=ancestor)


def _end_with_the_grader() -> None:
    grader = parent_process()
    assert grader is not None
    wait([grader.sentinel])
    os._exit(1)


def _grade(chunk: Chunk, finish: Finish[Any]) -> list[Any]:
    """In a worker: grade one chunk."""
    assert _grader_process is not None
    results: list[Any] = []
    _grader_process.grade(chunk, finish, results.append)
    return results
