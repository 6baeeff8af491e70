"""How many points a hidden test gives: its weight, or a share of it that follows from something measured.

ACCURACY = Curve("accuracy", none=0.5, full=0.9, percent=True)

@points(4)
def test_accuracy(student, rng):
    \"\"\"The model is accurate on images that it has not seen.\"\"\"
    right = ...
    return measured(right, curve=ACCURACY)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from homework.results import Curve

_LONGEST = 1000  # numbers of a sequence that is drawn


def points(weight: float) -> pytest.MarkDecorator:
    """How many points of its exercise a hidden test is worth."""
    return pytest.mark.points(weight)


@dataclass(frozen=True)
class Measured:
    """What a hidden test measured, and the share of its points that this gives, from 0 to 1."""

    value: float
    share: float
    sentence: str
    curve: Curve | None = None
    named: bool = False


@dataclass(frozen=True)
class Drawn:
    """Sequences that people see drawn, each by its name, by the name of the drawing."""

    series: dict[str, dict[str, list[float]]]


def measured(
    value: float,
    share: float | None = None,
    sentence: str = "",
    *,
    curve: Curve | None = None,
    named: bool = False,
) -> Measured:
    """What a hidden test returns to give `share` of its points for the measured `value`.

    With a `curve`, which feedback draws with the student's own value, `share` is by default what the curve gives.
    `named`: the student agreed to be named on the leaderboard. The test has passed only if the share is 1; otherwise
    the student reads `sentence`, or by default the value and the share. Raises AssertionError for a `value` that is not
    finite, which fails the test, and ValueError for a share that is missing or not from 0 to 1, which is a mistake in
    the test.
    """
    value = float(value)
    if not math.isfinite(value):
        raise AssertionError(f"What is measured here came out as {value}, which is not a finite number.")
    if share is None:
        if curve is None:
            raise ValueError("measured(value) needs a share of the test's points, or a curve that gives it")
        share = curve.share(value)
    if not 0 <= share <= 1:
        raise ValueError(f"the share of a test's points must be from 0 to 1, not {share}")
    shown = f"{value:g}" if curve is None else curve.shown(value)
    sentence = sentence or f"Measured: {shown}. This gives {100 * share:.3g}% of the test's points."
    return Measured(value, float(share), sentence, curve, named)


def drawn(series: Mapping[str, Mapping[str, Sequence[float]]]) -> Drawn:
    """What a hidden test that passes returns to have sequences drawn: numbers by name of the line, by drawing.

    Raises ValueError for a sequence with numbers that are not finite, or with more than 1000.
    """
    plain = {
        title: {name: [float(one) for one in values] for name, values in lines.items()}
        for title, lines in series.items()
    }
    for lines in plain.values():
        for name, values in lines.items():
            if len(values) > _LONGEST or not all(map(math.isfinite, values)):
                raise ValueError(f"{name} cannot be drawn: it needs up to {_LONGEST} finite numbers")
    return Drawn(plain)
