"""Sandboxes: a zygote that is kept warm, and sessions of it.

with Sandbox() as sandbox:                    # one zygote
    self_check(sandbox)                       # it holds, on this machine
    with sandbox.session(limits, seed=1) as session:      # one submission
        ...
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict

from homework.sandbox.control import Control
from homework.sandbox.environment import ENVIRONMENT
from homework.sandbox.errors import SandboxFault
from homework.sandbox.launch import Zygote, launch
from homework.sandbox.limits import Limits
from homework.sandbox.seccomp import session_filter
from homework.sandbox.session import Session

_END_SECONDS = 5.0


class Sandbox:
    """A zygote, replaced when it is lost. Several threads may use it, each session one at a time.

    It holds only what `self_check` found on this machine: whoever opens one and runs a student's code checks first.
    """

    # Known once it has started:
    tier = ""
    capabilities = 0  # those that student code keeps, a bit each

    def __init__(self, launched: Zygote | None = None, launch: Callable[[], Zygote] = launch) -> None:
        self._launched = launched  # the first zygote, if it has been started already
        self._launch = launch  # how to get another one
        self._zygote: Zygote | None = None
        self._spare: Session | None = None  # built ahead, no student code in it yet
        self._sessions: list[Session] = []  # whose end has not been waited for
        self._expected: list[tuple[str, str]] = []
        self._lock = threading.RLock()  # around all that changes which zygote and which sessions there are

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
        """Start the zygote now rather than with the first session. Raises SandboxUnavailable."""
        with self._lock:
            self._warm()

    def _warm(self) -> Zygote:
        if self._zygote is None:
            launched, self._launched = self._launched, None
            try:
                self._zygote = (launched or self._launch()).wait()
            except SandboxFault:  # something ended it while it was starting: that need not happen again
                self._zygote = self._launch().wait()
            self.tier, self.capabilities = self._zygote.tier, self._zygote.capabilities
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
            self._wait_for_closed_sessions()

    def _wait_for_closed_sessions(self) -> None:
        """What still runs in them would take time from the next one."""
        for session in [session for session in self._sessions if session.closed]:
            session.control.wait_until_ended(_END_SECONDS)
            self._sessions.remove(session)

    def session(self, limits: Limits, seed: int, files: dict[str, bytes] | None = None) -> Session:
        """A fresh, isolated process for one submission's cells, with `files` in its working folder.

        The next one is built while this one is used. Raises SandboxFault if there can be none.
        """
        with self._lock:
            self._wait_for_closed_sessions()
            for attempt in (1, 2):
                zygote = self._warm()
                try:
                    session = self._fresh(zygote, limits)
                    session.begin(seed, files or {})
                    self._spare = self._open(zygote, limits)
                    return session
                except (SandboxFault, OSError) as fault:
                    complaint = zygote.complaint()
                    self.close()
                    if attempt == 2:
                        raise SandboxFault(f"{fault} {complaint}".strip()) from None
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
        session = Session(data, Control(control, zygote), limits)
        self._sessions.append(session)
        return session
