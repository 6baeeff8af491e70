"""Small drawings for pages, as SVG with a text alternative: curves of points, curves of training, a leaderboard.

Colors and fonts come from the page's style sheet, by class; `standalone` brings its own. Every text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from homework.results import Curve, TestResult, fraction

_WIDTH, _HEIGHT = 320, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 20, 12, 40
_MOST_NAMES = 3  # at one place
_STYLES = ("line", "line dashed")
_STYLE_SHEET = (
    "text { fill: #333; font: 12px sans-serif; text-anchor: middle } text.quiet { fill: #666; font-size: 11px } "
    "text.start { text-anchor: start } text.end { text-anchor: end } .axis { stroke: #ddd } "
    ".line { fill: none; stroke: #1f5fa8; stroke-width: 2 } .dashed { stroke: #2e8540; stroke-dasharray: 6 4 }"
)


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, in the logarithm where `log`; `ticks` are its numbers as they are written."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies: 0 at `low`, 1 at `high`, and at one of these if it is beyond."""
        return fraction(value, self.low, self.high, log=self.log)

    @classmethod
    def of(cls, low: float, high: float, log: bool = False, percent: bool = False) -> Axis:
        """An axis that has round numbers as its ticks and goes from `low` to `high` or a little beyond."""
        if log:
            first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
            ticks = tuple((10.0**n, _short(10.0**n)) for n in range(first, max(last, first + 1) + 1))
            inside = tuple(tick for tick in ticks if low <= tick[0] <= high)
            return (
                cls(low, high, inside, True)
                if len(inside) > 1
                else cls(ticks[0][0], ticks[-1][0], ticks, True)
            )
        if not high > low:
            low, high = low - 0.5, high + 0.5
        step = 10.0 ** math.floor(math.log10(high - low))
        step = next(
            step * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2, 5) if (high - low) / (step * part) < 6.5
        )
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        values = [number * step for number in range(first, last + 1)]
        ticks = tuple((v, f"{100 * v:.3g} %" if percent else f"{v:.3g}") for v in values)
        return cls(values[0], values[-1], ticks)


def plots(tests: Iterable[TestResult]) -> list[Markup]:
    """All that the tests of one task have to draw: values on their curves, then sequences."""
    tests = list(tests)
    values = [
        points_curve(test.curve, test.points, test.measured, test.score)
        for test in tests
        if test.curve is not None and test.measured is not None
    ]
    return values + sequences(tests)


def sequences(tests: Iterable[TestResult]) -> list[Markup]:
    """The sequences that the tests of one task have to draw."""
    return [training_curves(title, lines) for test in tests for title, lines in test.series.items()]


def points_curve(curve: Curve, points: float, value: float, score: float) -> Markup:
    """From measured values to points, with a dot at a student's own `value`, which gave `score`."""
    ends = sorted((curve.none, curve.full))
    spread = ends[1] / ends[0] if curve.log else ends[1] - ends[0]
    low, high = (
        (ends[0] / spread**0.15, ends[1] * spread**0.15)
        if curve.log
        else (
            ends[0] - 0.3 * spread,
            ends[1] + 0.3 * spread,
        )
    )
    x, y = Axis.of(low, high, curve.log, curve.percent), Axis.of(0, points)
    corners = [(one, points * curve.share(one)) for one in (x.low, *ends, x.high)]
    text = (
        f"{curve.name}: no points at {curve.shown(curve.none)}, {points:g} at {curve.shown(curve.full)}; "
        f"yours, {curve.shown(value)}, gave {score:g}."
    )
    marks = [_polyline(x, y, corners, _STYLES[0]), _dot(x, y, value, score, "dot own")]
    return _drawing(x, y, curve.name, "points", marks, text)


