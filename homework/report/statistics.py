"""Item statistics. Student s of n has x points in item i of k, whose maximum is X; T is a student's total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, floor, sqrt, tanh
from statistics import fmean, stdev, variance

ENOUGH, SOME, FEW = 30, 10, 5  # students for a correlation, for one with its interval, for a share
_Z = 1.959963984540054


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's; None if one of the two is constant."""
    if len(x) < 2:
        return None
    mean_x, mean_y = fmean(x), fmean(y)
    spread = sqrt(sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y))
    if spread < 1e-12:
        return None
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread


def _rest(x: Sequence[float], totals: Sequence[float]) -> list[float]:
    return [total - own for own, total in zip(x, totals, strict=True)]


def item_rest(x: Sequence[float], totals: Sequence[float]) -> float | None:
    """The correlation of an item with the total of the others."""
    return correlation(x, _rest(x, totals))


def discrimination(
    x: Sequence[float], most: float, totals: Sequence[float], names: Sequence[str] | None = None
) -> float | None:
    """The mean share of points in the upper 27 % of students minus that in the lower; ties by name."""
    if not x or not most:
        return None
    names = names or [f"{number:09d}" for number in range(len(x))]
    order = sorted(range(len(x)), key=lambda s: (-totals[s], names[s]))
    group = max(1, floor(0.27 * len(x) + 0.5))
    upper, lower = order[:group], order[-group:]
    return fmean(x[s] / most for s in upper) - fmean(x[s] / most for s in lower)


def efficiency(x: Sequence[float], totals: Sequence[float]) -> float | None:
    """Moodle's discriminative efficiency in percent: the covariance with the rest, of the largest possible one."""
    rest = _rest(x, totals)
    most = _covariance(sorted(x), sorted(rest))
    return 100 * _covariance(x, rest) / most if abs(most) > 1e-12 else None


def _covariance(x: Sequence[float], y: Sequence[float]) -> float:
    mean_x, mean_y = fmean(x), fmean(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / max(1, len(x) - 1)


def alpha(items: Sequence[Sequence[float]]) -> tuple[float, float] | None:
    """Cronbach's alpha, and the standard error of a total; None if they cannot be computed."""
    if len(items) < 2 or len(items[0]) < 2:
        return None
    totals = [sum(scores) for scores in zip(*items, strict=True)]
    spread = variance(totals)
    if spread < 1e-12:
        return None
    k = len(items)
    value = k / (k - 1) * (1 - sum(variance(x) for x in items) / spread)
    return value, sqrt(max(0.0, 1 - value)) * stdev(totals)


def fisher(r: float | None, n: int) -> tuple[float, float] | None:
    """The 95 % interval of a correlation."""
    if r is None or n < 4 or abs(r) >= 1:
        return None
    by = _Z / sqrt(n - 3)
    return tanh(atanh(r) - by), tanh(atanh(r) + by)


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    share, z = count / of, _Z
    middle = share + z * z / (2 * of)
    by = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - by) / (1 + z * z / of), (middle + by) / (1 + z * z / of)


@dataclass(frozen=True)
class Drift:
    """How much more one grader gives than another, with Welch's 95 % interval."""

    by: float
    low: float
    high: float

    @property
    def alarming(self) -> bool:
        """Whether the interval excludes 0 and the difference is more than a quarter of a point."""
        return abs(self.by) > 0.25 and not self.low <= 0 <= self.high


def drift(one: Sequence[float], other: Sequence[float]) -> Drift | None:
    """Two graders' scores of one question; None with fewer than ten answers each."""
    if min(len(one), len(other)) < SOME:
        return None
    from scipy.stats import t

    by = fmean(one) - fmean(other)
    a, b = variance(one) / len(one), variance(other) / len(other)
    if a + b < 1e-12:
        return Drift(by, by, by)
    freedom = (a + b) ** 2 / (a * a / (len(one) - 1) + b * b / (len(other) - 1))
    width = float(t.ppf(0.975, freedom)) * sqrt(a + b)
    return Drift(by, by - width, by + width)
