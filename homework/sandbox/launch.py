"""Start a zygote: inside bubblewrap, or where that cannot be, confined by Landlock.

Theory of operation. A zygote is a Python process with one end of a control socket. The first message on it says, as
JSON, how the zygote is to lock sessions in and what it is to import; then it warms up, and says when it is ready. In
the first tier it starts within the mounts of `bubblewrap.py`. Where bubblewrap is missing or may not create namespaces,
it is started as it is, and each of its sessions gives up all files but the same ones; see `inside/landlock.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from homework.sandbox import bubblewrap
from homework.sandbox.environment import ENVIRONMENT, INSIDE, UNPRIVILEGED_UID, font_cache
from homework.sandbox.errors import SandboxFault, SandboxUnavailable
from homework.sandbox.inside import landlock

# Nothing is left in `sys.argv`, which a notebook may look at.
_PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from inside import zygote
zygote.main(int(sys.argv.pop(1)))
"""
# Against hanging alone: a zygote that ends is noticed at once, and one that is to import torch on a machine that is
# busy with a dozen other processes takes more than a minute.
_START_SECONDS = 600
_LONGEST_MESSAGE = 1 << 17
_ANSWER_SECONDS = 120  # likewise
_END_SECONDS = 0.5
# NumPy 2 imports its parts on first use; inside a session that would cost every submission.
_PRELOAD = ("torch", "matplotlib.pyplot", "numpy.fft", "numpy.linalg", "numpy.random")


class Zygote(ABC):
    """One warm process that sessions are forked from, and its control socket.

    `capabilities`: those that its sessions keep, a bit each; known once it is warm.
    """

    capabilities = 0

    def __init__(self, tier: str, control: socket.socket) -> None:
        self.tier = tier
        self.control = control
        self._asking = threading.Lock()

    @abstractmethod
    def wait(self) -> Zygote:
        """Wait until it is warm; this zygote, or another one that had to take its place.

        Raises SandboxFault when it ended while it was starting, SandboxUnavailable where no tier works.
        """

    def _state(self) -> dict[str, Any]:
        """What it says when it is warm (an entry `ready`), or cannot become so; nothing if it ended."""
        try:
            self.control.settimeout(_START_SECONDS)
            message = self.control.recv(1 << 16)
        except TimeoutError:
            return {
                "error": f"it was not ready after {_START_SECONDS} s; grade when the machine does less other work"
            }
        except OSError:
            message = b""
        state: dict[str, Any] = json.loads(message) if message else {}
        self.capabilities = state.get("capabilities", 0)
        return state

    def compile_ahead(self, cells: Iterable[tuple[str, str]]) -> None:
        """Have cells, each a name and a source, compiled in the zygote. What is too long for a message is not."""
        with suppress(OSError):  # if it is gone, whoever wants a session of it will find out
            for cell in cells:
                message = json.dumps({"cell": cell}).encode()
                if len(message) <= _LONGEST_MESSAGE:
                    self.control.send(message)

    def expect_many(self) -> None:
        """Have it make ready for many sessions: that takes some tenths of a second, and saves 10 ms a session."""
        with suppress(OSError):
            self.control.send(b'{"many": true}')

    @property
    def alive(self) -> bool:
        """Whether it still answers. Asked after a session has ended: what ended the zygote, too, was not the session.

        Time would not tell: processes that are killed together end one after the other. But one that was killed
        answers no more, though it may not have ended yet.
        """
        with self._asking:
            try:
                self.control.settimeout(_ANSWER_SECONDS)
                self.control.send(b'{"ping": true}')
                return bool(self.control.recv(100))
            except OSError:
                return False

    def complaint(self) -> str:
        """The last lines that it wrote, for people who fix the sandbox."""
        return ""

    def close(self) -> None:
        """End the zygote and with it every session. Safe to call twice."""
        self.control.close()


class Launched(Zygote):
    """A zygote of this process. `stderr` keeps what it complains of; `run` is its folder, if any."""

    def __init__(
        self,
        tier: str,
        control: socket.socket,
        process: subprocess.Popen[bytes],
        stderr: IO[bytes],
        run: Path | None = None,
    ) -> None:
        super().__init__(tier, control)
        self.process = process
        self.stderr = stderr
        self.run = run

    def wait(self) -> Zygote:
        state = self._state()
        if state.get("ready"):
            return self
        self.process.kill()
        self.process.wait()
        complaint = self.complaint()
        self.close()
        if "bwrap:" in complaint:
            reason = f"bubblewrap cannot build a sandbox here ({complaint.splitlines()[-1]})"
            return _confined(reason).wait()
        raise SandboxFault(f"the sandbox did not start: {state.get('error') or complaint or 'no answer'}")

    def complaint(self) -> str:
        self.stderr.seek(0)
        return self.stderr.read()[-2000:].decode("utf-8", "replace").strip()

    def close(self) -> None:
        super().close()
        try:
            # Killed, it would take the time that its sessions took along: `bench` could not count that.
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.wait()
        self.stderr.close()
        if self.run is not None:
            with suppress(OSError):
                landlock.remove(str(self.run))

    def ancestor(self) -> Ancestor:
        """What other processes need to get zygotes that are forks of this one, which then serves no session."""
        return Ancestor(self.tier, self.control)


