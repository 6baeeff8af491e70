"""Draws the figures of hw1: `python source/hw1/figures/scripts/make_figures.py [folder]`.

Each function below draws the figure of its name; `figures/<name>.png` is what it drew. The pictures are the
same every time, read on white whatever the notebook's theme, and keep their meaning without color.

`homework release` hands out the notebook, `*.py` beside it and `figures/*.png`; this folder stays here. No
answer is written down in it all the same: which learning rate has which letter is asked of the reference
solution.
"""

from __future__ import annotations

import numpy as np
import torch
from drawing import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    PALE_BLUE,
    PALE_GREEN,
    PALE_ORANGE,
    VERMILION,
    canvas,
    draw,
    minus,
    plot,
    table,
)
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from homework.reference import reference


def overview() -> Figure:
    """What the homework builds: an input, a kernel, their cross-correlation, and the map after normalization."""
    image = np.zeros((24, 32))
    image[6:18, 8:24] = 1.0
    image[10:14, 13:19] = 0.3
    kernel = np.array([[1, -1]])
    found = reference("cross_corr_2d")(torch.from_numpy(image), torch.from_numpy(kernel * 1.0)).numpy()
    forward, of_one = reference("spatial_batchnorm_forward"), (np.ones(1), np.zeros(1), {"mode": "train"})
    normalized = forward(found[None, None], *of_one)[0][0, 0]
    figure, axes = canvas(7.6, 2.5, 15.2, 5.0)
    for left, part, name, values in (
        (0.1, "part 1", "input, 24 × 32", image),
        (7.3, "part 1", "cross-correlation", found),
        (11.6, "part 2", "normalized", normalized),
    ):
        axes.imshow(values, cmap="gray", extent=(left, left + 3.5, 1.2, 3.9), aspect="auto")
        axes.add_patch(Rectangle((left, 1.2), 3.5, 2.7, fill=False, edgecolor=FAINT))
        spread = f"from {values.min():.1f} to {values.max():.1f},\nstandard deviation {values.std():.2f}"
        text = f"{name}\n{minus(spread)}" if values is not image else name
        axes.text(left + 1.75, 1.05, text, ha="center", va="top", size=9.5, linespacing=1.25)
        axes.text(left + 1.75, 4.2, part, size=11, weight="bold", ha="center")
    axes.text(4.0, 2.5, "⋆", size=18, ha="center", va="center")
    table(axes, 4.4, 2.05, kernel, np.full(kernel.shape, PALE_ORANGE))
    axes.text(5.4, 1.9, "kernel", ha="center", va="top", size=9.5)
    axes.text(6.85, 2.5, "→", size=16, ha="center", va="center")
    axes.text(11.2, 2.5, "→", size=16, ha="center", va="center")
    axes.set(xlim=(0, 15.2), ylim=(0, 5))
    return figure


def learning_rates() -> Figure:
    """Loss against epoch for four learning rates, lettered as in the reference solution."""
    figure, axes = plot(6.4, 3.6, "epoch", "training loss")
    epoch = np.linspace(0, 30, 121)
    noise = np.random.default_rng(590).normal(0, 0.012, (4, len(epoch)))
    curves = {
        "low": 2.3 - 0.021 * epoch,
        "optimal": 0.22 + 2.08 * np.exp(-epoch / 4.5),
        "high": 1.12 + 1.18 * np.exp(-epoch / 1.3),
        "very high": 2.3 + 0.06 * np.expm1(epoch / 2.6),
    }
    letters = {label: letter for letter, label in reference("learning_rate_labels").items()}  # type: ignore[attr-defined]
    styles = {"A": (BLUE, "-"), "B": (VERMILION, "--"), "C": (GREEN, "-."), "D": (INK, ":")}
    for (label, loss), wobble in zip(curves.items(), noise, strict=True):
        color, style = styles[letters[label]]
        loss = loss + wobble * np.minimum(epoch, 1)
        shown = loss < 3.3
        axes.plot(epoch[shown], loss[shown], style, color=color, linewidth=2.2)
        x, y = epoch[shown][-1], loss[shown][-1]
        axes.annotate(
            letters[label],
            (x, y),
            (7, 0),
            textcoords="offset points",
            va="center",
            color=color,
            size=14,
            weight="bold",
        )
    axes.set(xlim=(0, 32), ylim=(0, 3.5), xticks=range(0, 31, 5), yticks=range(4))
    axes.grid(color="#e6e6e6")
    return figure


