"""Describe how an array is wrong, in general words, where no known misconception explains it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_NEARLY = 1e-3  # relative error up to which the digits, not the formula, are likely to be at fault
_SIMPLE_FACTORS = {2.0: "twice", 0.5: "half", 4.0: "four times", 0.25: "a quarter of"}
_KNOWN = tuple(f"is {words}" for words in _SIMPLE_FACTORS.values())
# What a value may have become, by the words for it.
_FUNCTIONS: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    ("the square", np.square),
    ("the square root", np.sqrt),
    ("the reciprocal", np.reciprocal),
    ("the logarithm", np.log),
    ("the exponential", np.exp),
)


def describe_shape(mine: tuple[int, ...], theirs: tuple[int, ...]) -> str:
    """How the shape `mine` is wrong, without saying what the right one is."""
    if len(mine) != len(theirs):
        squeezed = tuple(n for n in mine if n != 1)
        extra = (
            ", with extra dimensions of length 1" if squeezed == theirs and len(mine) > len(theirs) else ""
        )
        return f"it has {len(mine)} dimensions where {len(theirs)} are asked for{extra}"
    if mine == theirs[::-1]:
        return "its dimensions are in the opposite order (transposed)"
    if sorted(mine) == sorted(theirs):
        return "its dimensions are in another order"
    deltas = [a - b for a, b in zip(mine, theirs, strict=True)]
    wrong = [index for index, delta in enumerate(deltas) if delta]
    if all(abs(delta) <= 1 for delta in deltas):
        words = [f"one {'too few' if deltas[i] < 0 else 'too many'} along dimension {i}" for i in wrong]
        return " and ".join(words)
    words = [f"{'too small' if deltas[i] < 0 else 'too large'} along dimension {i}" for i in wrong]
    return " and ".join(words)


def describe_values(mine: np.ndarray, theirs: np.ndarray, close: np.ndarray, rtol: float, atol: float) -> str:
    """How the values `mine` (float64, same shape) are wrong; `close` marks those that are right."""

    def same(a: np.ndarray, b: np.ndarray) -> bool:
        return a.shape == b.shape and bool(np.isclose(a, b, rtol=rtol, atol=atol).all())

    if steps := _whole_steps(mine, theirs, close):
        return steps
    if theirs.size > 1:
        if same(mine, -theirs):
            return "has the opposite sign everywhere"
        if not mine.any():
            return "is zero everywhere"
        if theirs.ndim >= 2 and same(np.swapaxes(mine, -1, -2), theirs):
            return "is transposed"
        for axis in range(theirs.ndim):
            if theirs.shape[axis] > 1 and same(np.flip(mine, axis), theirs):
                return f"is reversed along dimension {axis}"
        if same(np.flip(mine), theirs):
            return "is reversed along every dimension"
        if factor := _factor(mine, theirs, rtol):
            return factor
        offset, noise = mine - theirs, atol + rtol * np.abs(theirs).max()
        if np.ptp(offset) <= noise < abs(np.median(offset)):
            return "is off by the same amount everywhere"
        if same(np.abs(mine), np.abs(theirs)):
            lost = "has lost the signs of its values" if mine.min() >= 0 else ""
            return lost or "has the right magnitudes, but the wrong sign in some values"
        if same(np.sort(mine, axis=None), np.sort(theirs, axis=None)):
            return "has the right values in another order"
        for words, function in _FUNCTIONS:
            if same(mine, function(theirs)):
                return f"is {words} of what is expected, everywhere"
        for axis in range(theirs.ndim):
            first, last = (np.take(mine, range(i, mine.shape[axis] - 1 + i), axis) for i in (0, 1))
            if theirs.shape[axis] > 2 and (
                same(last, np.take(theirs, range(theirs.shape[axis] - 1), axis))
                or same(first, np.take(theirs, range(1, theirs.shape[axis]), axis))
            ):
                return f"is shifted by one along dimension {axis}"
        if np.isfinite(mine).all() and same(mine, np.full_like(mine, mine.flat[0])):
            return "has the same value everywhere"
    elif theirs.size == 1:
        if same(mine, -theirs):
            return "has the opposite sign"
        if not mine.any():
            return "is zero"
        if (theirs != np.round(theirs)).all() and (said := _of_one_value(mine, theirs, same, rtol)):
            return said
    if same(mine, np.trunc(theirs)) or same(mine, np.round(theirs)):
        return "has been rounded to whole numbers"
    exact = rtol == atol == 0  # counts: a digit that is wrong is no matter of precision
    if not exact and np.isclose(mine, theirs, rtol=_NEARLY, atol=_NEARLY * np.median(np.abs(theirs))).all():
        return "is nearly right, but not exact enough, as after rounding or in single precision"
    if close.any() and theirs.size > 3:
        # The border of images: where all of an image or of a channel is wrong, that is no border.
        inner = close[(..., *(slice(1, -1) if n > 2 else slice(None) for n in close.shape[-2:]))]
        if theirs.ndim >= 2 and inner.size and inner.all():
            return "is right inside and wrong at the border"
        share = min(max(round(100 * close.mean()), 1), 99)  # some are right, some wrong
        return f"is right in {share}% of its values and wrong in the others"
    return "has other values than expected"


def _of_one_value(
    mine: np.ndarray, theirs: np.ndarray, same: Callable[[np.ndarray, np.ndarray], bool], rtol: float
) -> str | None:
    """How one fraction became another; a factor is worth saying if it is a simple one."""
    found = [words for words, function in _FUNCTIONS if same(mine, function(theirs))]
    if found:
        return f"is {found[0]} of what is expected"
    factor = _factor(mine, theirs, rtol)
    return factor.removesuffix(", everywhere") if factor and factor.startswith(_KNOWN) else None


def _whole_steps(mine: np.ndarray, theirs: np.ndarray, close: np.ndarray) -> str | None:
    """That whole numbers, of which some count more than to one, are wrong by one wherever they are wrong."""
    wrong = (mine - theirs)[~close]
    if np.iscomplexobj(wrong) or (theirs != np.round(theirs)).any() or (np.abs(theirs) <= 1).all():
        return None
    where = "" if mine.size == 1 else " everywhere" if len(wrong) == mine.size else " wherever it is wrong"
    return {1.0: f"is one too large{where}", -1.0: f"is one too small{where}"}.get(
        wrong[0] if (wrong == wrong[0]).all() else 0.0
    )


def _factor(mine: np.ndarray, theirs: np.ndarray, rtol: float) -> str | None:
    nonzero = theirs != 0
    if not nonzero.any() or mine[~nonzero].any():
        return None
    ratios = mine[nonzero] / theirs[nonzero]
    factor = float(np.median(ratios))
    noise = 10 * max(rtol, 1e-9) * abs(factor)
    if factor == 0 or np.abs(ratios - factor).max() > noise or abs(factor - 1) <= noise:
        return None
    known = next((words for value, words in _SIMPLE_FACTORS.items() if abs(factor - value) < 1e-4), None)
    return f"is {known} what is expected, everywhere" if known else "is off by the same factor everywhere"
