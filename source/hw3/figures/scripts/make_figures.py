"""Draws the figures of hw3: `python source/hw3/figures/scripts/make_figures.py [folder]`.

Each function below draws the figure of its name; `figures/<name>.png` is what it drew. The pictures are the
same every time, read on white whatever the notebook's theme, and keep their meaning without color. What they
show of an exercise's results is asked of the reference solutions.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from drawing import (
    BLUE,
    FAINT,
    INK,
    PALE_BLUE,
    PALE_GREEN,
    PALE_ORANGE,
    VERMILION,
    canvas,
    draw,
    plot,
)
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from homework.reference import reference

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from small_network import CLASSES, load_network, load_pictures

SHIRT = 4  # the test picture of soft_targets


def fake_quantization() -> Figure:
    """The staircase of the 3-bit example, and the factor of its backward pass."""
    _, scale, zero_point = reference("linear_quantize")(np.array([-1.0, -0.31, 0.0, 0.45, 2.0]), 3)
    x = torch.linspace(-1.8, 3.1, 4001, dtype=torch.float64, requires_grad=True)
    y = reference("FakeQuantize").apply(x, scale, zero_point, 3)
    y.sum().backward()
    figure = Figure((8.4, 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    values = x.detach().numpy()
    left.plot(values, values, "--", color=FAINT, linewidth=1, label="$y = x$")
    left.plot(values, y.detach().numpy(), color=BLUE, linewidth=2, label="$y$")
    left.set(xlabel="$x$", ylabel="$y$", title="forward: eight levels")
    left.legend(frameon=False)
    assert x.grad is not None
    right.plot(values, x.grad.numpy(), color=VERMILION, linewidth=2)
    right.set(
        xlabel="$x$", ylabel="factor of the gradient", title="backward: straight through", ylim=(-0.1, 1.25)
    )
    right.text(0.65, 1.08, "passes", ha="center")
    for place in (-1.45, 2.75):
        right.text(place, 0.08, "stops", ha="center")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def soft_targets() -> Figure:
    """What the small network says of one shirt, at three temperatures."""
    pictures, labels = load_pictures("test")
    assert CLASSES[int(labels[SHIRT])] == "shirt"
    with torch.no_grad():
        logits = load_network()(pictures[SHIRT : SHIRT + 1])[0]
    figure = Figure((8.4, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, T in zip(figure.subplots(1, 3, sharey=True), (1, 4, 16), strict=True):
        axes.barh(CLASSES, torch.softmax(logits / T, 0).numpy(), color=BLUE)
        axes.set(title=f"$T = {T}$", xlim=(0, 1), xlabel="probability")
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylim(9.6, -0.6)
    return figure


def scree() -> Figure:
    """The singular values of the small network's layer fc1."""
    sigma = np.linalg.svd(load_network().fc1.weight.detach().double().numpy(), compute_uv=False)
    figure, axes = plot(6.4, 3.3, "number $i$ of the singular value", r"$\sigma_i$")
    axes.plot(np.arange(1, len(sigma) + 1), sigma, "o-", color=BLUE, markersize=3.5, linewidth=1)
    axes.set(xlim=(0, 65), ylim=(0, 5.8), xticks=(1, 8, 16, 24, 32, 40, 48, 56, 64))
    axes.grid(color="#e5e5e5", linewidth=0.6)
    return figure


def _box(axes: Axes, left: float, bottom: float, width: float, height: float, text: str, color: str) -> None:
    axes.add_patch(Rectangle((left, bottom), width, height, facecolor=color, edgecolor=INK, linewidth=1.2))
    axes.text(left + width / 2, bottom + height / 2, text, ha="center", va="center", size=12, linespacing=1.4)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.3})


def low_rank_layers() -> Figure:
    """One matrix, and the two thin ones whose product replaces it."""
    figure, axes = canvas(7.8, 2.7, 15.6, 5.4)
    _box(axes, 0.6, 1.0, 5.0, 3.0, "$W$\n$m \\times n$", PALE_BLUE)
    axes.text(3.1, 4.35, "$mn$ weights", ha="center", size=12)
    axes.text(6.75, 2.5, "≈", ha="center", va="center", size=24)
    _box(axes, 7.9, 1.0, 0.9, 3.0, "$B$", PALE_ORANGE)
    axes.text(8.35, 0.45, "$m \\times r$", ha="center", size=12)
    _box(axes, 9.4, 3.1, 5.0, 0.9, "$A$", PALE_GREEN)
    axes.text(11.9, 2.5, "$r \\times n$", ha="center", size=12)
    axes.text(11.2, 4.35, "$r(m + n)$ weights", ha="center", size=12)
    return figure


def fire_module() -> Figure:
    """The first fire module of SqueezeNet, with its numbers of channels."""
    figure, axes = canvas(8.4, 3.0, 16.8, 6.0)
    axes.text(0.9, 3.0, "96\nchannels", ha="center", va="center", size=12)
    _box(axes, 2.6, 2.1, 3.0, 1.8, "squeeze\n16 of 1 × 1\nReLU", PALE_BLUE)
    _box(axes, 7.8, 3.6, 3.4, 1.8, "expand\n64 of 1 × 1\nReLU", PALE_GREEN)
    _box(axes, 7.8, 0.6, 3.4, 1.8, "expand\n64 of 3 × 3, pad 1\nReLU", PALE_ORANGE)
    _box(axes, 13.0, 2.1, 1.0, 1.8, "cat", "white")
    axes.text(15.9, 3.0, "128\nchannels", ha="center", va="center", size=12)
    for start, end in (
        ((1.75, 3.0), (2.6, 3.0)),
        ((5.6, 3.2), (7.8, 4.5)),
        ((5.6, 2.8), (7.8, 1.5)),
        ((11.2, 4.5), (13.0, 3.3)),
        ((11.2, 1.5), (13.0, 2.7)),
        ((14.0, 3.0), (15.0, 3.0)),
    ):
        _arrow(axes, start, end)
    axes.text(6.6, 4.25, "16", ha="center", size=11)
    axes.text(6.6, 1.6, "16", ha="center", size=11)
    axes.text(12.2, 4.15, "first", ha="center", size=11)
    axes.text(12.2, 1.7, "then", ha="center", size=11)
    return figure


FIGURES = (fake_quantization, soft_targets, scree, low_rank_layers, fire_module)

if __name__ == "__main__":
    draw(FIGURES, __file__)
