"""The script: what the hidden tests ask of every submission, learned once from a rehearsal with the reference.

Everybody gets the same inputs, so most calls are the same for all. What the reference and the misconceptions make of
them is found out once; and a submission's sandbox can be sent some before it has answered those in front of them. A
call whose inputs depend on what the student's function returned before is not in the script, and is made as it comes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import torch

from homework.judge.subject import Call, Outcome, Reference
from homework.sandbox.inside.values import decode, encode


class Script:
    """All calls that were made in rehearsals, in order."""

    def __init__(self) -> None:
        self._order: dict[str, list[Call]] = {}  # by exercise
        self._by_inputs: dict[Hashable, Call] = {}

    def of(self, exercises: Iterable[str]) -> list[Call]:
        """The calls that the tests of `exercises` make, in order."""
        return [call for exercise in exercises for call in self._order.get(exercise, ())]

    def call(self, exercise: str, driver: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """The call with these inputs, to the bit: that of the script, or else a new one."""
        try:
            found = self._by_inputs.get(_inputs(exercise, driver, args, kwargs))
        except _NotFlat:
            found = None
        return Call(exercise, driver, args, kwargs) if found is None else found

    def add(self, call: Call) -> None:
        """Have `call` follow in the script of its exercise."""
        try:
            inputs = _inputs(call.exercise, call.driver, call.args, call.kwargs)
        except _NotFlat:
            return
        if inputs not in self._by_inputs:
            call.keep()
            self._by_inputs[inputs] = call
        self._order.setdefault(call.exercise, []).append(self._by_inputs[inputs])


class Rehearsal:
    """The reference in the place of a submission: whatever is asked of it becomes the script."""

    def __init__(self, script: Script, reference: Reference) -> None:
        self._script = script
        self._reference = reference

    def call(self, call: Call) -> Outcome:
        """What a right submission answers."""
        self._script.add(call)
        value = self._reference.driven(call.driver)(*call.args, **call.kwargs)
        buffers: list[Any] = []
        tree = encode(value, buffers)
        return Outcome(decode(tree, buffers))  # plain data, as it comes from a sandbox


class _NotFlat(Exception):
    """Inputs are of no kind that can be compared to the bit."""


def _inputs(*parts: Any) -> Hashable:
    """Equal for inputs of which no function could tell one from the other."""
    return tuple([_bits(part) for part in parts])


def _bits(value: Any) -> Hashable:
    kind = type(value)
    if kind in (str, int, bool, bytes, type(None)):
        return kind, value
    if kind is float:
        return kind, value.hex()  # 0.0 and -0.0 are equal, and NaN is not equal to itself
    if kind is np.ndarray and not value.dtype.hasobject:
        return kind, value.dtype.str, value.shape, value.strides, value.tobytes()
    if kind is torch.Tensor and value.layout == torch.strided:
        plain = value.view(torch.int16) if value.dtype == torch.bfloat16 else value  # NumPy has no bfloat16
        data = plain.numpy(force=True).tobytes()
        return value.dtype, value.shape, value.stride(), value.requires_grad, data
    if isinstance(value, np.generic):
        return kind, value.tobytes()
    if kind in (list, tuple):
        return kind, *[_bits(item) for item in value]
    if kind is dict:
        return kind, *[(_bits(key), _bits(item)) for key, item in value.items()]
    raise _NotFlat
