"""What code in a session can and cannot do: every claim is made by trying it there."""

from __future__ import annotations

import contextlib
import json
import math
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from homework.course import Course
from homework.sandbox import Limits, OutOfTime, SandboxFault
from homework.sandbox.client import CallClient
from homework.sandbox.inside import landlock
from homework.sandbox.launch import Launched, Zygote, launch
from homework.sandbox.request import Request
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from homework.submission.template import Template
from tests.homework.sandbox.support import ECHO, LIMITS, of_tier, said


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("open('/etc/passwd').read()", "FileNotFoundError"),
        ("import os; print(sorted(os.listdir('/home')))", "['student']"),
        ("open('/usr/lib/x', 'w')", "OSError"),
        # Which of OSError's kinds it is depends on whether this user owns the file outside.
        ("try: open('/opt/grader/inside/values.py', 'a')\nexcept OSError: print('refused')", "refused"),
        ("import socket; socket.socket(socket.AF_INET)", "OSError"),
        ("import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "OSError"),
        ("import socket; socket.socket(40, socket.SOCK_STREAM)", "OSError"),
        ("import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))", "-1"),
        ("import ctypes; print(ctypes.CDLL(None).ptrace(0, 0, 0, 0))", "-1"),
        ("import ctypes; print(ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0))", "-1"),
        ("import os; os.setuid(0)", "OSError"),
        ("import sys; print(sys.argv)", "['-c']"),
        ("import os; print(os.getpid(), os.getppid())", "1 0"),
        ("import os; print([p for p in os.listdir('/proc') if p.isdecimal()])", "['1']"),
        ("import os; os.kill(os.getpid(), 9)", "crashed"),
        ("import os; os.abort()", "crashed"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
        ("import os; print({k: v for k, v in os.environ.items() if 'SECRET' in k})", "{}"),
        ("import os; print(os.getuid(), os.getgid())", "1000 1000"),
        ("open('/dev/shm/x', 'wb').write(bytes(300 << 20))", "OSError"),
        ("open('/tmp/x', 'wb').write(bytes(100 << 20))", "OSError"),
        (
            "import sys; print('homework' in sys.modules, [p for p in sys.path if 'solutions' in p])",
            "False []",
        ),
    ],
)
@of_tier("bubblewrap")
def test_what_a_cell_may_not_do(session: Session, source: str, expected: str) -> None:
    assert expected in said(session, source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("open('/etc/passwd').read()", "PermissionError"),
        ("import os; os.listdir('/home')", "PermissionError"),
        ("import os; os.listdir('/proc')", "PermissionError"),
        ("open('/proc/self/environ').read()", "PermissionError"),
        ("open('/usr/lib/x', 'w')", "PermissionError"),
        ("open('/tmp/no_such_file', 'w')", "PermissionError"),
        ("open('/dev/shm/x', 'wb')", "PermissionError"),
        ("import inside.values; open(inside.values.__file__, 'a')", "PermissionError"),
        ("import socket; socket.socket(socket.AF_INET)", "PermissionError"),
        ("import socket; socket.socket(socket.AF_UNIX)", "PermissionError"),
        ("import socket; print(len(socket.socketpair()))", "2"),
        ("import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))", "-1"),
        ("import ctypes; print(ctypes.CDLL(None).ptrace(0, 0, 0, 0))", "-1"),
        ("import ctypes; print(ctypes.CDLL(None).shmget(1, 4096, 0o1777))", "-1"),
        ("import ctypes; print(ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0))", "-1"),
        ("import os; os.setuid(0)", "PermissionError"),
        ("import os; os.kill(os.getppid(), 9)", "PermissionError"),
        ("import os; os.kill(-1, 9)", "PermissionError"),
        ("import os; os.chmod('/usr', 0)", "PermissionError"),
        ("import os; os.truncate('/usr/bin/env', 0)", "PermissionError"),
        ("import os; os.link('/usr/bin/env', 'env')", "PermissionError"),
        ("import os; os.mknod('x', 0o20666, os.makedev(1, 1))", "PermissionError"),
        ("import os; print({k: v for k, v in os.environ.items() if 'SECRET' in k})", "{}"),
        ("import tempfile, os; print(tempfile.mkdtemp().startswith(os.getcwd()))", "True"),
        ("open('x', 'wb').write(bytes(100 << 20))", "OSError"),
    ],
)
@of_tier("landlock")
def test_what_landlock_refuses(session: Session, source: str, expected: str) -> None:
    assert expected in said(session, source)


