"""The trusted side's end of a session's control socket: commands to its supervisor, and what that notes.

Theory of operation. The supervisor (`inside/supervisor.py`) runs our code, so its notes are believed. It notes that it
is about to kill a process for its memory before it kills, and what has been sent on a socket can be read at once.
So when the stream of a process has ended, the note is there or there will be none: waiting would tell nothing more.
"""

from __future__ import annotations

import contextlib
import socket

from homework.sandbox.errors import SandboxFault
from homework.sandbox.launch import Zygote

_SEND_SECONDS = 1.0
_LONGEST_NOTE = 4096


class Control:
    """The supervisor of one session of `zygote`. `end` may be called from any thread."""

    def __init__(self, sock: socket.socket, zygote: Zygote) -> None:
        self._socket = sock
        self._zygote = zygote
        self._killed: set[int] = set()  # for their memory; 0 for the worker
        self._fault = ""
        self.ended = False  # whether the session was told to end

    def interrupt(self) -> None:
        """Interrupt the cell that runs now."""
        self._send("interrupt")

    def kill(self, pid: int) -> None:
        """Kill one process of the session, by its number there."""
        self._send(f"kill {pid}")

    def end(self) -> None:
        """End every process of the session. Whoever waits for an answer of one learns that it has gone."""
        self.ended = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def wait_until_ended(self, seconds: float) -> None:
        """Wait until all its processes have ended, `seconds` at most after its last note; then close the socket."""
        with self._socket, contextlib.suppress(OSError):
            self._socket.settimeout(seconds)
            while self._socket.recv(_LONGEST_NOTE):
                pass

    def out_of_memory(self, pid: int | None = None) -> bool:
        """Whether a process of the session was killed for its memory: the one with the number `pid`, or the worker.

        Not just any: a session may go on without a process that it forked, and end of something else.
        """
        self._read_notes()
        return (pid or 0) in self._killed

    @property
    def fault(self) -> str:
        """Why the session could not be built; empty if it could."""
        self._read_notes()
        return self._fault

    def raise_if_zygote_is_lost(self) -> None:
        """Raise SandboxFault if the session ended with its zygote: no student's code can end that, so it was us."""
        if not self._zygote.alive:
            self.end()
            raise SandboxFault("the sandbox was ended from outside")

    def _send(self, command: str) -> None:
        with contextlib.suppress(OSError):
            self._socket.settimeout(_SEND_SECONDS)
            self._socket.send(command.encode())

    def _read_notes(self) -> None:
        with contextlib.suppress(OSError):  # there is nothing more to read
            self._socket.setblocking(False)
            while note := self._socket.recv(_LONGEST_NOTE):
                kind, _, text = note.decode("utf-8", "replace").partition(" ")
                if kind == "memory":
                    self._killed.add(int(text))
                elif kind == "fault":
                    self._fault = self._fault or text or "no reason given"
