"""Answers to calls: a driver is run on the names that the notebook had at an exercise's grade cell.

An answer has a status: "ok" (with the value, and the inputs where the function modified them), "raised" (with what
may be told of the exception), "missing" (a name that the notebook does not define) or "unsupported" (the value is not
plain data).
"""

from __future__ import annotations

import contextlib
import marshal
import os
import random
import socket
from typing import Any

import numpy as np
import torch

from . import caps, driver, flat, frames, room, traces
from .shell import Shell
from .values import NotPlainData

# What NumPy, torch and the C++ library say when there is no memory.
_NO_MEMORY = ("allocate memory", "enough memory", "bad_alloc")
# As they are before any notebook: `np.random.seed = 42` is a slip that goes unnoticed in Jupyter. The generator itself,
# since `torch.manual_seed` asks every accelerator too, which takes 0.1 ms.
_getpid, _exit = os.getpid, os._exit
_seed_python, _seed_numpy, _seed_torch = random.seed, np.random.seed, torch.default_generator.manual_seed


def seed(number: int) -> None:
    """Seed the generators of Python, NumPy and torch."""
    _seed_python(number)
    _seed_numpy(number % (1 << 32))
    _seed_torch(number)


class Answers:
    """The states that a notebook went through, and the calls that are answered in them."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._seed = 0
        self._states: dict[str, _State] = {}  # as it was at each exercise's grade cell

    def begin(self, number: int) -> None:
        """Seed the generators, now and for each call."""
        self._seed = number
        seed(number)

    def remember(self, exercise: str) -> None:
        """Note the state in which calls of `exercise` are to be answered: its grade cell is reached."""
        self._states[exercise] = _State(self._shell.names)

    def serve(self, server: socket.socket) -> None:
        """Answer the calls that come on `server`, until the trusted side hangs up, which raises `frames.Closed`."""
        drivers: dict[bytes, Any] = {}
        exercise = ""
        own = _getpid()
        requests = frames.Reader(server)  # some are sent before those in front of them are answered
        while True:
            nonce, request = requests.receive(caps.REQUEST_BYTES)
            try:
                if request["exercise"] != exercise:
                    exercise = request["exercise"]
                    self._states[exercise].restore()
                seed(self._seed)
                code = request["driver"]
                if code not in drivers:
                    drivers[code] = driver.function_of(marshal.loads(code))
                frame = _packed(call(self._shell.names, drivers[code], request["args"], request["kwargs"]))
            except MemoryError:  # no room for copies of the inputs, or for the value as it is sent
                frame = _NO_ROOM
            if _getpid() != own:  # a fork that the student made, and that came back: it was not asked
                _exit(0)
            self._shell.outputs.clear()
            frames.write(server, nonce + frame)


def _packed(reply: dict[str, Any]) -> bytes:
    """The frame of a reply but for its nonce; the value that it holds may be anything."""
    try:
        return frames.pack(reply)
    except NotPlainData as problem:
        return frames.pack({"status": "unsupported", "kind": problem.kind[:100]})


_NO_ROOM = frames.pack({"status": "raised", "memory": True})


class _State:
    """What the notebook's functions meet at this moment: the notebook's names, and modes of torch and NumPy."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._content = dict(names)
        self._gradients = torch.is_grad_enabled()
        self._dtype = torch.get_default_dtype()
        self._errors = np.geterr()

    def restore(self) -> None:
        """Let them meet it again."""
        self._names.clear()  # the dict itself is what the notebook's functions look their names up in
        self._names.update(self._content)
        torch.set_grad_enabled(self._gradients)
        torch.set_default_dtype(self._dtype)
        np.seterr(**self._errors)


class _Names:
    """The notebook's names, as the drivers of hidden tests see them: `solution.cross_corr_2d`."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.__dict__["_namespace"] = namespace

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise _Missing(name) from None


class _Missing(Exception):
    """The notebook does not define a name."""


def call(
    names: dict[str, Any], function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The answer to one call of a driver on `names`; what it returned need not be plain data."""
    untouched = flat.copy((args, kwargs))
    try:
        room.hold()
        value = function(_Names(names), *args, **kwargs)
    except BaseException as error:
        room.give()
        return _describe(error)
    room.give()
    reply = {"status": "ok", "value": value}
    with contextlib.suppress(Exception):  # an input may have been turned into anything
        if not flat.same((args, kwargs), untouched):
            reply["after"] = [args, kwargs]
    return reply


def _describe(error: BaseException) -> dict[str, Any]:
    """What may be told of an exception: its classes and where it arose in the student's cells, not its text."""
    if isinstance(error, _Missing):
        return {"status": "missing", "name": str(error)[:100]}
    places = traces.places(error.__traceback__)
    text = traces.text_of(error)
    return {
        "status": "raised",
        "classes": [kind.__name__[:60] for kind in type(error).__mro__][:8],
        "place": list(places[-1]) if places else None,
        "memory": isinstance(error, MemoryError) or any(words in text for words in _NO_MEMORY),
        "no_grad": "does not require grad" in text,
        "view": "view size is not compatible" in text,
    }
