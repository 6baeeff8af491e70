"""What counts as equal, and what is said of a wrong answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from homework.judge.compare import Tolerance, difference, matches

TOLERANCE = Tolerance()


X = np.arange(12.0).reshape(3, 4) ** 1.5 + 0.75


WHOLE = np.arange(12).reshape(3, 4) ** 2


IMAGES = np.arange(120.0).reshape(2, 3, 4, 5) ** 1.5 + 0.75


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (X.T.copy(), X, "opposite order (transposed)"),
        (X[None, None], X, "extra dimensions of length 1"),
        (X[:2], X, "one too few along dimension 0"),
        (X[:1, :2], X, "too small along dimension 0 and too small along dimension 1"),
        (-X, X, "opposite sign everywhere"),
        (2 * X, X, "twice what is expected"),
        (X * 1.7, X, "off by the same factor everywhere"),
        (X + 1, X, "off by the same amount everywhere"),
        (np.round(X, 3), X, "nearly right, but not exact enough"),
        (X + 2e-4 * (-1) ** np.arange(4), X, "nearly right, but not exact enough"),
        (X * (1 + 3e-5), X, "nearly right, but not exact enough"),
        (np.pad(IMAGES[..., 1:-1, 1:-1], [(0, 0)] * 2 + [(1, 1)] * 2), IMAGES, "wrong at the border"),
        (IMAGES * [[[1]], [[0]], [[1]]], IMAGES, "right in 67% of its values"),
        (X[:, ::-1], X, "reversed along dimension 1"),
        (X[::-1, ::-1], X, "reversed along every dimension"),
        (np.zeros_like(X), X, "zero everywhere"),
        (np.trunc(X), X, "rounded to whole numbers"),
        (np.where(X % 2 < 1, X, 99.0), X, "of its values and wrong in the others"),
        (X * np.nan, X, "contains NaN"),
        (X + np.inf, X, "contains infinity"),
        (X.tolist(), X, "not a list"),
        (None, X, "return its result"),
        ((None, X), (X, X), "`first` should be a NumPy array, not None"),
        (np.abs(X - 9), X - 9, "lost the signs of its values"),
        (np.abs(X - 9) * -1, X - 9, "the wrong sign in some values"),
        (np.roll(X, 5), X, "right values in another order"),
        (X**2, X, "the square of what is expected"),
        (X**0.5, X, "the square root of what is expected"),
        (1 / X, X, "the reciprocal of what is expected"),
        (np.log(X), X, "the logarithm of what is expected"),
        (np.exp(X / 9), X / 9, "the exponential of what is expected"),
        (np.concatenate([X[1:], X[:1] ** 2]), X, "shifted by one along dimension 0"),
        (np.concatenate([X[:, :1] ** 2, X[:, :-1]], axis=1), X, "shifted by one along dimension 1"),
        (np.full_like(X, 2.5), X, "the same value everywhere"),
        (WHOLE + 1, WHOLE, "one too large everywhere"),
        (np.where(WHOLE % 3, WHOLE, WHOLE - 1), WHOLE, "one too small wherever it is wrong"),
        (np.array(6), np.array(7), "output is one too small."),
        (np.array(1.5), np.array(0.75), "output is twice what is expected."),
        (np.array(1 / 0.75), np.array(0.75), "output is the reciprocal of what is expected."),
        (np.array(0.8), np.array(0.75), "output has other values than expected."),
        ((X,), (X, X), "should have 2 parts; it has 1"),
        ((X, X + 1), (X, X), "`second`"),
        ({"a": 1}, {"a": 1, "b": 2}, "lacks the key 'b'"),
        ("yes", "no", "not the expected text"),
        (X + 0j, X, "complex"),
    ],
)
def test_what_is_said_of_a_wrong_answer(actual: Any, expected: Any, words: str) -> None:
    said = difference(actual, expected, TOLERANCE, ("first", "second"))
    assert said is not None and words in said
    numbers = {f"{value:g}" for value in X.ravel() if value != round(value)}
    assert not any(number in said for number in numbers), "a hidden value is shown"


@pytest.mark.parametrize(
    "actual",
    [
        X,
        X.astype(np.float32),
        torch.from_numpy(X),
        torch.from_numpy(X).float(),
        X + 1e-6,
        torch.from_numpy(X).requires_grad_(),
    ],
)
def test_what_is_accepted(actual: Any) -> None:
    assert difference(actual, X, TOLERANCE) is None


def test_lists_and_tuples_are_interchangeable() -> None:
    assert difference([X, 1], (X, 1.0), TOLERANCE) is None


def test_nan_never_agrees_with_a_number_but_equals_itself_in_diagnosis() -> None:
    assert difference(np.array([np.nan]), np.array([1.0]), TOLERANCE) is not None
    assert matches(np.array([np.nan, 1]), np.array([np.nan, 1]), TOLERANCE)
