"""Compare a student's plain data with the reference's.

Order: the kind of thing, its structure, its shape, its finiteness, then its values in float64. What differs first is
what the student is told; the words never contain an input or an answer of a hidden test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from homework.judge.describe import describe_shape, describe_values


@dataclass(frozen=True)
class Tolerance:
    """`|a - b| <= atol + rtol * |b|` with b the reference."""

    rtol: float = 1e-5
    atol: float = 1e-5


def difference(
    actual: Any, expected: Any, tolerance: Tolerance, names: tuple[str, ...] | None = None
) -> str | None:
    """Why `actual` is not `expected`, as a sentence for the student, or None when they agree.

    `names` name the parts of a tuple.
    """
    if actual is None and expected is not None:
        return "Your output is None. Does your function return its result, and not only print or store it?"
    return _difference(actual, expected, tolerance, "Your output", names)


def _difference(
    actual: Any, expected: Any, tolerance: Tolerance, what: str, names: tuple[str, ...] | None = None
) -> str | None:
    if _is_numeric(expected):
        return _numeric_difference(actual, expected, tolerance, what)
    if isinstance(expected, (list, tuple)):
        if not isinstance(actual, (list, tuple)):
            return f"{what} should be a tuple of {len(expected)} parts, not {_given(actual)}."
        if len(actual) != len(expected):
            return f"{what} should have {len(expected)} parts; it has {len(actual)}."
        for index, (mine, theirs) in enumerate(zip(actual, expected, strict=True)):
            label = f"`{names[index]}`" if names else f"Part {index + 1} of {_lower(what)}"
            if problem := _difference(mine, theirs, tolerance, label):
                return problem
        return None
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return f"{what} should be a dict, not {_given(actual)}."
        if missing := [key for key in expected if key not in actual]:
            return f"{what} lacks the key {missing[0]!r}."
        if set(actual) - set(expected):
            return f"{what} has keys that were not asked for."
        for key, theirs in expected.items():
            if problem := _difference(actual[key], theirs, tolerance, f"{what}[{key!r}]"):
                return problem
        return None
    if type(actual) is not type(expected):
        return f"{what} should be {_kind(expected)}, not {_given(actual)}."
    return None if actual == expected else f"{what} is not the expected {_kind(expected)}."


def _numeric_difference(actual: Any, expected: Any, tolerance: Tolerance, what: str) -> str | None:
    if not _is_numeric(actual):
        return f"{what} should be {_kind(expected)}, not {_given(actual)}."
    mine, theirs = as_array(actual), as_array(expected)
    if mine.dtype.kind == "O":
        return f"{what} is a whole number far too large."
    if mine.shape != theirs.shape:
        return f"{what} has the wrong shape: {describe_shape(mine.shape, theirs.shape)}."
    if mine.dtype.kind == "c" and theirs.dtype.kind != "c":
        return f"{what} holds complex numbers; real ones are asked for."
    if theirs.dtype.kind == "b" and mine.dtype.kind != "b":
        return f"{what} should hold True and False."
    wide = np.complex128 if theirs.dtype.kind == "c" else np.float64
    mine, theirs = mine.astype(wide, copy=False), theirs.astype(wide, copy=False)
    close = _close(mine, theirs, tolerance)
    if close.all():
        return None
    if not np.isfinite(mine[np.isfinite(theirs)]).all():
        return f"{what} contains {'NaN' if np.isnan(mine).any() else 'infinity'}."
    with np.errstate(all="ignore"):
        return f"{what} {describe_values(mine, theirs, close, tolerance.rtol, tolerance.atol)}."


def matches(actual: Any, expected: Any, tolerance: Tolerance) -> bool:
    """Whether two answers are the same, wrong or right: NaN and infinity equal themselves, dtypes are free."""
    if _is_numeric(actual) and _is_numeric(expected):
        mine, theirs = as_array(actual), as_array(expected)
        if mine.shape != theirs.shape or "O" in (mine.dtype.kind, theirs.dtype.kind):
            return False
        return bool(_close(mine, theirs, tolerance).all())
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return len(actual) == len(expected) and all(
            matches(mine, theirs, tolerance) for mine, theirs in zip(actual, expected, strict=True)
        )
    if isinstance(expected, dict) and isinstance(actual, dict):
        return list(actual) == list(expected) and all(
            matches(actual[key], expected[key], tolerance) for key in expected
        )
    return type(actual) is type(expected) and bool(actual == expected)


def _close(mine: np.ndarray, theirs: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Where two arrays of one shape agree. `np.isclose` with `equal_nan`, without its cost where all is finite."""
    with np.errstate(all="ignore"):
        if theirs.dtype.kind in "fc" and np.isfinite(theirs).all():
            return np.asarray(abs(mine - theirs) <= tolerance.atol + tolerance.rtol * abs(theirs))
        return np.asarray(np.isclose(mine, theirs, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True))


def as_array(value: Any) -> np.ndarray:
    """A number, array or tensor as an array; bfloat16 and float16 widened. Of dtype object: a number beyond 64 bits."""
    if isinstance(value, torch.Tensor):
        value = value.detach()
        value = (value.float() if value.dtype in (torch.bfloat16, torch.float16) else value).numpy()
    return np.asarray(value)


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (bool, int, float, complex, np.ndarray, np.generic, torch.Tensor))


def _kind(value: Any) -> str:
    """What a value is, in words that hold no more than its type."""
    if value is None:
        return "None"
    if isinstance(value, torch.Tensor):
        return "a torch tensor"
    if isinstance(value, np.ndarray):
        return "a NumPy array" if value.ndim else "a number"
    if isinstance(value, (bool, int, float, complex)):
        return "a number"
    names: dict[type[Any], str] = {
        str: "text",
        list: "a list",
        tuple: "a tuple",
        dict: "a dict",
        bytes: "bytes",
    }
    return names.get(type(value), "something else")


def _given(value: Any) -> str:
    """What a student's value is: None is mostly a function that ends without `return`."""
    return _kind(value) + (" (does your function end with `return`?)" if value is None else "")


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
