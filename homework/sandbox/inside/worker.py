"""The process that runs a student's cells, and the servers forked from it. Untrusted from the first cell on.

What it says is only ever believed as plain data: see `values`. Requests on the data socket:

    begin   seed the random generators, write files into the working folder
    cell    run one cell, a grade cell with its exercise -> {"status": "ok"|"raised", "outputs": [...]}
    serve   answer calls on the socket that came along   -> {"status": "ok", "pid": ...}
    call    (to a server) run a driver on the names of the notebook as they were at an exercise's grade cell
            -> {"status": "ok"|"raised"|"missing"|"unsupported", ...}

Which process serves: this very one, which then does nothing else, or with ``"fork": true`` a fork of it, so that a
server that is lost can be replaced; not if it has threads, which would not be there in a fork, nor if it cannot fork.
A fork costs as much as a dozen cells (each page that it writes to is copied): it is for notebooks that took long.
"""

from __future__ import annotations

import array
import contextlib
import functools
import gc
import io
import os
import signal
import socket
import sys
import threading
from typing import Any

import torch

from . import answer, caps, frames, warm_up
from .answer import Answers
from .outputs import Stream
from .shell import Shell
from .values import ProtocolError

_getpid, _exit = os.getpid, os._exit  # as they are before any notebook


def prepare() -> Shell:
    """A shell in which typical cells and calls have run. Called once, in the zygote."""
    shell = Shell()
    warm_up.warm_up(shell.run_cell, functools.partial(answer.call, shell.names))
    return shell


def run(shell: Shell, data: socket.socket, output: int) -> None:
    """Serve requests until the trusted side hangs up. `output`: characters kept of each text that a cell shows."""
    shell.outputs.cap = output
    gc.enable()
    sys.stdout, sys.stderr = Stream(shell.outputs, "stdout"), Stream(shell.outputs, "stderr")
    sys.stdin = io.StringIO()
    sys.path[:] = ["", *sys.path[1:]]  # as a kernel has it; the first was this package's
    answers = Answers(shell)
    own = _getpid()
    while True:
        try:
            nonce, request, descriptors = _receive_request(data)
        except (frames.Closed, ProtocolError):
            return
        except KeyboardInterrupt:
            continue  # an interrupt that arrived after its cell had ended
        if request["op"] == "begin":
            answers.begin(request["seed"])
            _write(request["files"])
            _answer(data, nonce, {"status": "ok"})
        elif request["op"] == "cell":
            if request["exercise"]:
                answers.remember(request["exercise"])
            result = shell.run_cell(request["name"], request["source"].decode())
            if _getpid() != own:  # a fork that the cell made, and that came back: only the worker answers
                _exit(0)
            _answer(data, nonce, result)
        elif request["op"] == "serve":
            _serve(answers, data, nonce, request["fork"], descriptors[0])


def _write(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)


def _serve(answers: Answers, data: socket.socket, nonce: bytes, fork: bool, descriptor: int) -> None:
    """Have calls on `descriptor` answered. Returns only in the process that does not answer them itself."""
    # Of several threads only one is there in a fork: what waits for the others would wait for ever. The second tier has
    # no /proc that could count them: torch may have as many as it has been told.
    fork = fork and threading.active_count() == 1 and torch.get_num_threads() == 1
    server = 0
    if fork:
        try:
            server = os.fork()
        except OSError:
            # No room: the second tier counts all processes of its user, of other sessions too.
            fork = False
    if server == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # one meant for a cell may still be on its way
        if not fork:
            _answer(data, nonce, {"status": "ok", "pid": 0})
        data.close()
        answers.serve(socket.socket(fileno=descriptor))
    os.close(descriptor)
    _answer(data, nonce, {"status": "ok", "pid": server})


def _receive_request(data: socket.socket) -> tuple[bytes, dict[str, Any], list[int]]:
    """A request's nonce and value, and the descriptors that came with it: the byte before it may carry them."""
    data.settimeout(None)
    mark, ancillary, _, _ = data.recvmsg(1, socket.CMSG_SPACE(4))
    if not mark:
        raise frames.Closed("end of stream")
    fds = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content)
    nonce, request = frames.receive(data, caps.REQUEST_BYTES)
    return nonce, request, list(fds)


def _answer(data: socket.socket, nonce: bytes, value: dict[str, Any]) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        frames.send(data, nonce, value)
