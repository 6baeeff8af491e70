"""Plain data on either side of the sandbox: a copy of it, whether it is the same, and a key to look it up by.

Plain data is what crosses (see `values`): numbers, text, bytes, arrays and tensors, in lists, tuples and dicts. Inside,
inputs are copied before a call to tell whether it modified them; the judge does so with trusted solutions, and finds
calls by their inputs.
"""

from __future__ import annotations

from collections.abc import Hashable
from copy import deepcopy
from typing import Any

import numpy as np
import torch

from .values import NotPlainData

_IMMUTABLE = frozenset({type(None), bool, int, float, str})


def copy(value: Any) -> Any:
    """A copy of a structure of plain data, as it would arrive on the other side: nothing in it is shared.

    Tensors are detached and keep their strides; arrays keep the order of their axes. What is not plain data is copied
    as `copy.deepcopy` does.
    """
    if type(value) in _IMMUTABLE:
        return value
    if isinstance(value, torch.Tensor):
        value = value.detach()
        return value.clone() if value.is_contiguous() else deepcopy(value)  # a clone may be contiguous
    if isinstance(value, np.ndarray):
        return value.copy("K")
    if isinstance(value, list):
        return [copy(item) for item in value]
    if isinstance(value, tuple):
        return tuple([copy(item) for item in value])
    if isinstance(value, dict):
        return {key: copy(item) for key, item in value.items()}
    return deepcopy(value)


def same(now: Any, before: Any) -> bool:
    """Whether `now` has the structure, shapes and values of `before`, which is plain data.

    Values are compared exactly, and NaN is the same as NaN. Numbers of another type that are equal are the same, a list
    and a tuple too.
    """
    if now is before and type(now) in _IMMUTABLE:
        return True
    if isinstance(before, torch.Tensor):
        return (
            isinstance(now, torch.Tensor)
            and now.shape == before.shape
            and (torch.equal(now, before) or _same_but_for_nan(now.detach(), before))
        )
    if isinstance(before, np.ndarray):
        return (
            isinstance(now, np.ndarray)
            and now.shape == before.shape
            and (
                now.tobytes() == before.tobytes()
                or bool(np.array_equal(now, before, equal_nan=before.dtype.kind in "fc"))
            )
        )
    if isinstance(before, (list, tuple)):
        return (
            isinstance(now, (list, tuple))
            and len(now) == len(before)
            and all(same(a, b) for a, b in zip(now, before, strict=True))
        )
    if isinstance(before, dict):
        return (
            isinstance(now, dict)
            and list(now) == list(before)
            and all(same(now[key], before[key]) for key in before)
        )
    return bool(now == before) or bool(now != now and before != before)


def _same_but_for_nan(now: torch.Tensor, before: torch.Tensor) -> bool:
    """torch does not compare NaN across dtypes."""
    return now.dtype == before.dtype and bool(torch.allclose(now, before, 0, 0, equal_nan=True))


def key(value: Any) -> Hashable:
    """Equal for values that no function could tell apart: to the bit, with types, strides and dtypes.

    Raises `NotPlainData` for what is not plain data.
    """
    kind = type(value)
    if kind in (str, int, bool, bytes, type(None)):
        return kind, value
    if kind is float:
        return kind, value.hex()  # 0.0 and -0.0 are equal, and NaN is not equal to itself
    if kind is np.ndarray and not value.dtype.hasobject:
        return kind, value.dtype.str, value.shape, value.strides, value.tobytes()
    if kind is torch.Tensor and value.layout == torch.strided:
        bits = value.view(torch.int16) if value.dtype == torch.bfloat16 else value  # NumPy has no bfloat16
        data = bits.numpy(force=True).tobytes()
        return value.dtype, value.shape, value.stride(), value.requires_grad, data
    if isinstance(value, np.generic):
        return kind, value.tobytes()
    if kind in (list, tuple):
        return kind, *[key(item) for item in value]
    if kind is dict:
        return kind, *[(key(name), key(item)) for name, item in value.items()]
    raise NotPlainData(kind.__name__)
