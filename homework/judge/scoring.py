"""How many points a hidden test gives: its weight, or a share of it that follows from something measured.

@points(4)
def test_accuracy(student, rng):
    \"\"\"The model is accurate on images that it has not seen.\"\"\"
    right = ...
    return measured(right, share=min(1.0, max(0.0, (right - 0.5) / 0.4)))
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest


def points(weight: float) -> pytest.MarkDecorator:
    """How many points of its exercise a hidden test is worth."""
    return pytest.mark.points(weight)


@dataclass(frozen=True)
class Measured:
    """What a hidden test measured, and the share of its points that this gives, from 0 to 1."""

    value: float
    share: float
    sentence: str


def measured(value: float, share: float, sentence: str = "") -> Measured:
    """What a hidden test returns to give `share` of its points for the measured `value`.

    The test has passed only if `share` is 1; otherwise the student reads `sentence`, or by default the value and the
    share. Raises AssertionError for a `value` that is not finite, which fails the test, and ValueError for a `share`
    that is not from 0 to 1, which is a mistake in the test.
    """
    value, share = float(value), float(share)
    if not math.isfinite(value):
        raise AssertionError(f"What is measured here came out as {value}, which is not a finite number.")
    if not 0 <= share <= 1:
        raise ValueError(f"the share of a test's points must be from 0 to 1, not {share}")
    return Measured(
        value, share, sentence or f"Measured: {value:g}. This gives {100 * share:.3g}% of the test's points."
    )
