"""What the scripts that draw figures share: colors, empty drawings, tables of numbers, and saving.

A script beside this file defines one function for each figure, collects them as FIGURES, and ends with
`draw(FIGURES, __file__)`. The other assignments link to this file: each script finds it in its own folder.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

# Okabe and Ito's colors: told apart by color-blind readers too.
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
INK, FAINT = "#222222", "#9a9a9a"
# Light fills for boxes and cells, of blue, orange and green.
PALE_BLUE, PALE_ORANGE, PALE_GREEN = "#cfe6f5", "#fbe7c3", "#cdebe0"
DPI = 120


def plot(width: float, height: float, xlabel: str, ylabel: str) -> tuple[Figure, Axes]:
    """A figure of `width` by `height` inches with one pair of axes."""
    figure = Figure((width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_xlabel(xlabel, size=12)
    axes.set_ylabel(ylabel, size=12)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def canvas(width: float, height: float, right: float, top: float) -> tuple[Figure, Axes]:
    """An empty drawing of `width` by `height` inches whose coordinates go from 0 to `right` and to `top`."""
    figure = Figure((width, height))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, right), ylim=(0, top))
    axes.set_axis_off()
    return figure, axes


def table(axes: Axes, left: float, bottom: float, values: np.ndarray, colors: np.ndarray) -> None:
    """Draw a matrix as boxes of one unit, each with its value and its color."""
    for (a, b), value in np.ndenumerate(values):
        x, y = left + b, bottom + len(values) - 1 - a
        axes.add_patch(Rectangle((x, y), 1, 1, facecolor=str(colors[a, b]), edgecolor=INK, linewidth=1))
        axes.text(x + 0.5, y + 0.47, minus(value), ha="center", va="center", size=12)


def minus(value: object, bracket: bool = False) -> str:
    """A number with a minus sign instead of a hyphen, on demand in brackets where it is negative."""
    text = str(value).replace("-", "−")
    return f"({text})" if bracket and text.startswith("−") else text


def save(function: Callable[[], Figure], folder: Path) -> Path:
    """Draw the figure of `function` into `folder`, under its name; gives the file."""
    path = folder / f"{function.__name__}.png"
    # Without the line that names matplotlib's version, an upgrade alone changes no file.
    function().savefig(path, dpi=DPI, facecolor="white", metadata={"Software": None})
    return path


def draw(figures: Iterable[Callable[[], Figure]], script: str) -> None:
    """Draw all figures of `script` into the folder named on the command line, or the one above the script's."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(script).resolve().parents[1]
    for function in figures:
        print(save(function, folder))
