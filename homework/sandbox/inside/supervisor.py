"""The supervisor of a session: our code between the trusted side, the kernel and the student's processes.

It obeys one-line commands on the control socket, and notes what only it can see:

    interrupt         SIGINT to the worker             (a cell past its time; what ran so far stays defined)
    kill PID          SIGKILL to one process           (a call past its time)
    <end of stream>   end every process of the session

    memory PID        the session exceeded its memory: PID, its largest process, will be killed next; 0 for the worker
    fault TEXT        the session could not be built
    <end of stream>   the session has ended

PID is the number that a process has in the session.

A note is sent before what it tells of is done, so that it is there for whoever sees the effect.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from . import processes
from .tiers import Tier

LOOK_SECONDS = 0.1  # how often a session's memory and files are looked at


class Supervisor:
    """Supervises the session whose first process is `worker`, a child of this process.

    `limits["memory"]`: bytes that the session may own in all, beyond the `baseline` that the zygote owned when it
    forked the session. Pages of files are not counted: the kernel can drop them.
    """

    def __init__(
        self, control: socket.socket, worker: int, tier: Tier, limits: dict[str, Any], baseline: int
    ) -> None:
        self._control = control
        self._worker = worker
        # Readable when the worker has ended, and in namespaces all that it started.
        self._pidfd = os.pidfd_open(worker)
        self._tier = tier
        self._limits = limits
        self._baseline = baseline
        self._next_look = time.monotonic() + LOOK_SECONDS
        self._ending = False
        self.ended = False

    @property
    def descriptors(self) -> list[int]:
        """`attend` when one of these is readable, and every `LOOK_SECONDS`."""
        if self.ended:
            return []
        return [self._pidfd] if self._ending else [self._pidfd, self._control.fileno()]

    def attend(self, readable: Sequence[int], hurry: Callable[[], bool]) -> None:
        """Act on the descriptors that are `readable`; in a `hurry` leave what takes long."""
        if self._pidfd in readable:
            self._close()
        elif self._ending:
            return
        elif self._control.fileno() in readable:
            self._obey(self._command())
        elif time.monotonic() >= self._next_look:
            self._look(hurry)
            self._next_look = time.monotonic() + LOOK_SECONDS

    def _close(self) -> None:
        """The worker has ended."""
        if not self._ending:
            self._tier.end(self._pidfd)
        os.close(self._pidfd)
        self._control.close()
        self.ended = True

    def _command(self) -> Sequence[str]:
        try:
            return self._control.recv(256).decode("ascii", "replace").split()
        except OSError:  # gone, without having read our notes
            return ()

    def _obey(self, command: Sequence[str]) -> None:
        if not command:
            self.end()
        elif command[0] == "interrupt":
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGINT)
        elif command[0] == "kill":  # the number was the worker's word
            _kill(self._tier.process(self._worker, int(command[1])))

    def end(self) -> None:
        """End every process of the session."""
        self._ending = True
        alone = self._tier.processes(self._worker) == [self._worker]
        self._tier.end(self._pidfd)
        if alone:
            self._control.close()  # a single process needs no waiting for

    def _look(self, hurry: Callable[[], bool]) -> None:
        largest = self._largest_if_too_large(hurry)
        if largest is not None:
            with contextlib.suppress(OSError):  # never waits: the student could fill the socket with notes
                number = 0 if largest == self._worker else processes.own_number(largest)
                self._control.send(f"memory {number}".encode(), socket.MSG_DONTWAIT)
            _kill(largest)
        if self._tier.is_full(self._limits):
            self.end()

    def _largest_if_too_large(self, hurry: Callable[[], bool]) -> int | None:
        """The largest process, when all together own more than they may beyond what the zygote shares.

        What processes share is counted for each of them at first, which is quick and never too little.
        """
        most = self._limits["memory"] + self._baseline
        owned = {pid: processes.owned(pid) for pid in self._tier.processes(self._worker)}
        if sum(owned.values()) <= most:
            return None
        for pid in owned:
            if hurry():
                return None  # amid a fork bomb this takes seconds, and a command may be to end it
            owned[pid] = processes.share(pid)
        if sum(owned.values()) <= most:
            return None
        return max(owned, key=owned.__getitem__)


def _kill(pid: int | None) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
