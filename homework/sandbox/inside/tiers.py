"""The two ways in which a session is locked in: what differs between them, step by step.

settle        the zygote, before it imports anything: become the unprivileged user
fork_init     the zygote, for each session
enter         init, before it forks the worker
lock_worker   the worker, before it runs anything of the student's
processes     init: all processes of the session but itself
is_full       init: whether the session's files are too many
leave         init, when the session is over
"""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

from . import isolate, landlock

_FILES = 16384


class Namespaces:
    """Inside bubblewrap: namespaces of the session's own, which end with its init."""

    def __init__(self, become: int | None) -> None:
        self._become = become

    def settle(self) -> None:
        if self._become is not None:
            isolate.mount_outer_proc()
            isolate.become(self._become)

    def fork_init(self) -> int:
        return isolate.fork_into_namespaces()

    def enter(self, request: dict[str, Any]) -> None:
        isolate.mount_private_folders(request["limits"]["tmp_bytes"])
        socket.sethostname("sandbox")
        isolate.drop_privileges(bytes.fromhex(request["seccomp"]))  # the worker's, too, for good

    def lock_worker(self, request: dict[str, Any]) -> None:
        os.chdir("/home/student")
        os.environ.clear()
        os.environ.update(request["environment"])
        isolate.set_limits(request["limits"])

    def processes(self) -> list[int]:
        try:
            return [int(name) for name in os.listdir("/proc") if name.isdecimal() and name != "1"]
        except OSError:
            return []

    def is_full(self, limits: dict[str, Any]) -> bool:
        return False  # the mounted folders have a size

    def leave(self) -> None:
        """The kernel ends what pid 1 leaves behind, but later than anybody who waits for that is told."""
        try:
            os.kill(-1, signal.SIGKILL)
            while True:
                os.waitpid(-1, 0)
        except (ProcessLookupError, ChildProcessError):
            return


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

    def fork_init(self) -> int:
        return os.fork()

    def enter(self, request: dict[str, Any]) -> None:
        landlock.adopt()
        self._folder = landlock.own_folder(self._run)

    def lock_worker(self, request: dict[str, Any]) -> None:
        os.chdir(self._folder)
        os.environ.clear()
        own = {"HOME": self._folder, "TMPDIR": self._folder, "IPYTHONDIR": self._folder}
        os.environ.update({**request["environment"], **own})
        others = landlock.processes_of_user()  # elsewhere: the limit counts them, too
        isolate.set_limits({**request["limits"], "processes": request["limits"]["processes"] + others})
        landlock.restrict(self._readable, self._folder, bytes.fromhex(request["seccomp"]))

    def processes(self) -> list[int]:
        return landlock.descendants()

    def is_full(self, limits: dict[str, Any]) -> bool:
        size, files = landlock.disk_use(self._folder)
        return size > limits["tmp_bytes"] or files > _FILES

    def leave(self) -> None:
        """Kill whatever is left, until nothing is: a process may fork while others are killed."""
        while left := landlock.descendants():
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in left:
                    try:
                        os.kill(pid, number)
                    except ProcessLookupError:
                        continue
            for _ in left:
                try:
                    os.waitpid(-1, 0)
                except ChildProcessError:
                    break
        landlock.remove(self._folder)


Tier = Namespaces | Landlock
