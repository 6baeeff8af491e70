"""The leaderboard of a class: what is to be high against what is to be low, with those that no one beats in both.

It is of tasks whose tests measure both, such as the accuracy of a network and its size. Names are shown only of
students who agreed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from homework.counted import counted
from homework.drawings import Axis, scatter
from homework.report.summary import ClassSummary, ExerciseRates
from homework.results import Curve


@dataclass(frozen=True)
class Place:
    """One student: the name if it may be shown, the values as they are written, whether they are on a front."""

    name: str
    values: list[str]
    on_front: bool


@dataclass(frozen=True)
class Leaderboard:
    """One task: the drawings, and the table behind them."""

    exercise: str
    columns: list[str]
    plots: list[Markup]
    places: list[Place]


def leaderboards(summary: ClassSummary) -> list[Leaderboard]:
    """The leaderboards of all tasks for which values were measured, some to be high and some to be low."""
    boards = (_leaderboard(rates) for rates in summary.exercises.values())
    return [board for board in boards if board is not None]


def _leaderboard(rates: ExerciseRates) -> Leaderboard | None:
    high = [curve for curve in rates.curves.values() if curve.full > curve.none]
    low = [curve for curve in rates.curves.values() if curve.full < curve.none]
    names = {curve.name for curve in (*high, *low)}
    complete = {student: values for student, values in rates.measured.items() if values.keys() >= names}
    if not (high and low and complete):
        return None
    shown = {student: student if student in rates.named else "" for student in complete}
    fronts = {cost.name: front(complete, high[0], cost) for cost in low}
    best = sorted(complete, key=lambda student: (-complete[student][high[0].name], student))
    columns = [high[0], *low]
    places = [
        Place(
            shown[student],
            [curve.shown(complete[student][curve.name]) for curve in columns],
            any(student in one for one in fronts.values()),
        )
        for student in best
    ]
    plots = [_plot(complete, shown, high[0], cost, fronts[cost.name]) for cost in low]
    return Leaderboard(rates.name, [curve.name for curve in columns], plots, places)


def front(values: Mapping[str, Mapping[str, float]], high: Curve, low: Curve) -> set[str]:
    """The Pareto front: the students whom no one beats in one of the two values and equals or beats in the other."""

    def beats(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
        gain, saved = one[high.name] - other[high.name], other[low.name] - one[low.name]
        return gain >= 0 and saved >= 0 and gain + saved > 0

    return {name for name, own in values.items() if not any(beats(other, own) for other in values.values())}


def _plot(
    values: Mapping[str, Mapping[str, float]],
    shown: Mapping[str, str],
    high: Curve,
    low: Curve,
    best: set[str],
) -> Markup:
    x = _axis([one[low.name] for one in values.values()], low)
    y = _axis([one[high.name] for one in values.values()], high)
    dots = [
        (one[low.name], one[high.name], shown[student], student in best) for student, one in values.items()
    ]
    on_it = sorted((one[0], one[1]) for one in dots if one[3])
    text = (
        f"{high.name} against {low.name} of {counted(len(dots), 'submission')}. On the Pareto front: "
        + "; ".join(f"{high.shown(b)} with {low.shown(a)}" for a, b in on_it)
    )
    return scatter(x, y, (low.name, high.name), dots, f"{text}.")


def _axis(values: Sequence[float], curve: Curve) -> Axis:
    least, most = min(values), max(values)
    if curve.log:
        return Axis.of(max(least, 1) / 1.5, max(most, 1) * 1.5, log=True)
    return Axis.of(least, most, percent=curve.percent)
