"""The process that is warm: it imports once, then forks one session per submission.

Theory of operation. Started inside bubblewrap with one end of a control socket. It imports NumPy, torch, matplotlib
and IPython, runs what is typical with one thread (a fork of a process with a thread pool hangs), holds no secret,
compiles the cells that every student has got, gathers its memory in huge pages where many sessions are expected, and
serves requests for sessions (and answers `ping`, when somebody doubts that it is there): each brings two sockets,
`data` for the process that runs the student's cells and `control` for whoever looks after it. Where several graders
work side by side each has a zygote of its own, a fork of one that serves no session: warm at once, and in memory that
they share. The tree of one session:

    zygote         obeys `control`, watches memory, ends the session when control closes
     └── worker    pid 1 of namespaces of its own: runs cells as told on `data`, then answers calls on another socket
          └── server    a fork of the worker that does the latter in its place

Without namespaces (see `landlock`) a fork of the zygote stands between it and the worker, and does its part.

No student code ever runs in the zygote or in that fork.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

from . import isolate, processes
from .tiers import Tier
from .warden import LOOK_SECONDS, Warden

if TYPE_CHECKING:
    from .shell import Shell  # imported for real once no privilege is left

_READY = b'{"ready": true}'
_ENDING_SECONDS = 0.3


def main(control_fd: int, tier: Tier, preload: list[str], fonts: str) -> None:
    """Import, report ready, and fork sessions locked in by `tier`; ends when the control socket closes.

    `fonts`: the folder of matplotlib's font cache, made at set-up.
    """
    tier.settle()
    isolate.die_with_parent()
    control = socket.socket(fileno=control_fd)
    try:
        shell = _warm_up(preload, fonts)
    except Exception as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        raise
    control.send(_READY)
    wardens: list[Warden] = []
    while True:
        if control.fileno() not in _look_after(wardens, control):
            continue
        message, descriptors = _receive(control)
        if not message:
            for warden in wardens:
                warden.end()
            _reap(_ENDING_SECONDS)
            os._exit(0)
        request = json.loads(message)
        if request.get("fork"):
            (fd,) = descriptors
            if os.fork() == 0:
                isolate.die_with_parent()
                control.close()
                control = socket.socket(fileno=fd)
                control.send(_READY)
            else:
                os.close(fd)
        elif "cell" in request:
            shell.compile_ahead(*request["cell"])
            gc.freeze()
        elif request.get("many"):
            isolate.use_huge_pages()
        elif request.get("ping"):
            control.send(b"{}")
        else:
            mapped, request["baseline"] = processes.memory(os.getpid())
            request["limits"]["address_space"] = mapped + request["limits"]["memory"]
            wardens += _start_session(tier, shell, request, *descriptors)


def _look_after(wardens: list[Warden], *others: socket.socket) -> list[int]:
    """Wait for something to do and let `wardens` do theirs; those that ended leave. The descriptors to read from."""

    def readable(seconds: float | None) -> list[int]:
        watched = [fd for warden in wardens for fd in warden.descriptors]
        return select.select([*watched, *(other.fileno() for other in others)], [], [], seconds)[0]

    found = readable(LOOK_SECONDS if wardens else None)
    _reap()
    for warden in wardens:
        warden.attend(found, lambda: bool(readable(0)))
    wardens[:] = [warden for warden in wardens if not warden.ended]
    return found


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """One request of the trusted side with the descriptors that came with it (`socket.recv_fds` for SEQPACKET)."""
    message, ancillary, _, _ = control.recvmsg(1 << 18, socket.CMSG_SPACE(16))
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data)
    return message, list(fds)


def _warm_up(preload: list[str], fonts: str) -> Shell:
    """Import what sessions need; the shell that they run cells in."""
    gc.disable()  # for good: imports make a million objects to look at and no garbage; sessions turn it on again
    if os.path.isdir(fonts):  # matplotlib wants to be able to write there
        shutil.copytree(fonts, os.environ["MPLCONFIGDIR"], copy_function=shutil.copyfile, dirs_exist_ok=True)
    from . import worker

    for name in preload:
        __import__(name)
    shell = worker.prepare()
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"the zygote has {threads} threads: a fork of it could hang")
    gc.freeze()  # a collection in a child would copy every page that the zygote shares with it
    return shell


def _start_session(
    tier: Tier, shell: Shell, request: dict[str, Any], data_fd: int, control_fd: int
) -> list[Warden]:
    """Fork a session; who looks after it here, if anybody. What goes wrong is told on the session's control socket."""
    data, control = socket.socket(fileno=data_fd), socket.socket(fileno=control_fd)
    zygote = os.getpid()
    try:
        forked = tier.fork_warden()
        if forked is None:
            return [_fork_worker(tier, shell, request, data, control)]
        if forked == 0:
            _run_warden(tier, shell, request, data, control)
    except BaseException as error:
        _tell_fault(control, error)
        if os.getpid() != zygote:
            os._exit(1)
    control.close()
    data.close()
    return []


def _tell_fault(control: socket.socket, error: BaseException) -> None:
    with contextlib.suppress(OSError):  # nobody may want the session any more
        control.send(f"fault {type(error).__name__}: {error}".encode())


def _reap(patience: float = 0.0) -> None:
    """Collect the sessions that have ended, and wait `patience` seconds for those that are about to.

    What their processes took is only counted, for whoever wants to know, if somebody waits for them.
    """
    end = time.monotonic() + patience
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0) or time.monotonic() < end:
            if patience:
                time.sleep(0.002)


def _run_warden(
    tier: Tier, shell: Shell, request: dict[str, Any], data: socket.socket, control: socket.socket
) -> None:
    """The process that looks after one session, where the zygote does not. Never returns."""
    warden = _fork_worker(tier, shell, request, data, control)
    isolate.hide_memory()
    isolate.close_descriptors(set(warden.descriptors))
    wardens = [warden]
    try:
        while wardens:
            _look_after(wardens)
    finally:
        if not warden.ended:
            warden.end()
        os._exit(0)


def _fork_worker(
    tier: Tier, shell: Shell, request: dict[str, Any], data: socket.socket, control: socket.socket
) -> Warden:
    """Fork the process that will run the student's code; who looks after it here."""
    worker = tier.fork_worker()
    if worker == 0:
        _run_worker(tier, shell, request, data, control)
    data.close()
    return Warden(control, worker, tier, request["limits"], request["baseline"])


def _run_worker(
    tier: Tier, shell: Shell, request: dict[str, Any], data: socket.socket, control: socket.socket
) -> None:
    """Never returns."""
    from . import worker

    try:
        os.setsid()  # a signal to one's own process group knows no namespaces: it would reach the zygote
        isolate.die_with_parent()
        isolate.close_descriptors({data.fileno(), control.fileno()})
        try:
            tier.lock_worker(request)
        except BaseException as error:
            _tell_fault(control, error)
            raise
        control.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        worker.run(shell, data, request["limits"]["output"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.exit("started by homework.sandbox only")
