"""What a session may hold in memory, in all its processes, and what is said of one that holds more."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from homework.sandbox import Crashed, OutOfMemory
from homework.sandbox.inside.supervisor import LOOK_SECONDS, Supervisor
from homework.sandbox.inside.tiers import Namespaces
from homework.sandbox.request import Request
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from tests.homework.sandbox.support import ECHO, LIMITS, said


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
        with pytest.raises(OutOfMemory):
            client.call(Request("", ECHO), 60)


FILLS_MEMORY = """
def f():
    kept, size = [], 1 << 26
    while True:
        try:
            kept.append(b"x" * size)
        except MemoryError:
            if size < 64:
                raise
            size //= 2
"""


@pytest.mark.parametrize("fork", [True, False])
def test_a_call_that_leaves_no_room_for_an_answer_is_told_so(sandbox: Sandbox, fork: bool) -> None:
    """What the function kept is in the exception's frames while the answer is made."""
    with sandbox.session(replace(LIMITS, seconds_per_call=60), seed=1) as session:
        session.run_cell("f", FILLS_MEMORY)
        client = session.serve(fork)
        with pytest.raises(OutOfMemory, match="asked for more memory"):
            client.call(Request("", ECHO), 60)


KEEPS_MEMORY = """
kept = []
def f():
    while True:
        kept.append(bytes(5000))
"""
RETURNS_MEMORY = """
def f():
    kept = []
    try:
        while True:
            kept.append("x" * 100_000)
    except MemoryError:
        return kept
"""
SAYS_BAD_ALLOC = (
    "def f():\n    raise RuntimeError('std::bad_alloc')"  # torch's words for what the C++ library throws
)


@pytest.mark.parametrize("source", [KEEPS_MEMORY, RETURNS_MEMORY, SAYS_BAD_ALLOC])
@pytest.mark.parametrize("fork", [True, False])
def test_a_call_that_keeps_all_memory_is_told_so(sandbox: Sandbox, fork: bool, source: str) -> None:
    """Nothing of it is freed before the answer is made: what the answer takes is kept from student code."""
    with sandbox.session(replace(LIMITS, memory=64 << 20, seconds_per_call=60), seed=1) as session:
        session.run_cell("f", source)
        client = session.serve(fork)
        with pytest.raises(OutOfMemory):
            client.call(Request("", ECHO), 60)
        if client.alive:  # there is room for the next question, too
            with pytest.raises(OutOfMemory):
                client.call(Request("", ECHO), 60)


def test_a_cell_that_keeps_all_memory_is_told_so(sandbox: Sandbox) -> None:
    with sandbox.session(replace(LIMITS, memory=64 << 20, seconds_per_cell=60), seed=1) as session:
        cell = session.run_cell("cell", KEEPS_MEMORY + "f()")
        names = [output.get("ename") for output in cell.outputs]
        assert (cell.status, names) in (("raised", ["MemoryError"]), ("memory", []))


def test_a_crash_after_another_process_was_killed_for_its_memory_is_a_crash(sandbox: Sandbox) -> None:
    forks = (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
        "        block = os.urandom(1 << 20) * 200\n        time.sleep(600)\n        os._exit(0)\n"
        "while os.wait()[1] != 9:\n    pass\ndef f():\n    os._exit(0)"
    )
    with sandbox.session(LIMITS, seed=1) as session:
        assert session.run_cell("cell", forks).status == "ok"
        client = session.serve(fork=True)
        with pytest.raises(Crashed):
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
    assert notes == [b"memory 0"]


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
