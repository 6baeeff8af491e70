"""What code in a session can and cannot do: every claim is made by trying it there."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil
import pytest

from homework.course import Course
from homework.grading import Grader
from homework.sandbox import Limits, OutOfMemory, OutOfTime, SandboxFault, SandboxUnavailable, self_check
from homework.sandbox.client import CallClient
from homework.sandbox.inside.supervisor import LOOK_SECONDS, Supervisor
from homework.sandbox.inside.tiers import Namespaces
from homework.sandbox.launch import Launched, Zygote, launch
from homework.sandbox.request import Request
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from homework.submission.handin import Submission
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


def test_a_server_out_of_time_is_killed(session: Session, sandbox: Sandbox) -> None:
    """It is known by its number, which is another one in its namespace than outside."""
    session.run_cell("a", NAME + "def f(x):\n    name(b'busy')\n    while x: pass\n    return 1")
    client = session.serve(fork=True)
    assert client is not None
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(client.call, Request("", ECHO, (1,)), 1)
        time.sleep(0.5)
        busy = _named("busy", sandbox._zygote)
        with pytest.raises(OutOfTime):
            answer.result()
    assert _survivors(busy) == []
    client = session.serve(fork=True)
    assert client is not None and client.call(Request("", ECHO, (0,)), 5).value == 1


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
        [sys.executable, "-c", CONFINED, str(course.root), json.dumps(template.notebook)],
        capture_output=True,
        text=True,
        timeout=120,
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
    result = grader.grade([Submission("ada", sys.argv[2].encode())])[0].result
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
    cell = session.run_cell("a", "def f(): return 7\nwhile True: pass", seconds=0.5)
    assert cell.status == "timeout" and session.alive
    assert "7" in said(session, "print(f())")


def test_a_cell_that_ignores_interrupts_is_ended(session: Session) -> None:
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    started = time.monotonic()
    assert session.run_cell("a", source, seconds=0.5).status == "timeout"
    assert not session.alive and time.monotonic() - started < 10


def test_a_fork_bomb_stays_inside(session: Session) -> None:
    source = (
        "import os, time\nn = 0\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(60)\n        n += 1\n"
        "    except OSError: break\nprint(n < 70)"
    )
    assert "True" in said(session, source)


def test_a_session_that_cannot_fork_serves_itself(session: Session) -> None:
    source = "import os, time\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(60)\n    except OSError: break"
    assert session.run_cell("a", source + "\nanswer = 42").status == "ok"
    client = session.serve(fork=True)
    assert client is not None
    driver = "def call(solution):\n    return solution.answer\n"
    assert client.call(Request("", driver), 5).value == 42


def test_memory_is_counted_over_all_processes(sandbox: Sandbox) -> None:
    """Each child stays below the limit of one process; together they do not."""
    source = (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
        "        block = bytearray(os.urandom(1 << 20) * 200)\n        time.sleep(60)\n        os._exit(0)\n"
        "ended = 0\nwhile ended < 1:\n    ended += os.wait()[1] == 9\nprint('killed')"
    )
    with sandbox.session(replace(LIMITS, seconds_per_cell=60), seed=1) as patient:
        assert "killed" in said(patient, source)


HOLDS_MEMORY = """
import os, time
def f():
    ready, go = os.pipe()
    for _ in range(4):
        if os.fork() == 0:
            os.close(go)
            os.read(ready, 1)
            os.closerange(3, 256)  # the stream of whoever is killed must end
            block = os.urandom(1 << 20) * 250
            time.sleep(600)
            os._exit(0)
    block = os.urandom(1 << 20) * 400
    os.close(go)
    time.sleep(600)
