"""What calls send and get back: values cross as they are, a bad call costs only itself, and calls are sent ahead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from homework.sandbox import (
    CallDropped,
    Crashed,
    Missing,
    NotPlainData,
    OutOfMemory,
    OutOfTime,
    Raised,
    StudentFault,
)
from homework.sandbox.request import Request
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from tests.homework.sandbox.support import ECHO, LIMITS, said


def test_values_cross_as_they_are(session: Session) -> None:
    session.run_cell("f", "def f(*args):\n    return args")
    client = session.serve(fork=True)
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
    back = client.call(Request("", ECHO, values), 60).value
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
    whole, part, decimal, large, extended, mirrored, swapped = client.call(Request("", ECHO), 60).value
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
    driver = "def driver(solution, mode):\n    *arrays, same = solution.f(mode)\n    return [as_tensor(a) for a in arrays], same"
    (turned, *others), same = client.call(Request("", driver, ("train",)), 60).value
    X = torch.arange(6.0, dtype=torch.float64).reshape(2, 3)
    assert torch.equal(turned, X.flip(0, 1)) and all(torch.equal(one.double(), X) for one in others) and same


def test_strides_reach_the_student(session: Session) -> None:
    session.run_cell(
        "f", "def f(t, a):\n    return [t.stride(), t.is_contiguous(), a.flags.c_contiguous, t, a]"
    )
    client = session.serve(fork=True)
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
        ("return bytearray(1 << 34)", OutOfMemory, "memory"),
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
    with pytest.raises(fault) as caught:
        client.call(Request("", ECHO, (np.ones(3),)), 2 if fault is OutOfTime else 60)
    assert words in str(caught.value)
    assert (
        "hidden" not in str(caught.value)
        and "leaked" not in str(caught.value)
        and "secret" not in str(caught.value)
    )
    assert said(session, "print(6 * 7)").strip() == "42"  # the session itself is unharmed


@pytest.mark.parametrize(
    ("cell", "line", "told"),
    [
        ("f", 3, True),
        ("f", 4, False),  # the cell has three
        ("own", 1, True),
        ("own", 2, False),
        ("test_f", 1, False),  # a grade cell, which runs the release's code
        ("below", 1, False),  # below the grade cell: it had not run
        ("text", 1, False),
    ],
)
def test_a_place_is_told_if_there_can_be_one(session: Session, cell: str, line: int, told: bool) -> None:
    """A student who may name any line of any cell could say by it what the function was called with."""
    raising = "\\n" * (line - 1) + "raise KeyError"
    session.run_cell("own", "1 + 1")
    session.run_cell("f", f"def f(x):\n    exec(compile('{raising}', '<cell {cell}>', 'exec'))\n    return x")
    session.run_cell("test_f", "f", exercise="f")
    session.run_cell("below", "2 + 2")
    client = session.serve(fork=True)
    with pytest.raises(Raised) as caught:
        client.call(Request("f", ECHO, (1,)), 60)
    assert (f"(line {line} of cell {cell})" in str(caught.value)) == told


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
    with pytest.raises(Crashed, match="an answer to no request"):
        client.call(Request("", ECHO), 60)


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
    with pytest.raises(Crashed, match=words):
        client.call(Request("", ECHO), 60)


@pytest.mark.parametrize("fork", [True, False])
def test_the_name_as_of_its_cell_is_served(session: Session, fork: bool) -> None:
    session.run_cell("a", "def helper(): return 1\ndef f(): return helper()")
    session.run_cell("test_f", "f()", exercise="f")
    session.run_cell("b", "def helper(): return 2\ndel f")
    client = session.serve(fork)
    assert client.call(Request("f", ECHO), 60).value == 1


@pytest.mark.parametrize("sign", ["", "-"])
def test_an_integer_of_too_many_digits_is_not_plain_data(session: Session, sign: str) -> None:
    """The process that returned it did nothing against the protocol, and goes on."""
    session.run_cell("f", f"def f(bits):\n    return {sign}(1 << bits)")
    client = session.serve(fork=True)
    assert client.call(Request("", ECHO, (11980,)), 60).value == int(f"{sign}1") << 11980
    with pytest.raises(NotPlainData):
        client.call(Request("", ECHO, (12000,)), 60)
    assert client.alive


def test_a_fork_that_comes_back_does_not_answer(session: Session) -> None:
    assert session.run_cell("a", "import os\nos.fork()\nNone").status == "ok"
    assert session.run_cell("b", "None").status == "ok"
    session.run_cell("f", "import os\ndef f(x):\n    os.fork()\n    return x")
    client = session.serve(fork=True)
    assert [client.call(Request("", ECHO, (number,)), 60).value for number in range(3)] == [0, 1, 2]


@pytest.mark.parametrize(("hook", "fault"), [("time.sleep(600)", OutOfTime), ("os._exit(0)", Crashed)])
def test_why_nobody_serves_calls(session: Session, hook: str, fault: type[StudentFault]) -> None:
    """The time that is left may be short: who does not answer in it did not crash."""
    session.run_cell("a", f"import os, time\nos.register_at_fork(before=lambda: {hook})")
    with pytest.raises(fault):
        session.serve(fork=True, seconds=0.5 if fault is OutOfTime else None)
    assert not session.alive


def test_a_fork_can_be_replaced(session: Session) -> None:
    session.run_cell("a", "import os\ndef f(x): return x if x else os._exit(1)")
    client = session.serve(fork=True)
    with pytest.raises(Crashed):
        client.call(Request("", ECHO, (0,)), 60)
    assert not client.alive and session.alive
    client = session.serve(fork=True)
    assert client.call(Request("", ECHO, (3,)), 60).value == 3


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
    assert client.call(plan[0], 60).value == [1]
    assert client.call(other, 60).value == [1, 2, 3, 4, 1, 9]
    assert client.call(plan[2], 60).value == [1, 2, 3]
    assert client.call(plan[3], 60).value == [1, 2, 3, 4]
    assert client.call(plan[4], 60).value == [1, 2, 3, 4, 1]
    assert client.call(plan[4], 60).value == [1, 2, 3, 4, 1, 9, 1]


@pytest.mark.parametrize(("count", "size"), [(100, 1), (40, 1000), (5, 100_000), (3, 2_000_000)])
def test_no_script_is_too_long_to_be_sent(session: Session, count: int, size: int) -> None:
    """Neither side waits for the other to read, however large requests and answers are."""
    plan = numbered(*range(count), size=size)
    session.run_cell("f", "def f(x):\n    return x")
    client = session.serve(False, plan=plan)
    for number in range(0, count, 2):
        assert client.call(plan[number], 60).value.sum() == pytest.approx(number)


def test_who_waits_for_a_lost_server_may_ask_another_one(session: Session) -> None:
    session.run_cell("f", "import os\ndef f(x):\n    return float(x.sum()) if x.sum() != 2 else os._exit(1)")
    plan = numbered(1, 2, 3)
    client = session.serve(True, plan=plan)
    assert client.call(plan[0], 60).value == 1
    with pytest.raises(CallDropped):
        client.call(plan[2], 60)
    client = session.serve(True, plan=plan)
    assert client.call(plan[2], 60).value == 3


@pytest.mark.parametrize("fault", ["os._exit(1)", "time.sleep(60)"])
def test_whose_call_loses_the_server_is_told_so(session: Session, fault: str) -> None:
    session.run_cell("f", f"import os, time\ndef f(x):\n    return 1 if x.sum() != 2 else {fault}")
    plan = numbered(1, 2, 3)
    client = session.serve(True, plan=plan)
    assert client.call(plan[0], 60).value == 1
    with pytest.raises((Crashed, OutOfTime)):
        client.call(plan[1], 2)
    assert not client.alive


@pytest.mark.parametrize("size", [1, 1_000_000])
def test_who_does_not_read_runs_out_of_time(session: Session, size: int) -> None:
    """Also where a request does not fit into what lies between the two, so that sending it has to wait."""
    stop = "sys.modules['inside.frames'].Reader.receive = lambda *_: time.sleep(60)"
    session.run_cell("f", f"import sys, time\ndef f(x):\n    {stop}")
    client = session.serve(True)
    client.call(*numbered(1), 60)
    with pytest.raises(OutOfTime):
        client.call(*numbered(1, size=size), 2)
    assert not client.alive


def test_large_answers_that_nobody_asked_for_are_asked_for_again(sandbox: Sandbox) -> None:
    with sandbox.session(replace(LIMITS, seconds_per_call=20), seed=1) as session:
        session.run_cell("f", "import numpy as np\ndef f(x):\n    return x.sum() + np.zeros(2_000_000)")
        plan = numbered(1, 2, 3, 4)
        client = session.serve(False, plan=plan)
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
    assert client.call(plan[0], 60).value == 1
    with pytest.raises(Crashed, match="out of order"):
        client.call(plan[1], 60)


def test_a_missing_name_is_named(session: Session) -> None:
    client = session.serve(fork=True)
    with pytest.raises(Missing, match="`f` is not defined"):
        client.call(Request("", ECHO), 60)