def activation() -> Figure:
    """The activation function of the warm-up with its two slopes."""
    figure, axes = plot(4.8, 3.2, "$x$", "$f(x)$")
    x = np.array([-6.0, 0.0, 6.0])
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.plot(x, np.where(x > 0, x, 0.1 * x), color=BLUE, linewidth=2.6)
    # Slope triangles: one step to the right, so much upwards.
    for start, run, rise, text, place in (
        (3.0, 2.0, 2.0, "slope 1", (5.2, 3.7)),
        (-5.0, 3.0, 0.3, "slope 0.1", (-3.5, -1.25)),
    ):
        y = start if start > 0 else 0.1 * start
        axes.plot([start, start + run, start + run], [y, y, y + rise], color=VERMILION, linewidth=1.4)
        axes.text(*place, text, color=VERMILION, size=11, ha="left" if start > 0 else "center")
    axes.set(xlim=(-6, 7.4), ylim=(-2, 6), xticks=range(-6, 7, 2), yticks=range(-2, 7, 2))
    axes.grid(color="#ececec")
    return figure


def cross_correlation() -> Figure:
    """The handout's example at its first and at its last position."""
    X = np.array([[0, 5, 8], [2, -1, 4], [4, 3, 7]])
    K = np.array([[5, -1], [3, 1]])
    figure, axes = canvas(7.6, 4.5, 15.2, 9.0)
    for row, (i, j) in enumerate(((0, 0), (1, 1))):
        low = 4.3 - 3.9 * row
        window = X[i : i + 2, j : j + 2]
        value = int(np.sum(window * K))
        in_window = np.zeros(X.shape, bool)
        in_window[i : i + 2, j : j + 2] = True
        table(axes, 0.5, low, X, np.where(in_window, PALE_BLUE, "white"))
        axes.add_patch(
            Rectangle((0.5 + j, low + 1 - i), 2, 2, fill=False, edgecolor=BLUE, linewidth=2.8, zorder=3)
        )
        axes.text(4.25, low + 1.45, "⋆", size=20, ha="center", va="center")
        table(axes, 5.0, low + 0.5, K, np.full(K.shape, PALE_ORANGE))
        axes.text(7.75, low + 1.45, "→", size=18, ha="center", va="center")
        Y = np.full((2, 2), "", dtype=object)
        color = np.full(Y.shape, "white", dtype=object)
        for p in range(2):
            for q in range(2):
                if (p, q) <= (i, j):
                    Y[p, q] = int(np.sum(X[p : p + 2, q : q + 2] * K))
        color[i, j] = PALE_GREEN
        table(axes, 8.5, low + 0.5, Y, color)
        first, second, third, fourth = (
            f"{minus(x, bracket=True)}·{minus(k, bracket=True)}"
            for x, k in zip(window.flat, K.flat, strict=True)
        )
        axes.text(10.95, low + 2.25, f"$Y_{{{i},{j}}}$", size=13, va="center")
        axes.text(10.95, low + 1.5, f"= {first} + {second}", size=11, va="center")
        axes.text(11.28, low + 0.95, f"+ {third} + {fourth}", size=11, va="center")
        axes.text(10.95, low + 0.4, f"= {minus(value)}", size=11, va="center", weight="bold")
    for x, text in (
        (2.0, "input $X$\n$(H, W) = (3, 3)$"),
        (6.0, "kernel $K$\n$(h, w) = (2, 2)$"),
        (9.5, "output $Y$\n$(2, 2)$"),
    ):
        axes.text(x, 7.65, text, size=10.5, ha="center", va="bottom", linespacing=1.4)
    axes.text(
        10.95, 7.65, "first position (above),\nlast position (below)", size=10.5, va="bottom", linespacing=1.4
    )
    return figure


