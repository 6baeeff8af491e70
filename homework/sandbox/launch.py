"""Start a zygote inside bubblewrap.

Theory of operation. The mount namespace that bubblewrap builds holds the system's `/usr`, the Python installation,
the virtual environment at `/opt/venv` and the folder `inside/` at `/opt/grader`, all read-only, and empty private
folders. The course, its gradebook and its tests are not in it. As root, bubblewrap drops every capability but those
needed to become uid 60001, which the zygote does before anything else; as an ordinary user, a user namespace does.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from homework.sandbox.errors import SandboxFault, SandboxUnavailable

UNPRIVILEGED_UID = 60001
_INSIDE = Path(__file__).parent / "inside"
_START_SECONDS = 60
_ANSWER_SECONDS = 20
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


class Zygote:
    """One warm process in its own bubblewrap. `control` is its socket; `stderr` keeps what it complains of."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, stderr: IO[bytes]) -> None:
        self.process = process
        self.control = control
        self.stderr = stderr

    def wait(self) -> Zygote:
        """Wait until it is warm. Raises SandboxUnavailable where bubblewrap may not create namespaces."""
        try:
            self.control.settimeout(_START_SECONDS)
            message = self.control.recv(1 << 16)
        except TimeoutError:
            message = b""
        state = json.loads(message) if message else {}
        if state.get("ready"):
            return self
        self.process.kill()
        self.process.wait()
        complaint = self.complaint()
        self.close()
        if "bwrap:" in complaint:
            raise SandboxUnavailable(
                f"bubblewrap cannot build a sandbox here ({complaint.splitlines()[-1]}). "
                "Allow user namespaces (`homework doctor` says how)."
            )
        raise SandboxFault(f"the sandbox did not start: {state.get('error') or complaint or 'no answer'}")

    @property
    def alive(self) -> bool:
        """Whether it still answers. Asked after a session has ended: what ended the zygote, too, was not the session.

        Time would not tell: processes that are killed together end one after the other. But one that was killed
        answers no more, though it may not have ended yet.
        """
        try:
            self.control.settimeout(_ANSWER_SECONDS)
            self.control.send(b'{"ping": true}')
            return bool(self.control.recv(100))
        except OSError:
            return False

    def complaint(self) -> str:
        """The last lines that bubblewrap or the zygote wrote, for people who mend the sandbox."""
        self.stderr.seek(0)
        return self.stderr.read()[-2000:].decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End the zygote and with it every session. Safe to call twice."""
        self.control.close()
        self.process.kill()
        self.process.wait()
        self.stderr.close()


def launch(preload: tuple[str, ...] = PRELOAD) -> Zygote:
    """Start bubblewrap and the zygote in it, without waiting: it warms up while the caller does something else.

    Raises SandboxUnavailable where bubblewrap is missing.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable(
            "bubblewrap (the command `bwrap`) is not installed: on Debian or Ubuntu, `apt-get install bubblewrap`."
        )
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the zygote
    with theirs:
        process = subprocess.Popen(
            _arguments(program, theirs.fileno(), preload),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            pass_fds=[theirs.fileno()],
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        )
    return Zygote(process, ours, stderr)


def _arguments(program: str, control_fd: int, preload: tuple[str, ...]) -> list[str]:
    """The command line that starts the zygote in a sandbox; it receives `control_fd`."""
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
    argv += ["--proc", "/proc", "--dev", "/dev", *_folder("/home"), *_folder("/opt"), *_folder("/opt/grader")]
    for place, size in (("/dev/shm", 1 << 26), ("/tmp", 1 << 28), ("/home/student", 1 << 20)):
        argv += ["--size", str(size), "--perms", "1777", "--tmpfs", place]
    if base != Path("/usr"):
        argv += _parents(base) + ["--ro-bind", str(base), str(base)]
    argv += ["--ro-bind", str(prefix), "/opt/venv", "--ro-bind", str(_INSIDE), "/opt/grader/inside"]
    fonts = prefix / "share" / "homework" / "matplotlib"
    if fonts.is_dir():
        argv += ["--ro-bind", str(fonts), "/opt/fonts"]
    argv += ["--remount-ro", "/", "--chdir", "/home/student", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    become = UNPRIVILEGED_UID if root else None
    program_text = (
        "import sys; sys.path.insert(0, '/opt/grader'); "
        f"from inside import zygote; zygote.main({control_fd}, {become}, {list(preload)!r})"
    )
    python = Path("/opt/venv", Path(sys.executable).parent.name, "python")
    return [*argv, "--", str(python), "-I", "-c", program_text]


def _folder(path: str) -> list[str]:
    return ["--perms", "0755", "--dir", path]


def _parents(path: Path) -> list[str]:
    """bubblewrap creates the parents of a mount 0700, which the unprivileged user could not pass."""
    argv: list[str] = []
    for parent in reversed(path.parents):
        if parent != Path("/"):
            argv += _folder(str(parent))
    return argv
