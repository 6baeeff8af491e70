"""Describe how an array is wrong, in general words, where no known misconception explains it."""

from __future__ import annotations

import numpy as np

_NEARLY = 1e-3  # relative error up to which the digits, not the formula, are likely to be at fault
_SIMPLE_FACTORS = {2.0: "twice", 0.5: "half", 4.0: "four times", 0.25: "a quarter of"}


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
    elif theirs.size == 1:
        if same(mine, -theirs):
            return "has the opposite sign"
        if not mine.any():
            return "is zero"
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
