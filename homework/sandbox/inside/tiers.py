"""The two ways in which a session is locked in."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from typing import Any, Protocol

from . import caps, isolate, landlock, processes


class Tier(Protocol):
    """What differs between the two, step by step.

    `capabilities`: those that a session keeps, a bit each.
    """

    capabilities: int

    def settle(self) -> None:
        """In the zygote, before it imports anything: become the unprivileged user."""

    def fork_supervisor(self) -> int | None:
        """In the zygote, for each session: fork its supervisor, as `os.fork` does; None where the zygote is it."""

    def fork_worker(self) -> int:
        """In the supervisor: fork the session's first process, as `os.fork` does."""

    def lock_worker(self, request: dict[str, Any]) -> None:
        """In the worker, before it runs anything of the student's: give up everything that `request` does not allow."""

    def processes(self, worker: int) -> list[int]:
        """In the supervisor: all processes of the session."""

    def process(self, worker: int, number: int) -> int | None:
        """In the supervisor: the process of the session that calls itself `number`, if there is one."""

    def is_full(self, limits: dict[str, Any]) -> bool:
        """In the supervisor: whether the session's files take more than they may."""

    def end(self, pidfd: int) -> None:
        """In the supervisor: end every process of the session; `pidfd` refers to the worker."""


def of_name(name: str, options: dict[str, Any]) -> Tier:
    """The tier that the trusted side asked for."""
    tiers: dict[str, type[Namespaces | Landlock]] = {"bubblewrap": Namespaces, "landlock": Landlock}
    return tiers[name](**options)


class Namespaces:
    """Inside bubblewrap: namespaces of the session's own, which end with the worker, the first process in them."""

    capabilities = 0

    def __init__(self, become: int | None) -> None:
        self._become = become

    def settle(self) -> None:
        if self._become is not None:
            isolate.mount_outer_proc()
            isolate.become(self._become)

    def fork_supervisor(self) -> int | None:
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
        self.capabilities = 0

    def settle(self) -> None:
        if self._become is not None:
            landlock.become(self._become)
            if landlock.needs_capability(self._readable):
                self.capabilities = landlock.MAY_READ_ALL

    def fork_supervisor(self) -> int | None:
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
        isolate.keep_capabilities(self.capabilities)
        landlock.restrict(self._readable, self._folder, bytes.fromhex(request["seccomp"]))

    def processes(self, worker: int) -> list[int]:
        return processes.descendants(os.getpid())  # it has adopted those that lost their parents

    def process(self, worker: int, number: int) -> int | None:
        return number if number in self.processes(worker) else None

    def is_full(self, limits: dict[str, Any]) -> bool:
        size, files = landlock.disk_use(self._folder)
        return size > limits["tmp_bytes"] or files > caps.FILES

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