"""


def test_a_cell_that_loses_the_session_for_its_memory_is_told_so(sandbox: Sandbox) -> None:
    """The largest process is killed. That is the one that runs the cell, though it keeps below its own limit."""
    with sandbox.session(replace(LIMITS, seconds_per_cell=60), seed=1) as session:
        assert session.run_cell("cell", HOLDS_MEMORY + "f()").status == "memory"
        assert not session.alive


@pytest.mark.parametrize("fork", [True, False])
def test_a_call_that_is_killed_for_its_memory_is_told_so(sandbox: Sandbox, fork: bool) -> None:
    with sandbox.session(replace(LIMITS, seconds_per_call=60), seed=1) as session:
        session.run_cell("f", HOLDS_MEMORY)
        client = session.serve(fork)
        assert client is not None
        with pytest.raises(OutOfMemory):
            client.call(Request("", ECHO), 60)


def test_a_kill_for_memory_is_noted_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sees the process end asks for the note once, and does not wait: then it must be there."""
    notes: list[bytes] = []
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process, theirs:
        read = lambda pid: notes.append(theirs.recv(100, socket.MSG_DONTWAIT))  # noqa: E731
        monkeypatch.setattr("homework.sandbox.inside.supervisor._kill", read)
        supervisor = Supervisor(control, process.pid, Namespaces(None), {"memory": -(1 << 40)}, 0)
        monkeypatch.setattr(supervisor, "_next_look", 0.0)
        supervisor.attend([], lambda: False)
        supervisor.end()
    assert notes == [f"memory {process.pid}".encode()]


def test_a_supervisor_waits_for_nobody() -> None:
    """A session can have processes killed for their memory as often as it likes, and nobody may read of it."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process, theirs:
        supervisor = Supervisor(control, process.pid, Namespaces(None), {"memory": -(1 << 40)}, 0)
        with contextlib.suppress(BlockingIOError):
            while True:
                control.send(b"memory 1", socket.MSG_DONTWAIT)
        time.sleep(LOOK_SECONDS)
        supervisor.attend([], lambda: False)
        assert process.wait(10) == -signal.SIGKILL
        supervisor.attend(supervisor.descriptors[:1], lambda: False)
        assert supervisor.ended


def test_endless_output_takes_no_memory(session: Session) -> None:
    cell = session.run_cell("a", "import sys\nwhile True: sys.stdout.write('x' * 10**6)", seconds=2)
    assert cell.status == "timeout"
    assert sum(len(output.get("text", "")) for output in cell.outputs) == LIMITS.output


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


def test_without_a_sandbox_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("homework.sandbox.inside.landlock.version", lambda: 0)  # an older kernel
    with pytest.raises(SandboxUnavailable, match="not installed"):
        Sandbox().start()


def test_a_leaking_sandbox_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(self_check.ATTEMPTS, "compute", self_check.Attempt("1 + 1 == 2"))
    with Sandbox() as leaking, pytest.raises(SandboxUnavailable, match="could compute"):
        self_check.self_check(leaking)


def test_nothing_is_graded_before_the_self_check_has_passed(
    monkeypatch: pytest.MonkeyPatch, course: Course, template: Template
) -> None:
    """Whoever opens the sandbox checks it, not the sandbox itself: a grader must not forget to, nor ignore the result."""
    run: list[str] = []
    run_cell = Session.run_cell
    monkeypatch.setattr(
        Session, "run_cell", lambda self, name, *rest: run.append(name) or run_cell(self, name, *rest)
    )
    submission = Submission("ada", json.dumps(template.notebook).encode())
    with Grader(course, "hw1") as grader:
        with monkeypatch.context() as patch:
            patch.setitem(self_check.ATTEMPTS, "compute", self_check.Attempt("1 + 1 == 2"))
            for _ in range(2):
                with pytest.raises(SandboxUnavailable, match="could compute"):
                    grader.grade([submission])
        assert run == ["self_check", "self_check"]
        (graded,) = grader.grade([submission])
        assert graded.result.environment["probes"] == "passed"
        grader.grade([submission])
    assert run[:3] == ["self_check"] * 3 and run.count("self_check") == 3


def _call_until_lost(client: CallClient) -> None:
    """The kernel takes a moment to end what is in a namespace."""
    for _ in range(100_000):
        client.call(Request("", "def driver(solution):\n    return 1"), 5)


def test_a_lost_sandbox_is_nobodys_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the zygote is killed from outside, by the kernel for want of memory say, no student's code did it."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # where bubblewrap is
    with Sandbox() as lost:
        with lost.session(Limits(), seed=1) as session:
            client = session.serve(fork=True)
            assert client is not None
            assert lost._zygote is not None
            lost._zygote.process.kill()
            with pytest.raises(SandboxFault, match="ended from outside"):
                _call_until_lost(client)
            with pytest.raises(SandboxFault, match="ended from outside"):
                session.run_cell("own", "1 + 1")
        with lost.session(Limits(), seed=1) as session:  # in a new one
            assert session.run_cell("own", "1 + 1").status == "ok"