def batchnorm_axes() -> Figure:
    """Which values share one mean and one variance: a column of features, a channel of feature maps."""
    figure, axes = canvas(7.6, 3.75, 15.2, 7.5)
    colors = [(PALE_BLUE, BLUE, ""), (PALE_ORANGE, "#a86f00", "///"), (PALE_GREEN, GREEN, "...")]
    # Left: N rows, D columns.
    for n in range(4):
        for d in range(3):
            face, edge, hatch = colors[d]
            axes.add_patch(
                Rectangle(
                    (1.0 + d, 4.9 - n), 0.9, 0.85, facecolor=face, edgecolor=edge, hatch=hatch, linewidth=1
                )
            )
    for d in range(3):
        axes.text(
            1.45 + d,
            1.35,
            f"$\\mu_{d}$\n$\\sigma_{d}^2$",
            ha="center",
            va="center",
            size=11,
            color=colors[d][1],
        )
    axes.text(2.45, 6.75, "vanilla: $x$ of shape $(N, D)$", ha="center", size=11)
    axes.text(2.45, 6.1, "features $D$ →", ha="center", size=9, color=INK)
    axes.text(0.5, 3.8, "minibatch $N$ →", rotation=-90, ha="center", va="center", size=9, color=INK)
    axes.text(2.45, 0.35, "one pair per column,\nfrom $N$ values", ha="center", va="center", size=9.5)
    # Right: N rows, C columns of small maps.
    for n in range(4):
        for c in range(3):
            face, edge, hatch = colors[c]
            left, low = 6.6 + 2.7 * c, 4.95 - 1.0 * n
            axes.add_patch(
                Rectangle((left, low), 2.0, 0.78, facecolor=face, edgecolor=edge, hatch=hatch, linewidth=1)
            )
            for line in range(1, 5):
                axes.plot([left + 0.4 * line] * 2, [low, low + 0.78], color=edge, linewidth=0.6)
            for line in range(1, 3):
                axes.plot([left, left + 2.0], [low + 0.26 * line] * 2, color=edge, linewidth=0.6)
    for c in range(3):
        axes.text(
            7.6 + 2.7 * c,
            1.35,
            f"$\\mu_{c}$\n$\\sigma_{c}^2$",
            ha="center",
            va="center",
            size=11,
            color=colors[c][1],
        )
    axes.text(10.3, 6.75, "spatial: $x$ of shape $(N, C, H, W)$", ha="center", size=11)
    axes.text(10.3, 6.1, "channels $C$ →", ha="center", size=9)
    axes.text(6.1, 3.8, "minibatch $N$ →", rotation=-90, ha="center", va="center", size=9)
    axes.text(14.3, 4.95, "$W$ →", ha="left", va="bottom", size=9)
    axes.text(14.3, 5.5, "$H$ ↓", ha="left", va="bottom", size=9)
    axes.text(
        10.3,
        0.35,
        "one pair per channel,\nfrom all $N·H·W$ values of that channel",
        ha="center",
        va="center",
        size=9.5,
    )
    axes.plot([5.2, 5.2], [0.2, 7.1], color="#cccccc", linewidth=1)
    return figure


def batchnorm_graph() -> Figure:
    """The computational graph of the forward pass in training mode."""
    figure, axes = canvas(7.6, 2.5, 15.2, 5.0)
    top, low = 4.1, 1.8
    inputs, result, inner = PALE_BLUE, PALE_GREEN, "white"
    for x, y, half, color, text in (
        (1.1, top, 0.6, inputs, "$x$"),
        (3.1, low, 0.6, inner, "$\\mu$"),
        (4.9, top, 1.0, inner, "$x - \\mu$"),
        (6.8, low, 0.6, inner, "$\\sigma^2$"),
        (9.2, low, 1.0, inner, "$\\sqrt{\\sigma^2+\\epsilon}$"),
        (10.1, top, 0.6, inner, "$\\hat{x}$"),
        (11.9, low, 0.6, inputs, "$\\gamma$"),
        (14.1, low, 0.6, inputs, "$\\beta$"),
        (14.1, top, 0.75, result, "out"),
    ):
        box = FancyBboxPatch(
            (x - half, y - 0.4), 2 * half, 0.8, boxstyle="round,pad=0.06", facecolor=color, edgecolor=INK
        )
        axes.add_patch(box)
        axes.text(x, y, text, ha="center", va="center", size=12)
    up, down = top - 0.46, low + 0.46  # the lower edge of the upper boxes, the upper edge of the lower ones
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}
    for start, end in (
        ((1.76, top), (3.84, top)),
        ((1.4, up), (2.8, down)),
        ((3.4, down), (4.6, up)),
        ((5.96, top), (9.44, top)),
        ((5.2, up), (6.5, down)),
        ((7.46, low), (8.14, low)),
        ((9.35, down), (9.95, up)),
        ((10.76, top), (13.29, top)),
        ((11.9, down), (11.9, top)),
        ((14.1, down), (14.1, up)),
    ):
        axes.annotate("", end, start, arrowprops=style)
    for x, y, text in (
        (1.5, 2.9, "mean"),
        (4.75, 2.9, "subtract"),
        (6.75, 2.95, "mean of\nsquares"),
        (7.7, 4.4, "divide"),
        (12.0, 4.4, "scale, shift"),
    ):
        axes.text(x, y, text, size=9.5, ha="center", va="center", color="#a84a00")
    for x, text in (
        (3.1, "one per channel"),
        (8.0, "one each per channel"),
        (13.0, "learned, one each per channel"),
    ):
        axes.text(x, 0.85, text, size=9, ha="center", color="#555555")
    axes.text(
        7.6,
        0.2,
        "$x$ influences out directly, through $\\mu$, and through $\\sigma^2$.",
        size=10,
        ha="center",
    )
    return figure


FIGURES = (overview, learning_rates, activation, cross_correlation, batchnorm_axes, batchnorm_graph)

if __name__ == "__main__":
    draw(FIGURES, __file__)
