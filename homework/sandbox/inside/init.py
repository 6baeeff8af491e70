"""The first process of a session, pid 1 where it has namespaces: trusted code between kernel and student.

It obeys one-line commands on the control socket and reports what only it can see:

    interrupt         SIGINT to the worker             (a cell past its time; what ran so far stays defined)
    kill PID          SIGKILL to one server            (a call past its time)
    <end of stream>   leave, which ends every process of the session

    memory PID        said when the session exceeded its memory and PID, the largest process, was killed
    ended STATUS      said when the worker ended
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from typing import Any

from .tiers import Tier

_PAGE = os.sysconf("SC_PAGE_SIZE")


def run(control: socket.socket, worker: int, tier: Tier, limits: dict[str, Any], baseline: int) -> None:
    """Serve until the control socket closes or the worker ends.

    `limits["memory"]`: bytes that the session may use in all, beyond the `baseline` that each process shares with the
    zygote.
    """
    while True:
        ready, _, _ = select.select([control], [], [], 0.1)
        if ready:
            command = control.recv(256).decode("ascii", "replace").split()
            if not command:
                if tier.processes() == [worker]:
                    control.close()  # nobody needs to wait until a single process has ended
                return
            _obey(command, worker, tier)
        status = _reap(worker)
        if status is not None:
            control.send(f"ended {status}".encode())
            return
        processes = tier.processes()
        largest = _over_memory(processes, limits["memory"], baseline, control)
        if largest:
            control.send(f"memory {largest}".encode())
            _kill(largest, signal.SIGKILL)
        if tier.is_full(limits):
            return


def _obey(command: list[str], worker: int, tier: Tier) -> None:
    if command[0] == "interrupt":
        _kill(worker, signal.SIGINT)
    elif command[0] == "kill" and int(command[1]) in tier.processes():  # the number was the worker's word
        _kill(int(command[1]), signal.SIGKILL)


def _kill(pid: int, number: int) -> None:
    if pid > 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _reap(worker: int) -> int | None:
    """Collect ended children; the worker's wait status if it is among them."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 0
        if pid == 0:
            return None
        if pid == worker:
            return status


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError), open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * _PAGE
    return 0


def _proportional(pid: int) -> int:
    """Memory of `pid` with what it shares divided among the sharers: exact, but slow to ask."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _over_memory(processes: list[int], memory: int, baseline: int, control: socket.socket) -> int | None:
    """The largest process, when all together use more than `memory` bytes beyond what the zygote shares."""
    resident = {pid: _resident(pid) for pid in processes}
    if sum(max(0, size - baseline) for size in resident.values()) <= memory and len(resident) < 16:
        return None
    exact = {}
    for pid in resident:
        if select.select([control], [], [], 0)[0]:
            return None  # amid a fork bomb this takes seconds, and a command may be to end it
        exact[pid] = _proportional(pid) or resident[pid]
    if sum(exact.values()) <= memory + baseline:
        return None
    return max(exact, key=exact.__getitem__, default=None)