NAME = "import ctypes\ndef name(text): ctypes.CDLL(None).prctl(15, text)\n"  # the process is called so from outside


def _named(name: str, below: Zygote | None) -> list[psutil.Process]:
    """The processes below a zygote that call themselves `name`."""
    assert isinstance(below, Launched)
    found = []
    for process in psutil.Process(below.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [process] if process.name() == name else []
    return found


def _survivors(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run after ten seconds; one that nobody has waited for does not."""
    assert processes
    end = time.monotonic() + 10
    while (left := [process for process in processes if _runs(process)]) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_nothing_outlives_a_session(sandbox: Sandbox) -> None:
    """Processes that have left their session and their parent, and a folder that cannot be entered."""
    source = NAME + (
        "import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n        os.setsid()\n        name(b'runaway')\n"
        "        if os.fork() == 0:\n            while True: pass\n        os._exit(0)\n"
        "time.sleep(0.1)\nos.mkdir('closed', 0)\nprint('left')"
    )
    with sandbox.session(LIMITS, seed=1) as one:
        assert said(one, source) == "left\n"
        runaways = _named("runaway", sandbox._zygote)
    assert _survivors(runaways) == []


@of_tier("landlock")
def test_nobody_can_guess_where_another_sessions_files_are(session: Session, sandbox: Sandbox) -> None:
    """The size of a file can be asked for wherever its name is known."""
    parts = "import os\nabove, own = os.path.split(os.getcwd())\nprint(own)"
    with sandbox.session(LIMITS, seed=2) as other:
        names = [said(one, parts).strip().removeprefix("session_") for one in (session, other)]
        assert names[0] != names[1]
        assert not [name for name in names if name.isdecimal() or len(name) < 32]  # no process number
        assert "PermissionError" in said(session, "os.listdir(above)")


def test_a_server_out_of_time_is_killed(session: Session, sandbox: Sandbox) -> None:
    """It is known by its number, which is another one in its namespace than outside."""
    session.run_cell("a", NAME + "def f(x):\n    name(b'busy')\n    while x: pass\n    return 1")
    client = session.serve(fork=True)
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(client.call, Request("", ECHO, (1,)), 5)
        while not (busy := _named("busy", sandbox._zygote)) and not answer.done():
            pass
        with pytest.raises(OutOfTime):
            answer.result()
    assert _survivors(busy) == []
    client = session.serve(fork=True)
    assert client.call(Request("", ECHO, (0,)), 60).value == 1


def test_a_session_ends_with_its_zygote() -> None:
    """Also where other zygotes stay: they are forks of one. No code in it can ask to be spared."""
    source = NAME + (
        "import signal\nname(b'student')\nfor number in range(1, 65):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n"
        "print(ctypes.CDLL(None).prctl(1, 0))"
    )
    with contextlib.closing(launch()) as first, Sandbox(first.ancestor().fork()) as sandbox:
        first.wait()
        with sandbox.session(LIMITS, seed=1) as one:
            assert said(one, source) == "0\n"
            (student,) = _named("student", first)
            student.parent().kill()
            assert _survivors([student]) == []
        assert first.alive


@of_tier("landlock")
def test_a_full_folder_ends_the_session(sandbox: Sandbox) -> None:
    """The folders of the first tier have a size; here they are watched."""
    source = "while True:\n    for i in range(100):\n        open(f'{i}', 'wb').write(bytes(8 << 20))"
    with sandbox.session(replace(LIMITS, seconds_per_cell=30), seed=1) as one:
        assert one.run_cell("cell", source).status == "crashed"


def test_inside_a_container_that_denies_namespaces(course: Course, template: Template) -> None:
    """As under Docker's default profile: `unshare`, `mount` and namespaces by `clone` are refused."""
    confined = subprocess.run(
        [sys.executable, "-c", CONFINED, str(course.root)],
        input=json.dumps(template.notebook),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert confined.stdout.split() == ["landlock", "passed", "0.0"], confined.stderr


CONFINED = """
import errno, json, sys
import pyseccomp
rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in ("unshare", "mount", "umount2", "setns", "pivot_root", "clone3"):
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS if name == "clone3" else errno.EPERM), name)
for bit in (17, 25, 26, 27, 28, 29, 30):
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 1 << bit, 1 << bit))
rules.load()
from pathlib import Path
from homework.course import Course
from homework.grading import Grader
from homework.submission.handin import Submission
with Grader(Course(Path(sys.argv[1])), "hw1") as grader:
    result = grader.grade([Submission("ada", sys.stdin.read().encode())])[0].result
print(result.environment["sandbox"], result.environment["probes"], result.score.auto)
"""


@of_tier("bubblewrap")
def test_sessions_share_nothing(sandbox: Sandbox) -> None:
    with sandbox.session(LIMITS, seed=1) as one, sandbox.session(LIMITS, seed=1) as other:
        one.run_cell("a", "open('/tmp/mine', 'w').write('x'); secret = 1")
        assert "False" in said(
            other, "import os; print(os.path.exists('/tmp/mine') or 'secret' in globals())"
        )
        one.run_cell("b", "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0name'); s.listen()")
        assert "ConnectionRefusedError" in said(
            other, "import socket; socket.socket(socket.AF_UNIX).connect('\\0name')"
        )


def test_an_endless_cell_keeps_what_it_had_defined(session: Session) -> None:
    cell = session.run_cell("a", "def f(): return 7\nwhile True: pass", seconds=2)
    assert cell.status == "timeout" and session.alive
    assert "7" in said(session, "print(f())")


def test_a_cell_that_ignores_interrupts_is_ended(session: Session) -> None:
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    started = time.monotonic()
    assert session.run_cell("a", source, seconds=0.5).status == "timeout"
    assert not session.alive and time.monotonic() - started < 10


def test_a_fork_bomb_stays_inside(session: Session) -> None:
    source = (
        "import os, time\nn = 0\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(600)\n        n += 1\n"
        "    except OSError: break\nprint(n < 70)"
    )
    assert "True" in said(session, source)


def test_a_session_that_cannot_fork_serves_itself(session: Session) -> None:
    source = "import os, time\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(600)\n    except OSError: break"
    assert session.run_cell("a", source + "\nanswer = 42").status == "ok"
    client = session.serve(fork=True)
    driver = "def call(solution):\n    return solution.answer\n"
    assert client.call(Request("", driver), 60).value == 42


def test_output_is_capped(session: Session) -> None:
    cell = session.run_cell("a", "for _ in range(10**5): print('x' * 1000)", seconds=3)
    assert sum(len(output.get("text", "")) for output in cell.outputs) == LIMITS.output


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("5", ["5"]),
        ("5;", []),
        ("5;  # not shown", []),
        ("';'", ["';'"]),
        ("%matplotlib inline\n5", ["5"]),
        ("%matplotlib inline\n5;", []),
        ("%matplotlib inline\n5;  # not shown", []),
        ("%matplotlib inline\n5  # shown;", ["5"]),
        ("%matplotlib inline\nprint(5);", ["5\n"]),
    ],
)
def test_a_semicolon_hides_the_last_value(session: Session, source: str, shown: list[str]) -> None:
    """In a cell with a magic, too, which IPython runs; and in no cell after it."""
    assert [output["text"] for output in session.run_cell("cell", source).outputs] == shown
    assert [output["text"] for output in session.run_cell("next", "6").outputs] == ["6"]


def test_randomness_is_fresh_and_repeatable(sandbox: Sandbox) -> None:
    source = "import random, numpy, torch; print(random.random(), numpy.random.rand(), torch.rand(1).item())"
    draws = []
    for seed in (1, 1, 2):
        with sandbox.session(LIMITS, seed) as session:
            draws.append(said(session, source))
    assert draws[0] == draws[1] != draws[2]


def test_capabilities(sandbox: Sandbox, session: Session) -> None:
    """None, but in the second tier the one without which Python could not be read, where root keeps it to itself."""
    asked = """
import ctypes, struct
data = ctypes.create_string_buffer(24)
assert ctypes.CDLL(None).capget(struct.pack("<Ii", 0x20080522, 0), data) == 0
print(struct.unpack("<6I", data))
"""
    kept = sandbox.capabilities
    assert said(session, asked).strip() == str((kept, kept, 0, 0, 0, 0))
    # .venv, which is in root's home where the clone is, and the Python below it.
    prefixes = (sys.prefix, sys.base_prefix)
    above = {path for prefix in prefixes for path in Path(prefix).resolve().parents}
    readable = all(path.stat().st_mode & 0o001 for path in above)
    assert kept == (0 if sandbox.tier == "bubblewrap" or readable or os.geteuid() else landlock.MAY_READ_ALL)


def test_no_socket_of_the_machine_is_reached(session: Session, tmp_path: Path) -> None:
    for address in (f"\0homework-{os.getpid()}", str(tmp_path / "socket")):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(address)
            listener.setblocking(False)
            said(
                session,
                f"""
import socket
for make in (lambda: socket.socketpair(type=socket.SOCK_DGRAM)[0], lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
             lambda: socket.socketpair(type=socket.SOCK_SEQPACKET)[0], lambda: socket.socketpair()[0]):
    for send in (lambda one: one.sendto(b"x", {address!r}), lambda one: (one.connect({address!r}), one.send(b"x"))):
        try: send(make())
        except OSError: pass
""",
            )
            with pytest.raises(BlockingIOError):
                listener.recv(10)


def test_folders_of_any_depth_are_counted_and_removed(tmp_path: Path) -> None:
    """Without recursion, and without paths that are too long for the system."""
    top = tmp_path / "session"
    top.mkdir()
    (top / "file").write_bytes(bytes(8192))
    (top / "empty").mkdir()
    (top / "link").symlink_to(tmp_path)
    size, files = landlock.disk_use(str(top))
    assert size >= 8192 and files == 3
    inside = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("folder-folder", 0o300, dir_fd=inside)
        deeper = os.open("folder-folder", os.O_RDONLY | os.O_PATH, dir_fd=inside)
        os.close(inside)
        inside = deeper
    os.close(inside)
    assert landlock.disk_use(str(top))[0] == math.inf
    landlock.remove(str(top))
    assert list(tmp_path.iterdir()) == []


def _call_until_lost(client: CallClient) -> None:
    """The kernel takes a moment to end what is in a namespace."""
    for _ in range(100_000):
        client.call(Request("", "def driver(solution):\n    return 1"), 60)


def test_a_lost_sandbox_is_nobodys_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the zygote is killed from outside, by the kernel for want of memory say, no student's code did it."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # where bubblewrap is
    with Sandbox() as lost:
        with lost.session(Limits(), seed=1) as session:
            client = session.serve(fork=True)
            assert lost._zygote is not None
            lost._zygote.process.kill()
            with pytest.raises(SandboxFault, match="ended from outside"):
                _call_until_lost(client)
            with pytest.raises(SandboxFault, match="ended from outside"):
                session.run_cell("own", "1 + 1")
        with lost.session(Limits(), seed=1) as session:  # in a new one
            assert session.run_cell("own", "1 + 1").status == "ok"


def test_what_torch_imports_late_is_there_where_a_cell_of_the_release_needs_it() -> None:
    """The first product without content imports 828 modules, which would be 1.3 s and more of each session."""
    with Sandbox() as sandbox:
        sandbox.expect([("counts", 'with torch.device("meta"):\n    pass')])
        with sandbox.session(LIMITS, seed=1) as session:
            assert said(session, "import sys\nprint('torch._dynamo' in sys.modules)").strip() == "True"
