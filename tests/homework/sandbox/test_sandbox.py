"""What code in a session can and cannot do: every claim is made by trying it there."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import psutil
import pytest
import torch

from homework.course import Course
from homework.grading import Grader
from homework.sandbox import (
    CallDropped,
    Crashed,
    Limits,
    Missing,
    NotPlainData,
    OutOfMemory,
    OutOfTime,
    Raised,
    SandboxFault,
    SandboxUnavailable,
    self_check,
)
from homework.sandbox.client import CallClient
from homework.sandbox.inside.supervisor import LOOK_SECONDS, Supervisor
from homework.sandbox.inside.tiers import Namespaces
from homework.sandbox.launch import Launched, Zygote, launch
from homework.sandbox.request import Request
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from homework.submission.handin import Submission
from homework.submission.template import Template
from tests.homework.support import in_turn

LIMITS = Limits(seconds_per_cell=3, seconds_per_call=2, memory=512 << 20)
ECHO = "def call(solution, *args, **kwargs):\n    return solution.f(*args, **kwargs)\n"


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox of each tier: the second is taken where bubblewrap is not to be found."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "landlock":
            patch.setenv("PATH", "/nowhere")
        with in_turn(request.param), Sandbox() as warm:
            warm.start()
            assert warm.tier == request.param
            yield warm


def of_tier(tier: str) -> pytest.MarkDecorator:
    """For a promise of one tier alone."""
    return pytest.mark.parametrize("sandbox", [tier], indirect=True)


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.session(LIMITS, seed=1) as one:
        yield one


def said(session: Session, source: str) -> str:
    """What a cell prints or raises."""
    cell = session.run_cell("cell", source)
    return " ".join(str(output.get("text") or output.get("ename")) for output in cell.outputs) or cell.status


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


def test_values_cross_as_they_are(session: Session) -> None:
    session.run_cell("f", "def f(*args):\n    return args")
    client = session.serve(fork=True)
    assert client is not None
    values = (
        None,
        True,
        -(2**80),
        0.1,
        float("inf"),
        "ä",
        [1, (2.5, "x")],
        {"k": [1], 3: "v"},
        np.arange(6.0).reshape(2, 3),
        np.float32(2.5),
        torch.arange(6, dtype=torch.int16),
        torch.ones(2, dtype=torch.bfloat16),
        torch.zeros(0, 3),
        torch.tensor(3.0),
    )
    back = client.call(Request("", ECHO, values), 5).value
    for sent, got in zip(values, back, strict=True):
        if isinstance(sent, torch.Tensor):
            assert sent.dtype == got.dtype and torch.equal(sent, got)
        elif isinstance(sent, (np.ndarray, np.generic)):
            assert got.dtype == sent.dtype and np.array_equal(got, sent)
        else:
            assert got == sent and type(got) is type(sent)


def test_numbers_of_all_kinds_come_back_as_numbers(session: Session) -> None:
    source = """
import decimal, fractions
import numpy as np
def f():
    return [fractions.Fraction(168), fractions.Fraction(1, 4), decimal.Decimal("2.5"), decimal.Decimal("1e30"),
            np.longdouble(1.5), np.arange(3, dtype=np.longdouble)[::-1], np.arange(3, dtype=">i4")]
"""
    session.run_cell("f", source)
    client = session.serve(fork=True)
    assert client is not None
    whole, part, decimal, large, extended, mirrored, swapped = client.call(Request("", ECHO), 5).value
    assert (whole, type(whole), part, decimal, large, extended) == (168, int, 0.25, 2.5, 10**30, 1.5)
    assert mirrored.dtype == np.float64 and mirrored.tolist() == [2, 1, 0] and swapped.tolist() == [0, 1, 2]


def test_drivers_take_every_array_for_a_tensor(session: Session) -> None:
    """What torch takes only of some layouts; and a string that was sent is the literal that it looks like."""
    source = """
import warnings
import numpy as np
warnings.simplefilter("error")
def f(mode):
    X = np.arange(6.0).reshape(2, 3)
    X.setflags(write=False)
    return X[::-1, ::-1], X.astype(np.longdouble), X.astype(">f8"), X, X.tolist(), mode is "train"
