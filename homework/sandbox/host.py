"""The trusted side: sandboxes, sessions, and calls into them.

    with Sandbox() as sandbox:                    # one zygote
        with sandbox.session(limits, seed=1) as session:      # one submission
            session.run_cell("cross_corr_2d", source)
            session.run_cell("test_cross_corr_2d", examples, exercise="cross_corr_2d")
            server = session.serve(fork=False)
            server.call(Request("cross_corr_2d", driver_source, (X, K)), seconds=5)    # -> Reply, or a StudentFault

Everything here treats the other side as hostile: each wait has a deadline, each answer is checked for its nonce and
its form, and any deviation ends the process that caused it.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from homework.sandbox import errors
from homework.sandbox.inside import wire
from homework.sandbox.launch import ENVIRONMENT, Zygote, launch
from homework.sandbox.limits import Limits
from homework.sandbox.probes import probe
from homework.sandbox.request import Request
from homework.sandbox.seccomp import session_filter
from homework.sandbox.server import Server, text_of

_SESSION_START_SECONDS = 20
_INTERRUPT_GRACE_SECONDS = 1.0
_END_SECONDS = 5.0
_PIDS = range(2, 1 << 22)
_CELL_BYTES = 48 << 20


@dataclass(frozen=True)
class Cell:
    """How a cell ended: `ok`, `raised`, `timeout`, `memory` or `crashed`, and what it displayed."""

    status: str
    outputs: list[dict[str, Any]]


class Sandbox:
    """A zygote, replaced when it is lost. Several threads may use it, each session one at a time."""

    tier = ""  # known once it has started
    probes = "not run"

    def __init__(self, launched: Zygote | None = None, launch: Callable[[], Zygote] = launch) -> None:
        self._launched = launched  # the first zygote, if somebody has started it already
        self._launch = launch  # how to get another one
        self._zygote: Zygote | None = None
        self._spare: Session | None = None  # built ahead, no student code in it yet
        self._endings: list[socket.socket] = []  # of sessions that were told to end
        self._expected: list[tuple[str, str]] = []
        self._lock = threading.RLock()  # around all that changes which zygote and which spare there is

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def expect(self, cells: Iterable[tuple[str, str]]) -> None:
        """Have `cells`, each a name and a source, compiled once for all sessions. Every student may see them."""
        with self._lock:
            self._expected += cells
            if self._zygote is not None:
                self._zygote.compile_ahead(self._expected)

    def start(self) -> None:
        """Start the zygote now rather than with the first session, and probe whether the sandbox holds.

        Raises SandboxUnavailable.
        """
        with self._lock:
            self._warm()
            if self.probes != "passed":
                probe(self, Limits())
                self.probes = "passed"

    def _warm(self) -> Zygote:
        if self._zygote is None:
            launched, self._launched = self._launched, None
            try:
                self._zygote = (launched or self._launch()).wait()
            except (
                errors.SandboxFault
            ):  # something ended it while it was starting: that need not happen again
                self._zygote = self._launch().wait()
            self.tier = self._zygote.tier
            self._zygote.compile_ahead(self._expected)
        return self._zygote

    def close(self) -> None:
        """End the zygote and all its sessions."""
        with self._lock:
            if self._spare is not None:
                self._spare.close()
            for zygote in (self._zygote, self._launched):
                if zygote is not None:
                    zygote.close()
            self._zygote = self._launched = self._spare = None
            self._settle()

    def _settle(self) -> None:
        """Wait until closed sessions have ended: what still runs in them would take time from the next one."""
        while self._endings:
            with self._endings.pop() as control, contextlib.suppress(OSError):
                control.settimeout(_END_SECONDS)
                while control.recv(4096):
                    pass

    def session(self, limits: Limits, seed: int, files: dict[str, bytes] | None = None) -> Session:
        """A fresh, isolated process for one submission's cells, with `files` in its working folder.

        The next one is built while this one is used. Raises SandboxFault if none can be had.
        """
        with self._lock:
            self._settle()
            for attempt in (1, 2):
                zygote = self._warm()
                try:
                    session = self._fresh(zygote, limits)
                    session.begin(seed, files or {})
                    self._spare = self._open(zygote, limits)
                    return session
                except (errors.SandboxFault, OSError) as fault:
                    complaint = zygote.complaint()
                    self.close()
                    if attempt == 2:
                        raise errors.SandboxFault(f"{fault} {complaint}".strip()) from None
        raise AssertionError("unreachable")

    def _fresh(self, zygote: Zygote, limits: Limits) -> Session:
        """The session that was built ahead, if it has the right limits."""
        spare, self._spare = self._spare, None
        if spare is not None and spare.limits == limits:
            return spare
        if spare is not None:
            spare.close()
        return self._open(zygote, limits)

    def _open(self, zygote: Zygote, limits: Limits) -> Session:
        """Ask the zygote for a session, without waiting for it."""
        data, their_data = socket.socketpair()
        control, their_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        cpu_seconds = int(2 * limits.seconds_per_submission) + 1  # of these, half may not be charged
        request = {
            "limits": {**asdict(limits), "cpu_seconds": cpu_seconds},
            "seccomp": session_filter(zygote.tier == "landlock").hex(),
            "environment": ENVIRONMENT,
        }
        with their_data, their_control:
            socket.send_fds(
                zygote.control, [json.dumps(request).encode()], [their_data.fileno(), their_control.fileno()]
            )
        return Session(data, control, limits, zygote, self._endings)


class Session:
    """One submission's process. After a `crashed` cell, a `memory` or a `timeout` that lost it, `alive` is False."""

    def __init__(
        self,
        data: socket.socket,
        control: socket.socket,
        limits: Limits,
        zygote: Zygote,
        endings: list[socket.socket],
    ) -> None:
        self._data = data
        self._control = control
        self._zygote = zygote
        self._endings = endings
        self._closed = False
        self.limits = limits
        self.seed = 0
        self._server: Server | None = None
        self.cells: set[str] = set()
        self.alive = True

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Tell the session's warden to end every process of it. Safe to call twice."""
        self.alive = False
        if self._closed:
            return
        self._closed = True
        if self._server is not None:
            self._server.close()
        self._data.close()
        self.end()
        self._endings.append(self._control)

    def end(self) -> None:
        """Have its warden end it, from whatever thread: whoever waits for its answer learns that it has gone."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)

    def begin(self, seed: int, files: dict[str, bytes]) -> None:
        """Seed its random generators and write `files` into its working folder. Raises SandboxFault if it is not up.

        They are seeded anew, and alike, for each call.
        """
        self.seed = seed
        try:
            answer = self._request({"op": "begin", "seed": seed, "files": files}, _SESSION_START_SECONDS)
        except (TimeoutError, wire.Closed, wire.Deviation) as error:
            self.close()
            raise errors.SandboxFault(f"a session did not start: {error}") from None
        if answer.get("status") != "ok":
            raise errors.SandboxFault("a session did not start")

    def run_cell(self, name: str, source: str, seconds: float | None = None, exercise: str = "") -> Cell:
        """Run one cell; for a grade cell, calls of `exercise` will find the names as they are before it.

        Never raises for what the student's code does; SandboxFault when the sandbox was lost.
        """
        self.cells.add(name)
        limit = min(seconds or self.limits.seconds_per_cell, self.limits.seconds_per_cell)
        # As bytes: a long text would not fit into a frame's header.
        request = {"op": "cell", "name": name, "source": source.encode(), "exercise": exercise}
        try:
            answer = self._request(request, limit, interrupt=True)
        except TimeoutError:
            return self._lost("timeout")
        except (wire.Closed, wire.Deviation):
            return self._lost("memory" if self.out_of_memory() else "crashed")
        status, outputs = text_of(answer.get("status")), _checked_outputs(answer.get("outputs"))
        if status not in ("ok", "raised") or outputs is None:
            return self._lost("crashed")
        return Cell("timeout" if answer["interrupted"] else status, outputs)

    def _lost(self, status: str) -> Cell:
        self.close()
        self.raise_if_zygote_is_lost()
        return Cell(status, [])

    def raise_if_zygote_is_lost(self) -> None:
        """Raise SandboxFault if the session ended with its zygote: nobody's code can end that, so it was us."""
        if not self._zygote.alive:
            self.close()
            raise errors.SandboxFault("the sandbox was ended from outside")

    def serve(
        self, fork: bool, seconds: float | None = None, script: Sequence[Request] = ()
    ) -> Server | None:
        """A server that answers calls on the notebook's names, first of all those of `script`; None if it could not.

        With `fork` the session stays, and when its server is lost can be asked for another one; unless it has
        threads, which a fork loses, or cannot fork. Else the session itself becomes the server, which is much cheaper.
        A hook of the student's (`os.register_at_fork`) may keep it from ever forking: it has as long as a cell.
        """
        limit = min(seconds or self.limits.seconds_per_cell, self.limits.seconds_per_cell)
        ours, theirs = socket.socketpair()
        request = {"op": "serve", "fork": fork}
        with theirs:
            try:
                answer = self._request(request, max(limit, 0.01), descriptor=theirs.fileno())
                pid = answer.get("pid")
                if type(pid) is not int or not (pid == 0 or (fork and pid in _PIDS)):
                    raise wire.Deviation("no process number")
            except (TimeoutError, wire.Closed, wire.Deviation):
                ours.close()
                self.close()
                self.raise_if_zygote_is_lost()
                return None
        self._server = Server(self, ours, pid or None, script)
        return self._server

    def _request(
        self, value: dict[str, Any], seconds: float, descriptor: int | None = None, interrupt: bool = False
    ) -> dict[str, Any]:
        nonce = secrets.token_hex(8)
        header = {"op": value.pop("op"), "nonce": nonce}
        deadline = time.monotonic() + seconds
        try:
            socket.send_fds(self._data, [b"!"], [descriptor] if descriptor is not None else [])
        except OSError as error:
            self._raise_start_fault()
            raise wire.Closed(str(error)) from None
        wire.send(self._data, header, value, deadline)
        interrupted = False
        try:
            reply, answer = wire.receive(self._data, _CELL_BYTES, deadline)
        except TimeoutError:
            if not interrupt:
                raise
            self.control("interrupt")
            interrupted = True
            reply, answer = wire.receive(self._data, _CELL_BYTES, time.monotonic() + _INTERRUPT_GRACE_SECONDS)
        except wire.Closed:
            self._raise_start_fault()
            raise
        if reply.get("nonce") != nonce or not isinstance(answer, dict):
            raise wire.Deviation("an answer to no request")
        return {**answer, "interrupted": interrupted}

    def _raise_start_fault(self) -> None:
        """If the session ended because it could not be built, say so: that is our fault, not the student's."""
        for note in self._notes():
            if note.startswith("fault "):
                self.close()
                raise errors.SandboxFault(f"a session could not be built: {note[6:]}")

    def out_of_memory(self) -> bool:
        """Whether the session's warden killed a process for its memory since the last question."""
        return any(note.startswith("memory ") for note in self._notes())

    def control(self, command: str) -> None:
        """Tell the session's warden something."""
        with contextlib.suppress(OSError):
            self._control.settimeout(1.0)
            self._control.send(command.encode())

    def _notes(self) -> list[str]:
        notes = []
        with contextlib.suppress(OSError):
            self._control.setblocking(False)
            while note := self._control.recv(4096):
                notes.append(note.decode("utf-8", "replace"))
        return notes


def _checked_outputs(outputs: Any) -> list[dict[str, Any]] | None:
    """The outputs of a cell if they are of the known forms, else None. Their text is untrusted all the same."""
    forms: dict[str, dict[str, type]] = {
        "stream": {"name": str, "text": str},
        "text": {"text": str},
        "png": {"png": bytes},
        "error": {"ename": str, "evalue": str, "traceback": str},
    }
    if not isinstance(outputs, list) or len(outputs) > 100:
        return None
    for output in outputs:
        form = forms.get(text_of(output.get("type"))) if isinstance(output, dict) else None
        if form is None or set(output) != {"type", *form}:
            return None
        if not all(isinstance(output[key], kind) for key, kind in form.items()):
            return None
    return outputs
