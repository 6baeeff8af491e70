"""The two ways in which a session is locked in: what differs between them, step by step.

settle        the zygote, before it imports anything: become the unprivileged user
fork_warden   the zygote, for each session: who is to look after it; None where the zygote itself does
fork_worker   whoever looks after the session
lock_worker   the worker, before it runs anything of the student's
processes     who looks after the session: all processes of it
process       likewise: the one that has a certain number in the session
is_full       likewise: whether the session's files are too many
end           likewise: end every process of it, the worker by its descriptor
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from typing import Any

from . import isolate, landlock, processes

_FILES = 16384


class Namespaces:
    """Inside bubblewrap: namespaces of the session's own, which end with the worker, the first process in them."""

    def __init__(self, become: int | None) -> None:
        self._become = become

    def settle(self) -> None:
        if self._become is not None:
            isolate.mount_outer_proc()
            isolate.become(self._become)

    def fork_warden(self) -> int | None:
        return None

    def fork_worker(self) -> int:
        return isolate.fork_into_namespaces()

    def lock_worker(self, request: dict[str, Any]) -> None:
        isolate.mount_private_folders(request["limits"]["tmp_bytes"])
        socket.sethostname("sandbox")
        os.chdir("/home/student")
        os.environ.clear()
        os.environ.update(request["environment"])
        isolate.set_limits(request["limits"])
        isolate.drop_privileges(bytes.fromhex(request["seccomp"]))

    def processes(self, worker: int) -> list[int]:
        return [worker, *processes.descendants(worker)]

    def process(self, worker: int, number: int) -> int | None:
        found = (pid for pid in processes.descendants(worker) if processes.own_number(pid) == number)
        return next(found, None)

    def is_full(self, limits: dict[str, Any]) -> bool:
        return False  # the mounted folders have a size

    def end(self, pidfd: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)


class Landlock:
    """Without namespaces: `run` is the folder for sessions' folders, `readable` what may be read."""

    def __init__(self, become: int | None, run: str, readable: list[str]) -> None:
        self._become = become
        self._run = run
        self._readable = readable
        self._folder = ""

    def settle(self) -> None:
        if self._become is not None:
            landlock.become(self._become)

    def fork_warden(self) -> int | None:
        forked = os.fork()
        if forked == 0:
            isolate.die_with_parent()
            landlock.adopt()
            self._folder = landlock.own_folder(self._run)
        return forked

    def fork_worker(self) -> int:
        return os.fork()

    def lock_worker(self, request: dict[str, Any]) -> None:
        os.chdir(self._folder)
        os.environ.clear()
        own = {"HOME": self._folder, "TMPDIR": self._folder, "IPYTHONDIR": self._folder}
        os.environ.update({**request["environment"], **own})
        others = processes.of_user(os.getuid())  # elsewhere: the limit counts them, too
        isolate.set_limits({**request["limits"], "processes": request["limits"]["processes"] + others})
        landlock.restrict(self._readable, self._folder, bytes.fromhex(request["seccomp"]))

    def processes(self, worker: int) -> list[int]:
        return processes.descendants(os.getpid())  # it has adopted those that lost their parents

    def process(self, worker: int, number: int) -> int | None:
        return number if number in self.processes(worker) else None

    def is_full(self, limits: dict[str, Any]) -> bool:
        size, files = landlock.disk_use(self._folder)
        return size > limits["tmp_bytes"] or files > _FILES

    def end(self, pidfd: int) -> None:
        """Kill whatever is left, until nothing is: a process may fork while others are killed."""
        while left := processes.descendants(os.getpid()):
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, number)
            for _ in left:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(-1, 0)
        landlock.remove(self._folder)


Tier = Namespaces | Landlock
