"""Draws the figures of hw4: `python source/hw4/figures/scripts/make_figures.py [folder]`.

Each function below draws the figure of its name; `figures/<name>.png` is what it drew. The pictures are the
same every time, read on white whatever the notebook's theme, and keep their meaning without color.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from drawing import BLUE, FAINT, INK, PALE_BLUE, PALE_GREEN, PALE_ORANGE, VERMILION, canvas, draw
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from pictures import SHAPES, make_pictures


def ten_shapes() -> Figure:
    """Two pictures of each class."""
    pictures, labels = make_pictures(150, 7)
    figure = Figure((5.6, 1.6), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(2, 10)
    for label, name in enumerate(SHAPES):
        for row, place in enumerate(np.flatnonzero(labels == label)[:2]):
            grid[row, label].imshow(pictures[place].transpose(1, 2, 0), interpolation="nearest")
            grid[row, label].set_axis_off()
        grid[0, label].set_title(name, fontsize=8)
    return figure


def baseline_network() -> Figure:
    """The baseline from left to right: sizes of maps, and where its parameters and MACs are."""
    figure, axes = canvas(8.4, 2.7, 84, 27)
    stages = [
        ("2 x Conv Block\n32", 32, 9, "32 × 32", 10_144),
        ("2 x Conv Block\n64", 64, 7.5, "16 × 16", 55_424),
        ("2 x Conv Block\n128", 128, 6, "8 × 8", 221_440),
        ("2 x Conv Block\n128", 128, 5, "4 × 4", 295_168),
    ]
    x = 1.0
    for number, (text, _, half, size, parameters) in enumerate(stages):
        axes.add_patch(Rectangle((x, 14 - half), 11, 2 * half, facecolor=PALE_BLUE, edgecolor=INK))
        axes.text(x + 5.5, 15, text, ha="center", va="center", size=9)
        axes.text(x + 5.5, 11, size, ha="center", va="center", size=9)
        axes.text(x + 5.5, 1.5, f"{parameters:,}", ha="center", va="center", size=9)
        axes.add_patch(Rectangle((x + 11.6, 11), 2.2, 6, facecolor=PALE_ORANGE, edgecolor=INK))
        axes.text(
            x + 12.7,
            14,
            "max" + (" + drop" if number < 3 else ""),
            ha="center",
            va="center",
            size=7,
            rotation=90,
        )
        x += 14.4
    for text, parameters in (("FC\n256", 131_328), ("FC\n128", 32_896), ("FC\n10", 1_290)):
        axes.add_patch(Rectangle((x, 10), 7.3, 8, facecolor=PALE_GREEN, edgecolor=INK))
        axes.text(x + 3.65, 14, text, ha="center", va="center", size=9)
        axes.text(x + 3.65, 1.5, f"{parameters:,}", ha="center", va="center", size=9)
        x += 8.3
    axes.text(
        1, 25.6, "parameters below each part: 747,690 in all, 22.1 % of them in the linear layers", size=9
    )
    return figure


def from_values_to_points() -> Figure:
    """The three curves: accuracy, parameters, MACs."""
    figure = Figure((8.4, 2.9), layout="constrained")
    FigureCanvasAgg(figure)
    curves = [
        ("accuracy", (0.5, 0.85), 10, (0.4, 1.0), False, BLUE),
        ("parameters", (747_690, 7_500), 7, (2e3, 2e6), True, VERMILION),
        ("MACs", (43_517_184, 600_000), 7, (1e5, 1e8), True, VERMILION),
    ]
    for axes, (name, (none, full), points, limits, logarithmic, color) in zip(
        figure.subplots(1, 3), curves, strict=True
    ):
        ends = (limits[0], none, full, limits[1]) if none < full else (limits[0], full, none, limits[1])
        heights = (0, 0, points, points) if none < full else (points, points, 0, 0)
        axes.plot(ends, heights, color=color, linewidth=2)
        axes.plot((none, full), (0, points), "o", color=INK, markersize=4)
        axes.set(xlabel=name, ylim=(-0.4, 10.8), xlim=limits)
        if logarithmic:
            axes.set_xscale("log")
            axes.text(0.05, 0.93, "from 80 % accuracy on", transform=axes.transAxes, size=8)
        else:
            axes.set_ylabel("points")
            axes.axvline(0.8, color=FAINT, linestyle=":")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        for value, height in ((none, 0), (full, points)):
            text = f"{value:.0%}" if value < 1 else f"{value:,}"
            axes.annotate(
                f"{text}: {height}", (value, height), (0, 5), textcoords="offset points", ha="center", size=8
            )
        axes.spines[["top", "right"]].set_visible(False)
    return figure


FIGURES = (ten_shapes, baseline_network, from_values_to_points)

if __name__ == "__main__":
    draw(FIGURES, __file__)
