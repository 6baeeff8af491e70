"""Any bytes are a notebook or are refused in a sentence; any frame is a value or ends the conversation.

`make test` runs a short, repeatable search. `make fuzz` is the long one (`--hypothesis-profile=fuzz`, other inputs each
time): 10,000 notebooks, 100,000 frames; it prints how many were tried. What it finds becomes a case of `faults/`.
"""

from __future__ import annotations

import copy
import json
import socket
import struct
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from homework.sandbox.inside import frames, values
from homework.sandbox.inside.values import ProtocolError
from homework.submission.read import MAX_SOURCE, Unreadable, read
from homework.submission.rebuild import rebuild
from homework.submission.template import Template

SOME = settings.default.max_examples if settings.default else 100
seen: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def counts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print what was tried, where output is shown (`-s`)."""
    begin = time.monotonic()
    yield
    seconds = time.monotonic() - begin
    total = sum(count for name, count in seen.items() if ":" not in name)
    print(f"\n{total} inputs in {seconds:.0f} s ({total / seconds:.0f} a second)")
    for name, count in sorted(seen.items()):
        print(f"  {name:40} {count}")


# ---------------------------------------------------------------------------------------------- notebooks

TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "def cross_corr_2d(X, K):\n    return X",
        "    return X",
        "cross_corr_2d = spatial_batchnorm_forward = 1",
        "def spatial_batchnorm_backward(dout, cache):\n    return helper(dout)",
        "helper: int = 5",
        "def helper(x):\n    return x",
        "### BEGIN SOLUTION",
        "\ud800\0\r\n\r\u2028\x0c",
        "%%time\nlearning_rate_labels = {}",
        "YOUR ANSWER HERE",
        "",
    ]
)
JSON = st.deferred(
    lambda: JSON_LEAVES | st.lists(JSON, max_size=3) | st.dictionaries(st.text(max_size=6), JSON, max_size=3)
)
JSON_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
KEYS = st.sampled_from(
    ["source", "cell_type", "metadata", "attachments", "outputs", "id", "nbgrader", "grade_id"]
)


@st.composite
def notebooks(draw: st.DrawFn, released: dict[str, Any]) -> bytes:
    """What a student may have done to a release, and what may have been done to the file."""
    given_cells = released["cells"]
    names = [cell["metadata"]["nbgrader"]["grade_id"] for cell in given_cells]
    cells: list[Any] = []
    start = draw(st.integers(0, len(given_cells)))
    untouched = given_cells[start : start + draw(st.integers(0, len(given_cells)))]
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.integers(0, 5))
        if kind == 0:
            cells.append(draw(JSON))
            continue
        cell = copy.deepcopy(draw(st.sampled_from(given_cells)))
        if kind == 1:
            cell["metadata"] = draw(JSON)
        if kind in (1, 2):
            cell["source"] = draw(TEXTS | st.lists(TEXTS, max_size=3))
        if kind == 3:
            cell["source"] = "".join(cell["source"]) + draw(TEXTS)
            cell["cell_type"] = draw(st.sampled_from(["code", "markdown", "raw", "heading"]))
        if kind == 4:
            cell[draw(KEYS)] = draw(JSON)
        if kind == 5:
            cell["metadata"] = {"nbgrader": {"grade_id": draw(st.sampled_from(names) | JSON)}}
        cells.append(cell)
    cells[draw(st.integers(0, len(cells))) :] = (
        untouched if draw(st.booleans()) else draw(st.permutations(untouched))
    )
    notebook: Any = {**released, "cells": cells}
    if draw(st.integers(0, 9)) == 0:
        notebook[draw(st.sampled_from(["cells", "nbformat", "nbformat_minor", "metadata"]))] = draw(JSON)
    text = json.dumps(notebook, ensure_ascii=draw(st.booleans()))
    encoding = draw(st.sampled_from(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"]))
    return text.encode(encoding, "replace")


def mangled(draw: st.DrawFn, data: bytes) -> bytes:
    """`data` with some bytes changed, left out, repeated or put in."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 20)))
        data = data[:at] + draw(st.binary(max_size=8) | st.just(data[at:end] * 2)) + data[end:]
    return data


