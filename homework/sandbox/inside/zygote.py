"""The process that is warm: it imports once, then forks one session per submission.

Theory of operation. Started inside bubblewrap with one end of a control socket. It imports NumPy, torch,
matplotlib and IPython, runs no tensor operation (a fork of a process with a thread pool hangs), holds no secret,
and then serves `session` requests (and answers `ping`, when somebody doubts that it is there): each brings two
sockets, `data` for the process that runs the student's cells and `control` for that session's init. The tree of one
session:

    zygote ── (exits at once) ── init, pid 1: obeys `control`, watches memory, ends the session when control closes
                                  └── worker: runs cells as told on `data`
                                       └── servers: forks of the worker at a grade cell, each on a socket of its own

No student code ever runs in the zygote or in an init.
"""

from __future__ import annotations

import array
import gc
import json
import os
import shutil
import signal
import socket
import sys
from typing import Any

from . import isolate

_FONTS = "/opt/fonts"


def main(control_fd: int, become_uid: int | None, preload: list[str]) -> None:
    """Import, report ready, and fork sessions until the control socket closes."""
    if become_uid is not None:
        isolate.mount_outer_proc()
        isolate.become(become_uid)
    isolate.die_with_parent()
    control = socket.socket(fileno=control_fd)
    try:
        _warm_up(preload)
    except Exception as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        raise
    control.send(json.dumps({"ready": True}).encode())
    with open("/proc/self/statm") as file:
        mapped, resident = (int(pages) * os.sysconf("SC_PAGE_SIZE") for pages in file.read().split()[:2])
    while True:
        message, descriptors = _receive(control)
        if not message:
            return
        request = json.loads(message)
        if request.get("ping"):
            control.send(b"{}")
            continue
        request["baseline"] = resident
        request["limits"]["address_space"] = mapped + request["limits"]["memory"]
        child = os.fork()
        if child == 0:
            control.close()
            _start_session(request, *descriptors)
        for fd in descriptors:
            os.close(fd)
        os.waitpid(child, 0)


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """One request of the trusted side with the descriptors that came with it (`socket.recv_fds` for SEQPACKET)."""
    message, ancillary, _, _ = control.recvmsg(1 << 18, socket.CMSG_SPACE(16))
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data)
    return message, list(fds)


def _warm_up(preload: list[str]) -> None:
    if os.path.isdir(_FONTS):  # matplotlib's font cache, made at set-up, which it wants to be able to write
        shutil.copytree(_FONTS, os.environ["MPLCONFIGDIR"], copy_function=shutil.copyfile, dirs_exist_ok=True)
    from . import worker

    for name in preload:
        __import__(name)
    worker.prepare()
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"the zygote has {threads} threads: a fork of it could hang")
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that the zygote shares with it


def _start_session(request: dict[str, Any], data_fd: int, control_fd: int) -> None:
    """In the zygote's child: build the session's namespaces, fork its init, and leave. Never returns."""
    control = socket.socket(fileno=control_fd)
    try:
        isolate.enter_namespaces()
        if os.fork() != 0:
            os._exit(0)
        _run_init(request, data_fd, control)
    except BaseException as error:
        control.send(f"fault {type(error).__name__}: {error}".encode())
        os._exit(1)


def _run_init(request: dict[str, Any], data_fd: int, control: socket.socket) -> None:
    """Pid 1 of the session. Never returns."""
    from . import init

    limits = request["limits"]
    seccomp = bytes.fromhex(request["seccomp"])
    isolate.mount_private_folders(limits["tmp_bytes"])
    socket.sethostname("sandbox")
    worker_pid = os.fork()
    if worker_pid == 0:
        _run_worker(limits, seccomp, request, data_fd)
    isolate.hide_memory()
    isolate.close_descriptors({control.fileno()})
    isolate.drop_privileges(seccomp)
    init.run(control, worker_pid, limits["memory"], request["baseline"])
    os._exit(0)


def _run_worker(limits: dict[str, Any], seccomp: bytes, request: dict[str, Any], data_fd: int) -> None:
    from . import worker

    isolate.die_with_parent()
    isolate.close_descriptors({data_fd})
    os.chdir("/home/student")
    os.environ.clear()
    os.environ.update(request["environment"])
    isolate.set_limits(limits)
    isolate.drop_privileges(seccomp)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        worker.run(socket.socket(fileno=data_fd), limits["output"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.exit("started by homework.sandbox only")
