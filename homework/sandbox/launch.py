"""Start a zygote: inside bubblewrap, or where that cannot be, confined by Landlock.

Theory of operation. The mount namespace that bubblewrap builds holds the system's `/usr`, the Python installation,
the virtual environment at `/opt/venv` and the folder `inside/` at `/opt/grader`, all read-only, and empty private
folders. The course, its gradebook and its tests are not in it. As root, bubblewrap drops every capability but those
needed to become uid 60001, which the zygote does before anything else; as an ordinary user, a user namespace does.

Where bubblewrap is missing or may not create namespaces, the zygote is started as it is, and each of its sessions
gives up all files but the same ones; see `inside/landlock.py`.
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

from homework.sandbox.errors import SandboxFault, SandboxUnavailable
from homework.sandbox.inside import landlock

UNPRIVILEGED_UID = 60001
_INSIDE = Path(__file__).parent / "inside"
_START_SECONDS = 60
_LONGEST_MESSAGE = 1 << 17
_ANSWER_SECONDS = 20
_END_SECONDS = 0.5
# NumPy 2 imports its parts on first use; inside a session that would cost every submission.
PRELOAD = ("torch", "matplotlib.pyplot", "numpy.fft", "numpy.linalg", "numpy.random")
_THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}
ENVIRONMENT = {
    "HOME": "/home/student",
    "USER": "student",
    "LOGNAME": "student",
    "PATH": "/opt/venv/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "IPYTHONDIR": "/tmp/ipython",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "MPLBACKEND": "agg",
    "TORCHINDUCTOR_CACHE_DIR": "/tmp/torch",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PIP_RETRIES": "0",  # `%pip install` in a notebook: let it fail at once, there is no network
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    **_THREADS,
}


class Zygote(ABC):
    """One warm process that sessions are forked from, and its control socket."""

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
        """What it says when it is warm, or cannot become so; nothing if it ended."""
        try:
            self.control.settimeout(_START_SECONDS)
            message = self.control.recv(1 << 16)
        except OSError:
            message = b""
        state: dict[str, Any] = json.loads(message) if message else {}
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
        """The last lines that it wrote, for people who mend the sandbox."""
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
            return _confined(reason, PRELOAD).wait()
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
            shutil.rmtree(self.run, ignore_errors=True)

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


def launch(preload: tuple[str, ...] = PRELOAD) -> Launched:
    """Start a zygote, without waiting: it warms up while the caller does something else.

    Raises SandboxUnavailable where bubblewrap is missing and Landlock, too.
    """
    program = shutil.which("bwrap")
    if program is None:
        return _confined("bubblewrap (the command `bwrap`) is not installed", preload)
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin")}
    return _started("bubblewrap", lambda fd: _arguments(program, fd, preload), environment)


def _started(
    tier: str, arguments: Callable[[int], list[str]], environment: dict[str, str], run: Path | None = None
) -> Launched:
    """A zygote whose command line `arguments` makes for the number of its control socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the zygote
    with theirs:
        process = subprocess.Popen(
            arguments(theirs.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            pass_fds=[theirs.fileno()],
            env=environment,
        )
    return Launched(tier, ours, process, stderr, run)


def _confined(why: str, preload: tuple[str, ...]) -> Launched:
    """A zygote of the second tier. `why`: what is wrong with the first; raises SandboxUnavailable without Landlock."""
    if landlock.version() == 0:
        raise SandboxUnavailable(
            f"{why}, and this kernel has no Landlock. `apt-get install bubblewrap` on Debian or Ubuntu; in a "
            "container, allow user namespaces (`homework doctor` says how)."
        )
    become = UNPRIVILEGED_UID if os.geteuid() == 0 else None
    run = Path(tempfile.mkdtemp(prefix="homework-sandbox-"))
    grader = run / "grader"
    shutil.copytree(_INSIDE, grader / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    own = run / "own"  # the zygote's folder, and the parent of its sessions'
    own.mkdir()
    if become is not None:
        run.chmod(0o755)
        os.chown(own, become, become)
    readable = [f"/{name}" for name in ("usr", "bin", "sbin", "lib", "lib64", "lib32", "etc/ld.so.cache")]
    readable += [str(Path(prefix).resolve()) for prefix in (sys.prefix, sys.base_prefix)]
    readable += [str(grader), str(own / "matplotlib")]
    tier = f"tiers.Landlock({become}, {str(own)!r}, {readable!r})"
    fonts = str(_fonts(Path(sys.prefix)))
    environment = {
        **ENVIRONMENT,
        "HOME": str(own),
        "MPLCONFIGDIR": str(own / "matplotlib"),
        "TMPDIR": str(own),
    }
    return _started(
        "landlock",
        lambda fd: [sys.executable, "-I", "-c", _program(str(grader), fd, tier, preload, fonts)],
        environment,
        run,
    )


def _program(grader: str, control_fd: int, tier: str, preload: tuple[str, ...], fonts: str) -> str:
    """What the zygote's Python runs; `grader`: the folder that holds `inside`."""
    return (
        f"import sys; sys.path.insert(0, {grader!r}); from inside import tiers, zygote; "
        f"zygote.main({control_fd}, {tier}, {list(preload)!r}, {fonts!r})"
    )


def _fonts(prefix: Path) -> Path:
    """Where set-up put matplotlib's font cache."""
    return prefix / "share" / "homework" / "matplotlib"


def _arguments(program: str, control_fd: int, preload: tuple[str, ...]) -> list[str]:
    """The command line that starts the zygote in bubblewrap; it receives `control_fd`."""
    root = os.geteuid() == 0
    prefix, base = Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()
    argv = [program, "--die-with-parent", "--new-session"]
    argv += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    argv += ["--hostname", "sandbox", "--cap-drop", "ALL"]
    if root:
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SYS_ADMIN"):
            argv += ["--cap-add", capability]  # all given up in zygote.main, before anything is imported
        argv += [*_folder("/opt"), *_folder("/opt/proc")]
    else:
        argv += ["--unshare-user", "--uid", str(UNPRIVILEGED_UID), "--gid", str(UNPRIVILEGED_UID)]
    argv += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64", "lib32"):
        path = Path("/", name)
        if path.is_symlink():
            argv += ["--symlink", f"usr/{name}", f"/{name}"]
        elif path.is_dir():
            argv += ["--ro-bind", f"/{name}", f"/{name}"]
    argv += _folder("/etc") + ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    # A private mapping of /dev/zero is anonymous memory; a shared one would be memory that no limit sees.
    argv += ["--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero"]
    argv += _folder("/home") + _folder("/opt") + _folder("/opt/grader")
    for place, size in (("/dev/shm", 1 << 26), ("/tmp", 1 << 28), ("/home/student", 1 << 20)):
        argv += ["--size", str(size), "--perms", "1777", "--tmpfs", place]
    if base != Path("/usr"):
        argv += parents_of_mount(base) + ["--ro-bind", str(base), str(base)]
    argv += ["--ro-bind", str(prefix), "/opt/venv", "--ro-bind", str(_INSIDE), "/opt/grader/inside"]
    if _fonts(prefix).is_dir():
        argv += ["--ro-bind", str(_fonts(prefix)), "/opt/fonts"]
    argv += ["--remount-ro", "/", "--chdir", "/home/student", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    tier = f"tiers.Namespaces({UNPRIVILEGED_UID if root else None})"
    program_text = _program("/opt/grader", control_fd, tier, preload, "/opt/fonts")
    python = Path("/opt/venv", Path(sys.executable).parent.name, "python")
    return [*argv, "--", str(python), "-I", "-c", program_text]


def _folder(path: str) -> list[str]:
    return ["--perms", "0755", "--dir", path]


def parents_of_mount(path: Path) -> list[str]:
    """bubblewrap creates the parents of a mount 0700, which the unprivileged user could not pass."""
    argv: list[str] = []
    for parent in reversed(path.parents):
        if parent != Path("/"):
            argv += _folder(str(parent))
    return argv