def check_notebook(template: Template, data: bytes) -> None:
    """The promise of `read` and `rebuild`."""
    try:
        cells, said = read(data)
    except Unreadable as refusal:
        reason = str(refusal)
    else:
        reason = ""
    seen["notebooks: refused" if reason else "notebooks: read"] += 1
    if reason:
        assert 10 < len(reason) < 300 and reason.endswith(".")
        return
    before = copy.deepcopy(cells)
    rebuilt = rebuild(template, cells)
    assert cells == before
    assert [cell.name for cell in rebuilt.cells if cell.name] == [form.name for form in template.cells]
    lines = {line for cell in cells for line in cell.source.split("\n")} | {"```", ""}
    everything = "\n".join(lines)
    for cell in rebuilt.cells:
        if cell.own:
            others = set(cell.source.split("\n")) - lines
            # What was added to a question may begin within a line.
            assert all(line in everything for line in others), "a source that is not the student's"
            assert not cell.name or template.is_solution(cell.name)
            cell.source.encode()
        else:
            form = template.by_name[cell.name]
            assert cell == form
        assert cell.kind in ("code", "markdown") and bool(cell.exercise) <= (not cell.own)
    own = [cell.source for cell in rebuilt.cells if cell.own]
    sent = sum(len(cell.source) + 10 for cell in cells)
    assert sum(map(len, own)) <= sent * (2 + len(template.exercises)), "more than was sent"
    assert rebuilt.states.keys() == {form.name for form in template.cells if template.is_solution(form.name)}
    assert all(isinstance(note, str) and note for note in said + rebuilt.notes)
    assert len(rebuilt.notes) < 3 * len(template.cells)


