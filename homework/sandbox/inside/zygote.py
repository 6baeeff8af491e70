"""The process that is warm: it imports once, then forks one session per submission.

Theory of operation. Started with one end of a control socket, on which all messages are JSON. The first says how
sessions are to be locked in and what to import. It imports NumPy, torch, matplotlib and IPython, runs what is typical
with one thread (a fork of a process with a thread pool hangs), holds no secret, and says that it is ready. Then it
compiles the cells that every student has got, gathers its memory in huge pages where many sessions are expected,
answers `ping`, and serves requests for sessions: each brings two sockets, `data` for the process that runs the
student's cells and `control` for its supervisor. Where several graders work next to each other, each has a zygote of
its own, a fork of one that serves no session: warm at once, and in memory that they share. The tree of one session:

    zygote         its supervisor: obeys `control`, monitors memory, ends the session when control closes
     └── worker    pid 1 of namespaces of its own: runs cells as told on `data`, then answers calls on another socket
          └── server    a fork of the worker that does the latter in its place

Without namespaces (see `landlock`) a fork of the zygote stands between it and the worker, and is the supervisor.

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

from . import isolate, processes, tiers
from .supervisor import LOOK_SECONDS, Supervisor
from .tiers import Tier

if TYPE_CHECKING:
    from .shell import Shell  # imported for real once no privilege is left

_ENDING_SECONDS = 0.3


def main(control_fd: int) -> None:
    """Import, report ready, and fork sessions; ends when the control socket closes."""
    control = socket.socket(fileno=control_fd)
    start = json.loads(_receive(control)[0])
    tier = tiers.of_name(start["tier"], start["options"])
    tier.settle()
    isolate.die_with_parent()
    try:
        shell = _warm_up(start["preload"], start["fonts"])
    except Exception as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        raise
    ready = json.dumps({"ready": True, "capabilities": tier.capabilities}).encode()
    control.send(ready)
    supervisors: list[Supervisor] = []
    while True:
        if control.fileno() not in _supervise(supervisors, control):
            continue
        message, descriptors = _receive(control)
        if not message:
            for supervisor in supervisors:
                supervisor.end()
            _reap(_ENDING_SECONDS)
            os._exit(0)
        request = json.loads(message)
        if request.get("fork"):
            (fd,) = descriptors
            if os.fork() == 0:
                isolate.die_with_parent()
                control.close()
                control = socket.socket(fileno=fd)
                control.send(ready)
            else:
                os.close(fd)
        elif "cell" in request:
            from . import warm_up

            name, source = request["cell"]
            shell.compile_ahead(name, source)
            warm_up.warm_up_for(source)
            gc.freeze()
        elif request.get("many"):
            isolate.use_huge_pages()
        elif request.get("ping"):
            control.send(b"{}")
        else:
            own = os.getpid()
            request["baseline"] = processes.owned(own)
            request["limits"]["address_space"] = processes.mapped(own) + request["limits"]["memory"]
            supervisors += _start_session(tier, shell, request, *descriptors)


def _supervise(supervisors: list[Supervisor], *others: socket.socket) -> list[int]:
    """Wait for something to do, let `supervisors` act, remove those that ended; the descriptors to read from."""

    def readable(seconds: float | None) -> list[int]:
        watched = [fd for supervisor in supervisors for fd in supervisor.descriptors]
        return select.select([*watched, *(other.fileno() for other in others)], [], [], seconds)[0]

    found = readable(LOOK_SECONDS if supervisors else None)
    _reap()
    for supervisor in supervisors:
        supervisor.attend(found, lambda: bool(readable(0)))
    supervisors[:] = [supervisor for supervisor in supervisors if not supervisor.ended]
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
) -> list[Supervisor]:
    """Fork a session; its supervisor, if that runs in this process. What goes wrong is noted on `control`."""
    data, control = socket.socket(fileno=data_fd), socket.socket(fileno=control_fd)
    zygote = os.getpid()
    try:
        forked = tier.fork_supervisor()
        if forked is None:
            return [_fork_worker(tier, shell, request, data, control)]
        if forked == 0:
            _run_supervisor(tier, shell, request, data, control)
    except BaseException as error:
        _note_fault(control, error)
        if os.getpid() != zygote:
            os._exit(1)
    control.close()
    data.close()
    return []


def _note_fault(control: socket.socket, error: BaseException) -> None:
    with contextlib.suppress(OSError):  # the session may not be wanted any more
        control.send(f"fault {type(error).__name__}: {error}".encode())


def _reap(patience: float = 0.0) -> None:
    """Collect the sessions that have ended, and wait `patience` seconds for those that are about to.

    The kernel adds what their processes took to ours only when they are collected: the bench counts that.
    """
    end = time.monotonic() + patience
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0) or time.monotonic() < end:
            if patience:
                time.sleep(0.002)


def _run_supervisor(
    tier: Tier, shell: Shell, request: dict[str, Any], data: socket.socket, control: socket.socket
) -> None:
    """The supervisor of one session as a process of its own. Never returns."""
    supervisor = _fork_worker(tier, shell, request, data, control)
    isolate.hide_memory()
    isolate.close_descriptors(set(supervisor.descriptors))
    supervisors = [supervisor]
    try:
        while supervisors:
            _supervise(supervisors)
    finally:
        if not supervisor.ended:
            supervisor.end()
        os._exit(0)


def _fork_worker(
    tier: Tier, shell: Shell, request: dict[str, Any], data: socket.socket, control: socket.socket
) -> Supervisor:
    """Fork the process that will run the student's code; its supervisor, in this process."""
    worker = tier.fork_worker()
    if worker == 0:
        _run_worker(tier, shell, request, data, control)
    data.close()
    return Supervisor(control, worker, tier, request["limits"], request["baseline"])


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
            _note_fault(control, error)
            raise
        control.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        worker.run(shell, data, request["limits"]["output"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.exit("started by homework.sandbox only")