""".replace('mode is "train"', 'mode is (lambda: "train")()')
    session.run_cell("f", source)
    client = session.serve(fork=True)
    assert client is not None
    driver = "def driver(solution, mode):\n    *arrays, same = solution.f(mode)\n    return [as_tensor(a) for a in arrays], same"
    (turned, *others), same = client.call(Request("", driver, ("train",)), 5).value
    X = torch.arange(6.0, dtype=torch.float64).reshape(2, 3)
    assert torch.equal(turned, X.flip(0, 1)) and all(torch.equal(one.double(), X) for one in others) and same


def test_strides_reach_the_student(session: Session) -> None:
    session.run_cell(
        "f", "def f(t, a):\n    return [t.stride(), t.is_contiguous(), a.flags.c_contiguous, t, a]"
    )
    client = session.serve(fork=True)
    assert client is not None
    tensor, array = torch.arange(12.0).reshape(3, 4).T, np.arange(24.0).reshape(4, 6)[::2, ::3]
    stride, contiguous, array_contiguous, same, same_array = client.call(
        Request("", ECHO, (tensor, array)), 5
    ).value
    assert tuple(stride) == tensor.stride() and not contiguous and not array_contiguous
    assert torch.equal(same, tensor) and np.array_equal(same_array, array)


@pytest.mark.parametrize(
    ("body", "fault", "words"),
    [
        ("while True: pass", OutOfTime, "did not finish within 2 seconds"),
        (
            "import signal\n    for s in (1, 2, 3, 14, 15): signal.signal(s, signal.SIG_IGN)\n    while True: pass",
            OutOfTime,
            "did not finish",
        ),
        ("import os\n    os._exit(0)", Crashed, "process died"),
        ("import ctypes\n    ctypes.string_at(0)", Crashed, "process died"),
        ("return [bytearray(1 << 28) for _ in range(99)]", OutOfMemory, "memory"),
        ("return object()", NotPlainData, "of type object"),
        ("return (x for x in [1])", NotPlainData, "of type generator"),
        ("return type('leaked_0_5', (), {})()", NotPlainData, "an object"),
        ("raise ValueError('hidden input: ' + str(args))", Raised, "raised ValueError (line 2 of cell f)"),
        ("raise type('secret_1_2', (KeyError,), {})()", Raised, "raised KeyError"),
        ("raise SystemExit", Raised, "SystemExit"),
        ("x = []\n    for _ in range(100000): x = [x]\n    return x", NotPlainData, "an object"),
        (
            "import sys\n    sys.setrecursionlimit(10**9)\n    def g(): return sorted([1], key=lambda _: g())\n    g()",
            Crashed,
            "died",
        ),
    ],
)
def test_a_bad_call_costs_itself_only(
    session: Session, body: str, fault: type[Exception], words: str
) -> None:
    session.run_cell("f", f"def f(*args):\n    {body}")
    client = session.serve(fork=True)
    assert client is not None
    with pytest.raises(fault) as caught:
        client.call(Request("", ECHO, (np.ones(3),)), 5)
    assert words in str(caught.value)
    assert (
        "hidden" not in str(caught.value)
        and "leaked" not in str(caught.value)
        and "secret" not in str(caught.value)
    )
    assert said(session, "print(6 * 7)").strip() == "42"  # the session itself is unharmed


@pytest.mark.parametrize("nonce", [b"01234567", bytes(8)])  # of no request
def test_forged_replies_end_the_process_that_answers(session: Session, nonce: bytes) -> None:
    session.run_cell(
        "f",
        "import json, os, struct\n"
        "def f(*args):\n"
        "    tree = json.dumps({'d': [['status', 'ok'], ['value', 15]]}).encode()\n"
        "    for fd in range(3, 64):\n"
        f"        try: os.write(fd, {nonce!r} + struct.pack('<II', len(tree), 0) + tree)\n"
        "        except OSError: pass\n",
    )
    client = session.serve(fork=True)
    assert client is not None
    with pytest.raises(Crashed, match="an answer to no request"):
        client.call(Request("", ECHO), 5)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("bytes(8) + struct.pack('<II', 0xffffffff, 0)", "a header too large"),
        ("bytes(8) + struct.pack('<II', 0, 0xffffffff)", "a header too large"),
        ("frame(b'not json!')", "not JSON"),
        ("frame(b'[[[[')", "not JSON"),
        ("frame(b'null', 1 << 39)", "more data than allowed"),
        ("frame(b'null', (1 << 64) - 1, 1)", "more data than allowed"),
        ('frame(b\'{"a": ["float64", [549755813888], null, 0]}\', 0)', "do not fit its shape"),
        ('frame(b\'{"a": ["object", [1], null, 0]}\', 8) + bytes(8)', "a dtype that is not listed"),
        ('frame(b\'{"a": ["float64", [9], [-1], 0]}\', 8) + bytes(8)', "strides of no known form"),
        ("frame(b'{\"z\": 1}')", "no known form"),
    ],
)
def test_malformed_frames_end_the_process_that_answers(session: Session, raw: str, words: str) -> None:
    session.run_cell(
        "f",
        "import os, struct\n"
        "def frame(tree, *sizes):\n"
        "    return bytes(8) + struct.pack(f'<II{len(sizes)}Q', len(tree), len(sizes), *sizes) + tree\n"
        "def f(*args):\n"
        "    for fd in range(3, 64):\n"
        f"        try: os.write(fd, {raw})\n"
        "        except OSError: pass\n",
    )
    client = session.serve(fork=True)
    assert client is not None
    with pytest.raises(Crashed, match=words):
        client.call(Request("", ECHO), 5)


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


@pytest.mark.parametrize("fork", [True, False])
def test_the_name_as_of_its_cell_is_served(session: Session, fork: bool) -> None:
    session.run_cell("a", "def helper(): return 1\ndef f(): return helper()")
    session.run_cell("test_f", "f()", exercise="f")
    session.run_cell("b", "def helper(): return 2\ndel f")
    client = session.serve(fork)
    assert client is not None
    assert client.call(Request("f", ECHO), 5).value == 1


def test_a_fork_can_be_replaced(session: Session) -> None:
    session.run_cell("a", "import os\ndef f(x): return x if x else os._exit(1)")
    client = session.serve(fork=True)
    assert client is not None
    with pytest.raises(Crashed):
        client.call(Request("", ECHO, (0,)), 5)
    assert not client.alive and session.alive
    client = session.serve(fork=True)
    assert client is not None
    assert client.call(Request("", ECHO, (3,)), 5).value == 3


COUNTS = "calls = []\ndef f(x):\n    calls.append(float(x.sum()))\n    return calls"


def numbered(*numbers: int, size: int = 1) -> list[Request]:
    return [Request("", ECHO, (np.full(size, float(n) / size),)) for n in numbers]


def test_what_is_expected_is_answered_in_order_whatever_is_asked(session: Session) -> None:
    """What is skipped is called as well, something else behind what was sent already, and the same twice is two calls."""
    plan = numbered(1, 2, 3, 4)
    plan.append(plan[0])
    (other,) = numbered(9)
    session.run_cell("f", COUNTS)
    client = session.serve(False, plan=plan)
    assert client is not None
    assert client.call(plan[0], 5).value == [1]
    assert client.call(other, 5).value == [1, 2, 3, 4, 1, 9]
    assert client.call(plan[2], 5).value == [1, 2, 3]
    assert client.call(plan[3], 5).value == [1, 2, 3, 4]
    assert client.call(plan[4], 5).value == [1, 2, 3, 4, 1]
    assert client.call(plan[4], 5).value == [1, 2, 3, 4, 1, 9, 1]


@pytest.mark.parametrize(("count", "size"), [(100, 1), (40, 1000), (5, 100_000), (3, 2_000_000)])
def test_no_script_is_too_long_to_be_sent(session: Session, count: int, size: int) -> None:
    """Neither side waits for the other to read, however large requests and answers are."""
    plan = numbered(*range(count), size=size)
    session.run_cell("f", "def f(x):\n    return x")
    client = session.serve(False, plan=plan)
    assert client is not None
    for number in range(0, count, 2):
        assert client.call(plan[number], 5).value.sum() == pytest.approx(number)


def test_who_waits_for_a_lost_server_may_ask_another_one(session: Session) -> None:
    session.run_cell("f", "import os\ndef f(x):\n    return float(x.sum()) if x.sum() != 2 else os._exit(1)")
    plan = numbered(1, 2, 3)
    client = session.serve(True, plan=plan)
    assert client is not None
    assert client.call(plan[0], 5).value == 1
    with pytest.raises(CallDropped):
        client.call(plan[2], 5)
    client = session.serve(True, plan=plan)
    assert client is not None and client.call(plan[2], 5).value == 3


@pytest.mark.parametrize("fault", ["os._exit(1)", "time.sleep(60)"])
def test_whose_call_loses_the_server_is_told_so(session: Session, fault: str) -> None:
    session.run_cell("f", f"import os, time\ndef f(x):\n    return 1 if x.sum() != 2 else {fault}")
    plan = numbered(1, 2, 3)
    client = session.serve(True, plan=plan)
    assert client is not None
    assert client.call(plan[0], 5).value == 1
    with pytest.raises((Crashed, OutOfTime)):
        client.call(plan[1], 5)
    assert not client.alive


@pytest.mark.parametrize("size", [1, 1_000_000])
def test_who_does_not_read_runs_out_of_time(session: Session, size: int) -> None:
    """Also where a request does not fit into what lies between the two, so that sending it has to wait."""
    stop = "sys.modules['inside.frames'].Reader.receive = lambda *_: time.sleep(60)"
    session.run_cell("f", f"import sys, time\ndef f(x):\n    {stop}")
    client = session.serve(True)
    assert client is not None
    client.call(*numbered(1), 5)
    with pytest.raises(OutOfTime):
        client.call(*numbered(1, size=size), 5)
    assert not client.alive


def test_large_answers_that_nobody_asked_for_are_asked_for_again(sandbox: Sandbox) -> None:
    with sandbox.session(replace(LIMITS, seconds_per_call=20), seed=1) as session:
        session.run_cell("f", "import numpy as np\ndef f(x):\n    return x.sum() + np.zeros(2_000_000)")
        plan = numbered(1, 2, 3, 4)
        client = session.serve(False, plan=plan)
        assert client is not None
        for number in (4, 1, 2, 3):
            assert client.call(plan[number - 1], 20).value[0] == number


def test_answers_ahead_of_their_requests_end_the_server(session: Session) -> None:
    """Whoever guesses that another call will come cannot answer it yet: it has a nonce of its own."""
    source = """
import json, os, struct, sys
def f(x):
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    nonce, tree = frame.f_locals["nonce"], json.dumps({"d": [["status", "ok"], ["value", 1.0]]}).encode()
    for fd in range(3, 64):
        try: os.write(fd, nonce + struct.pack('<II', len(tree), 0) + tree)
        except OSError: pass
    return 1.0
"""
    session.run_cell("f", source)
    plan = numbered(1, 2, 3)
    client = session.serve(True, plan=plan)
    assert client is not None
    assert client.call(plan[0], 5).value == 1
    with pytest.raises(Crashed, match="out of order"):
        client.call(plan[1], 5)


def test_a_missing_name_is_named(session: Session) -> None:
    client = session.serve(fork=True)
    assert client is not None
    with pytest.raises(Missing, match="`f` is not defined"):
        client.call(Request("", ECHO), 5)


def test_without_a_sandbox_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("homework.sandbox.inside.landlock.version", lambda: 0)  # an older kernel
    with pytest.raises(SandboxUnavailable, match="not installed"):
        Sandbox().start()


def test_a_leaking_sandbox_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(self_check.ESCAPES, "compute", "1 + 1 == 2")
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
            patch.setitem(self_check.ESCAPES, "compute", "1 + 1 == 2")
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