@given(data=st.data())
@settings(max_examples=SOME * 7 // 10)
def test_a_notebook_is_rebuilt_or_refused(template: Template, data: st.DataObject) -> None:
    seen["notebooks"] += 1
    check_notebook(template, data.draw(notebooks(template.notebook)))


@given(data=st.data())
@settings(max_examples=SOME // 10)
def test_a_mangled_file_is_rebuilt_or_refused(template: Template, data: st.DataObject) -> None:
    seen["notebooks"] += 1
    mangle = st.composite(lambda draw: mangled(draw, draw(notebooks(template.notebook))))
    check_notebook(template, data.draw(mangle()))


@given(data=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=SOME // 5)
def test_any_bytes_are_rebuilt_or_refused(template: Template, data: bytes) -> None:
    seen["notebooks"] += 1
    check_notebook(template, data)


def test_the_largest_notebooks_are_rebuilt(template: Template) -> None:
    """Sizes near the caps, made to be as much work as possible: long lines, many lines, words, copies, joins."""
    long_lines = [
        "a" * MAX_SOURCE,
        " " * MAX_SOURCE + "x",
        "a:" * (MAX_SOURCE // 2),
        "a\n" * (MAX_SOURCE // 2),
    ]
    calls = [f"def f{n}(x):\n    return f{n + 1}(x)\n" * 200 for n in range(1000)]
    stub = [cell for cell in template.notebook["cells"] if cell["id"] == "cross_corr_2d"]
    for sources in (
        long_lines * 2,
        calls,
        ["    x\n" * 1000] * 1000,
        ["def cross_corr_2d():\n" * 1000] * 500,
    ):
        cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
        check_notebook(template, json.dumps({"nbformat": 4, "cells": [*cells, *stub, *cells[:500]]}).encode())


# ---------------------------------------------------------------------------------------------- frames

MOST = 1 << 20
DTYPES = st.sampled_from(
    [*values._ARRAY_DTYPES, *values._TENSOR_DTYPES, "object", "O", "float128", "V8", "U4", "", "a"]
)
SIZES = st.integers(-2, 5) | st.sampled_from(
    [1 << 20, 1 << 39, 1 << 40, 1 << 62, 1 << 70, True, 1.0, None, "3"]
)
ENTRIES = st.tuples(
    DTYPES, st.lists(SIZES, max_size=18), st.none() | st.lists(SIZES, max_size=18), SIZES
).map(list)
TREES = st.deferred(
    lambda: (
        TREE_LEAVES
        | st.builds(
            lambda kind, items: {kind: items},
            st.sampled_from(["l", "t", "d", "x"]),
            st.lists(TREES, max_size=3),
        )
        | st.builds(
            lambda pairs: {"d": [list(pair) for pair in pairs]},
            st.lists(st.tuples(TREES, TREES), max_size=2),
        )
    )
)
TREE_LEAVES = (
    JSON
    | st.builds(lambda kind, entry: {kind: entry}, st.sampled_from(["a", "T"]), ENTRIES)
    | st.builds(
        lambda text: {"i": text},
        st.sampled_from(["0x10", "-0x1", "x", "0x" + "f" * 4000]) | st.text(max_size=5),
    )
    | st.builds(lambda index: {"b": index}, SIZES)
)
ARRAYS = st.builds(
    lambda dtype, shape, step: np.ones([n * step for n in shape], dtype)[
        (..., *(slice(None, None, step) for _ in shape))
    ],
    st.sampled_from(list(values._ARRAY_DTYPES)),
    st.lists(st.integers(0, 3), max_size=4),
    st.integers(1, 3),
)
VALUES = st.deferred(
    lambda: (
        FLAT
        | st.lists(VALUES, max_size=3)
        | st.lists(VALUES, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(), VALUES, max_size=2)
    )
)
FLAT = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | ARRAYS
    | ARRAYS.filter(lambda array: array.dtype.name in values._TENSOR_DTYPES).map(torch.tensor)
)


def frame_of(tree: Any, sizes: list[int], data: bytes, nonce: bytes = bytes(frames.NONCE_BYTES)) -> bytes:
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return nonce + struct.pack(f"<II{len(sizes)}Q", len(text), len(sizes), *sizes) + text + data


@st.composite
def forged(draw: st.DrawFn) -> bytes:
    """A frame of right form whose value is anything, whose buffers need not have the sizes that it claims."""
    buffers = draw(st.lists(st.binary(max_size=40), max_size=4))
    lies = st.lists(st.sampled_from([0, 3, 1 << 20, 1 << 39, (1 << 64) - 1]), max_size=5)
    sizes = draw(st.just([len(part) for part in buffers]) | lies)
    nonce = draw(st.binary(min_size=frames.NONCE_BYTES, max_size=frames.NONCE_BYTES))
    return frame_of(draw(TREES | JSON), sizes, b"".join(buffers), nonce)


def sent(value: Any) -> bytes:
    """The bytes that `frames.send` sends."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        frames.send(ours, bytes(frames.NONCE_BYTES), value)
        ours.shutdown(socket.SHUT_WR)
        parts = []
        while part := theirs.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def received(data: bytes, hang_up: bool = True) -> Any:
    """What `frames.receive` makes of `data`: the value, or the class of what it raised. Nothing else may be raised."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(data)
        if hang_up:
            theirs.close()
        tracemalloc.start()
        try:
            _, value = frames.receive(ours, MOST, time.monotonic() + (5 if hang_up else 0.001))
            seen["frames: a value"] += 1
            return value
        except (ProtocolError, frames.Closed, TimeoutError) as error:
            seen[f"frames: {type(error).__name__}"] += 1
            return type(error)
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            # A list of empty lists takes some thirty times the memory of its text; a read is at most 1 MB.
            assert peak < MOST + (1 << 19) + 64 * len(data), f"{peak} bytes for a frame of {len(data)}"


@given(data=forged(), hang_up=st.integers(0, 20).map(bool))
@settings(max_examples=SOME * 4)
def test_a_forged_frame_is_a_value_or_ends_the_conversation(data: bytes, hang_up: bool) -> None:
    seen["frames"] += 1
    received(data, hang_up)


@given(data=st.data())
@settings(max_examples=SOME * 3)
def test_a_mangled_frame_is_a_value_or_ends_the_conversation(data: st.DataObject) -> None:
    seen["frames"] += 1
    mangle = st.composite(lambda draw: mangled(draw, draw(VALUES.map(sent) | forged())))
    received(data.draw(mangle()))


@given(
    data=st.binary(max_size=200)
    | st.builds(
        frame_of, st.binary(max_size=100), st.lists(st.integers(0, 9), max_size=2), st.binary(max_size=18)
    )
)
@settings(max_examples=SOME)
def test_any_bytes_are_a_value_or_end_the_conversation(data: bytes) -> None:
    seen["frames"] += 1
    received(data)


@given(value=VALUES)
@settings(max_examples=SOME * 2)
def test_what_is_sent_arrives(value: Any) -> None:
    """Values, kinds, dtypes and shapes."""
    seen["frames"] += 1
    assert same(received(sent(value)), value)


def same(one: Any, other: Any) -> bool:
    if isinstance(other, (np.ndarray, torch.Tensor)):
        equal = torch.equal if isinstance(other, torch.Tensor) else np.array_equal
        return (
            type(one) is type(other)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and equal(one, other)
        )
    if isinstance(other, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in other)
    if isinstance(other, str):
        return one == other.encode("utf-8", "replace").decode()
    return type(one) is type(other) and one == other