def training_curves(title: str, lines: Mapping[str, Sequence[float]]) -> Markup:
    """Sequences over the epochs of a training: loss, or accuracy."""
    values = [value for line in lines.values() for value in line]
    epochs = max((len(line) for line in lines.values()), default=0)
    if not values:
        return Markup("")
    numbers = range(1, epochs + 1, -(-epochs // 8))
    x = Axis(1, max(epochs, 2), tuple((number, str(number)) for number in numbers))
    y = Axis.of(min(0.0, *values), max(values))
    ends = [y.place(line[-1]) for line in lines.values() if line]
    legend = _TOP + 8 if max(ends) < 0.5 else _HEIGHT - _BOTTOM - 15 * len(lines)  # where no line ends
    marks, said = [], []
    for number, (name, line) in enumerate(lines.items()):
        style = _STYLES[number % len(_STYLES)]
        marks.append(_polyline(x, y, list(enumerate(line, 1)), style))
        at = legend + 15 * number
        right = _WIDTH - _RIGHT
        marks.append(
            Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
                style, right - 92, at - 4, right - 68, at - 4
            )
        )
        marks.append(Markup('<text class="start" x="{}" y="{}">{}</text>').format(right - 62, at, name))
        if line:
            low, high = min(line), max(line)
            said.append(
                f"{name}: {line[0]:.3g} at first, {line[-1]:.3g} at the end, lowest {low:.3g} in epoch "
                f"{list(line).index(low) + 1}, highest {high:.3g} in epoch {list(line).index(high) + 1}"
            )
    return _drawing(x, y, "epoch", title, marks, f"{title} over {epochs} epochs. {'. '.join(said)}.")


def scatter(
    x: Axis,
    y: Axis,
    titles: tuple[str, str],
    dots: Sequence[tuple[float, float, str, bool]],
    text: str,
) -> Markup:
    """Dots (x, y, name or "", whether on the front); those on the front are joined."""
    front = sorted((one[0], one[1]) for one in dots if one[3])
    marks = [_polyline(x, y, front, "line dashed")] if len(front) > 1 else []
    names: dict[tuple[int, int], list[str]] = {}
    for a, b, name, on_front in sorted(dots, key=lambda one: one[3]):
        marks.append(_dot(x, y, a, b, "dot own" if on_front else "dot"))
        if name:
            left, top = _at(x, y, a, b)
            names.setdefault((round(left / 12), round(top / 12)), []).append(name)
    for (left, top), here in names.items():
        side, by = ("end", -8) if 12 * left > _WIDTH / 2 else ("start", 8)
        shown = ", ".join(here[:_MOST_NAMES]) + (
            f" and {len(here) - _MOST_NAMES} more" if len(here) > _MOST_NAMES else ""
        )
        marks.append(
            Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
                side, 12 * left + by, 12 * top + 4, shown
            )
        )
    return _drawing(x, y, *titles, marks, text)


def standalone(drawing: Markup) -> str:
    """A drawing as a file of its own, which needs no style sheet."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
    shown = str(drawing).replace("<svg", head, 1)
    return shown.replace(
        ">", f'><rect width="100%" height="100%" fill="#fff"/><style>{_STYLE_SHEET}</style>', 1
    )


def _drawing(x: Axis, y: Axis, below: str, beside: str, marks: Sequence[Markup], text: str) -> Markup:
    """Axes with their ticks and titles, and what is drawn between them."""
    parts = []
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for value, written in y.ticks:
        top = _at(x, y, x.low, value)[1]
        parts.append(
            Markup('<line class="axis" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>').format(
                _LEFT, top, right, top
            )
        )
        parts.append(
            Markup('<text class="quiet end" x="{}" y="{:.1f}">{}</text>').format(_LEFT - 5, top + 4, written)
        )
    for value, written in x.ticks:
        left = _at(x, y, value, y.low)[0]
        parts.append(
            Markup('<text class="quiet" x="{:.1f}" y="{}">{}</text>').format(left, bottom + 15, written)
        )
    parts.append(Markup('<text x="{}" y="{}">{}</text>').format((_LEFT + right) / 2, _HEIGHT - 7, below))
    parts.append(
        Markup('<text transform="translate(10 {}) rotate(-90)">{}</text>').format((_TOP + bottom) / 2, beside)
    )
    return Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, text, Markup("").join([*parts, *marks])
    )


def _at(x: Axis, y: Axis, a: float, b: float) -> tuple[float, float]:
    """Where the point (a, b) lies in the drawing."""
    return (
        _LEFT + x.place(a) * (_WIDTH - _LEFT - _RIGHT),
        _HEIGHT - _BOTTOM - y.place(b) * (_HEIGHT - _TOP - _BOTTOM),
    )


def _polyline(x: Axis, y: Axis, places: Sequence[tuple[float, float]], style: str) -> Markup:
    text = " ".join(f"{left:.1f},{top:.1f}" for left, top in (_at(x, y, *place) for place in places))
    return Markup('<polyline class="{}" points="{}"/>').format(style, text)


def _dot(x: Axis, y: Axis, a: float, b: float, style: str) -> Markup:
    left, top = _at(x, y, a, b)
    return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="4.5"/>').format(style, left, top)


def _short(value: float) -> str:
    """A power of ten as people write it: 1,000, 1 M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g} {unit}"
    return f"{value:g}"