class Forked(Zygote):
    """A zygote that is a fork of another one."""

    def wait(self) -> Zygote:
        if self._state().get("ready"):
            return self
        self.close()
        return launch().wait()  # the other one could not start, or was lost


@dataclass(frozen=True)
class Ancestor:
    """A launched zygote, as other processes see it: `multiprocessing` can send it to those that it starts."""

    tier: str
    control: socket.socket

    def fork(self) -> Zygote:
        """A fork of it; like `launch`, without waiting."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, suppress(OSError):  # if it is gone, `wait` will find out
            socket.send_fds(self.control, [b'{"fork": true}'], [theirs.fileno()])
        return Forked(self.tier, ours)


def launch() -> Launched:
    """Start a zygote, without waiting: it warms up while the caller does something else.

    Raises SandboxUnavailable where neither bubblewrap nor Landlock is available.
    """
    program = shutil.which("bwrap")
    if program is None:
        return _confined("bubblewrap (the command `bwrap`) is not installed")
    return _started(
        "bubblewrap",
        {"become": _unprivileged()},
        lambda fd: bubblewrap.command(program, *_python_arguments(bubblewrap.GRADER, fd)),
        environment={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        fonts=bubblewrap.FONTS,
    )


def _confined(why: str) -> Launched:
    """A zygote of the second tier. `why`: what is wrong with the first; raises SandboxUnavailable without Landlock."""
    if landlock.version() == 0:
        raise SandboxUnavailable(
            f"{why}, and this kernel has no Landlock. `apt-get install bubblewrap` on Debian or Ubuntu; in a "
            "container, allow user namespaces (`homework doctor` says how)."
        )
    become = _unprivileged()
    run = Path(tempfile.mkdtemp(prefix="homework-sandbox-"))
    grader = run / "grader"
    shutil.copytree(INSIDE, grader / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    own = run / "own"  # the zygote's folder, and the parent of its sessions'
    own.mkdir()
    if become is not None:
        run.chmod(0o755)
        os.chown(own, become, become)
    readable = [f"/{name}" for name in ("usr", "bin", "sbin", "lib", "lib64", "lib32", "etc/ld.so.cache")]
    readable += [str(Path(prefix).resolve()) for prefix in (sys.prefix, sys.base_prefix)]
    readable += [str(grader), str(own / "matplotlib")]
    return _started(
        "landlock",
        {"become": become, "run": str(own), "readable": readable},
        lambda fd: [sys.executable, *_python_arguments(str(grader), fd)],
        environment={
            **ENVIRONMENT,
            "HOME": str(own),
            "MPLCONFIGDIR": str(own / "matplotlib"),
            "TMPDIR": str(own),
        },
        fonts=str(font_cache(Path(sys.prefix))),
        run=run,
    )


def _unprivileged() -> int | None:
    """The user that a zygote is to become; None if it is started as an ordinary one."""
    return UNPRIVILEGED_UID if os.geteuid() == 0 else None


def _python_arguments(grader: str, control_fd: int) -> list[str]:
    """Run the zygote of the folder `grader`, which holds `inside`."""
    return ["-I", "-c", _PROGRAM, grader, str(control_fd)]


def _started(
    tier: str,
    options: dict[str, Any],
    arguments: Callable[[int], list[str]],
    environment: dict[str, str],
    fonts: str,
    run: Path | None = None,
) -> Launched:
    """A zygote that locks in by `tier` with these `options` (`inside/tiers.py`).

    `arguments` makes its command line for the number of its control socket; `fonts` is matplotlib's font cache there.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the zygote
    with theirs:
        start = {"tier": tier, "options": options, "preload": _PRELOAD, "fonts": fonts}
        ours.send(json.dumps(start).encode())  # it fits into the socket's buffer
        process = subprocess.Popen(
            arguments(theirs.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            pass_fds=[theirs.fileno()],
            env=environment,
        )
    return Launched(tier, ours, process, stderr, run)
