"""One submission's process: its cells, then a client that calls its functions.

    with sandbox.session(limits, seed=1) as session:
        session.run_cell("cross_corr_2d", source)
        session.run_cell("test_cross_corr_2d", examples, exercise="cross_corr_2d")
        client = session.serve(fork=False)
        client.call(Request("cross_corr_2d", driver_source, (X, K)), seconds=5)    # -> Reply, or a StudentFault

Everything here treats the other side as hostile, as `client.py` does.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homework.sandbox.client import CallClient
from homework.sandbox.control import Control
from homework.sandbox.errors import Crashed, OutOfMemory, OutOfTime, SandboxFault, StudentFault
from homework.sandbox.inside import frames
from homework.sandbox.inside.values import ProtocolError
from homework.sandbox.limits import CELL_BYTES, INTERRUPT_GRACE_SECONDS, Limits
from homework.sandbox.replies import checked_outputs, text_of
from homework.sandbox.request import Request

_START_SECONDS = 120  # against hanging alone: where the zygote ends, the stream does
_PIDS = range(2, 1 << 22)
_LOST = (frames.Closed, ProtocolError)  # after these the session is of no use


@dataclass(frozen=True)
class CellResult:
    """How a cell ended: `ok`, `raised`, `timeout`, `memory` or `crashed`, and what it displayed."""

    status: str
    outputs: list[dict[str, Any]]


class Session:
    """One submission's process. It is `alive` until it was closed, or lost: by a cell, or by a call that it served."""

    def __init__(self, data: socket.socket, control: Control, limits: Limits) -> None:
        self._data = data
        self._client: CallClient | None = None
        self._lines: dict[str, int] = {}  # of each cell so far
        # The same, as it was at the grade cell of each exercise; of none, at the end.
        self._above: dict[str, dict[str, int]] = {"": self._lines}
        self.control = control
        self.limits = limits
        self.closed = False

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether it can be asked for anything."""
        return not self.control.ended

    def close(self) -> None:
        """Have the supervisor end every process of it. Safe to call twice."""
        if self.closed:
            return
        if self._client is not None:
            self._client.close()
        self._data.close()
        self.control.end()
        self.closed = True  # from now on the sandbox may wait for its end

    def end(self) -> None:
        """Have the supervisor end it, from whatever thread: whoever waits for its answer learns that it has gone."""
        self.control.end()

    def begin(self, seed: int, files: dict[str, bytes]) -> None:
        """Seed its random generators and write `files` into its working folder. Raises SandboxFault if it is not up.

        They are seeded anew, and alike, for each call.
        """
        try:
            answer = self._request({"op": "begin", "seed": seed, "files": files}, _START_SECONDS)
        except (TimeoutError, *_LOST) as error:
            self.close()
            raise SandboxFault(f"a session did not start: {error}") from None
        if answer.get("status") != "ok":
            self.close()
            raise SandboxFault("a session did not start")

    def run_cell(
        self, name: str, source: str, seconds: float | None = None, exercise: str = ""
    ) -> CellResult:
        """Run one cell; for a grade cell, calls of `exercise` will find the names as they are before it.

        Never raises for what the student's code does; SandboxFault when the sandbox was lost.
        """
        if exercise:
            self._above[exercise] = dict(self._lines)
        elif source:
            self._lines[name] = source.count("\n") + 1
        limit = min(seconds or self.limits.seconds_per_cell, self.limits.seconds_per_cell)
        # As bytes: a long text would not fit into a frame's tree.
        request = {"op": "cell", "name": name, "source": source.encode(), "exercise": exercise}
        try:
            answer = self._request(request, limit, interrupt=True)
        except TimeoutError:
            return self._lost("timeout")
        except _LOST:
            return self._lost(self._ending())
        status, outputs = text_of(answer.get("status")), checked_outputs(answer.get("outputs"))
        if status not in ("ok", "raised") or outputs is None:
            return self._lost("crashed")
        return CellResult("timeout" if answer["interrupted"] else status, outputs)

    def _ending(self) -> str:
        """How the worker ended."""
        return "memory" if self.control.out_of_memory() else "crashed"

    def _lost(self, status: str) -> CellResult:
        self.close()
        self.control.raise_if_zygote_is_lost()
        return CellResult(status, [])

    def serve(self, fork: bool, seconds: float | None = None, plan: Sequence[Request] = ()) -> CallClient:
        """A client that calls functions of the notebook, first of all as `plan` says.

        With `fork` the session stays, and when the fork that answers is lost it can be asked for another one; unless
        it has threads, which a fork loses, or cannot fork. Without, its own process answers, which is much cheaper.
        A hook of the student's (`os.register_at_fork`) may keep it from ever forking: it has as long as a cell, and
        `seconds` at most.

        Raises OutOfTime, OutOfMemory or Crashed if there can be no client: then the session is lost. SandboxFault if
        the sandbox was.
        """
        limit = min(seconds or self.limits.seconds_per_cell, self.limits.seconds_per_cell)
        ours, theirs = socket.socketpair()
        request = {"op": "serve", "fork": fork}
        with theirs:
            try:
                answer = self._request(request, max(limit, 0.01), descriptor=theirs.fileno())
                pid = answer.get("pid")
                if type(pid) is not int or not (pid == 0 or (fork and pid in _PIDS)):
                    raise ProtocolError("no process number")
            except (TimeoutError, *_LOST) as error:
                ours.close()
                raise self._unanswered(error, limit) from None
        self._client = CallClient(
            self.control,
            ours,
            pid or None,
            most_seconds=self.limits.seconds_per_call,
            places=self._above,
            plan=plan,
        )
        return self._client

    def _unanswered(self, error: Exception, limit: float) -> StudentFault:
        """Why no process serves calls."""
        lost = self._lost("timeout" if isinstance(error, TimeoutError) else self._ending())
        if lost.status == "timeout":
            return OutOfTime(f"The notebook's process did not answer within {limit:g} seconds.")
        if lost.status == "memory":
            return OutOfMemory("The notebook used more memory than allowed.")
        return Crashed("The notebook's process died before its functions were called.")

    def _request(
        self, value: dict[str, Any], seconds: float, descriptor: int | None = None, interrupt: bool = False
    ) -> dict[str, Any]:
        """The answer to a request, with an entry `interrupted`.

        Raises TimeoutError, `frames.Closed` or `ProtocolError`, SandboxFault if the session could not be built.
        """
        try:
            return self._asked(value, seconds, descriptor, interrupt)
        except frames.Closed:
            if fault := self.control.fault:  # ours, not the student's
                self.close()
                raise SandboxFault(f"a session could not be built: {fault}") from None
            raise

    def _asked(
        self, value: dict[str, Any], seconds: float, descriptor: int | None, interrupt: bool
    ) -> dict[str, Any]:
        nonce = secrets.token_bytes(frames.NONCE_BYTES)
        deadline = time.monotonic() + seconds
        try:
            socket.send_fds(self._data, [b"!"], [descriptor] if descriptor is not None else [])
        except OSError as error:
            raise frames.Closed(str(error)) from None
        frames.send(self._data, nonce, value, deadline)
        interrupted = False
        try:
            answered, answer = frames.receive(self._data, CELL_BYTES, deadline)
        except TimeoutError:
            if not interrupt:
                raise
            self.control.interrupt()
            interrupted = True
            answered, answer = frames.receive(
                self._data, CELL_BYTES, time.monotonic() + INTERRUPT_GRACE_SECONDS
            )
        if answered != nonce or not isinstance(answer, dict):
            raise ProtocolError("an answer to no request")
        return {**answer, "interrupted": interrupted}
