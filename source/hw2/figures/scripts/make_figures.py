"""Draws the figures of hw2: `python source/hw2/figures/scripts/make_figures.py [folder]`.

Each function below draws the figure of its name; `figures/<name>.png` is what it drew. The pictures are the
same every time, read on white whatever the notebook's theme, and keep their meaning without color. What they
show of an exercise's results is asked of the reference solutions.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
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
    plot,
    table,
)
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from homework.reference import reference

KINDS = ("regular", "depthwise", "pointwise", "separable", "inverted")


def adder_responses() -> Figure:
    """One filter, one image with its pattern and a bright square: where the two kinds of layer respond most."""
    filter_ = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    image = torch.zeros(8, 14)
    image[3:6, 2:5] = filter_
    image[2:5, 9:12] = 2.0
    X, W = image[None, None], filter_[None, None]
    responses = {  # adding 0 makes 0 of -0
        "cross-correlation": (F.conv2d(X, W)[0, 0].numpy(), VERMILION, "--"),
        "adder layer": (reference("adder2d_forward")(X, W)[0, 0].numpy() + 0.0, BLUE, "-"),
    }
    figure = Figure((7.6, 4.6))
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 2, left=0.02, right=0.98, top=0.9, bottom=0.09, wspace=0.08, hspace=0.42)
    axes = figure.add_subplot(grid[0, 0])
    _map(axes, image.numpy(), "input $X$, 8 × 14")
    for response, color, style in responses.values():
        _frame(axes, response, 3, color, style)
    _map(figure.add_subplot(grid[0, 1]), filter_.numpy(), "filter $W$, 3 × 3")
    for column, (name, (response, color, style)) in enumerate(responses.items()):
        below = figure.add_subplot(grid[1, column])
        _map(below, response, f"{name}, {response.shape[0]} × {response.shape[1]}")
        _frame(below, response, 1, color, style)
        pattern, square, nothing = response[3, 2], response[2, 9], response[0, 0]
        text = f"pattern {pattern:.0f}, square {square:.0f}, background {nothing:.0f}"
        below.text(
            0.5, -0.12, text.replace("-", "−"), transform=below.transAxes, ha="center", va="top", size=10
        )
    return figure


def adder_gradients() -> Figure:
    """The derivatives of -|x - w| and what AdderNet puts in their place."""
    figure = Figure((7.6, 3.1), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, sharey=True)
    difference = np.linspace(-3, 3, 601)
    for axes, sign, surrogate, color, name, title in (
        (left, 1, difference, BLUE, "$x - w$", "for the weights"),
        (
            right,
            -1,
            np.clip(-difference, -1, 1),
            VERMILION,
            "$\\mathrm{HardTanh}(w - x)$",
            "for the inputs",
        ),
    ):
        axes.axhline(0, color=FAINT, linewidth=0.8)
        axes.axvline(0, color=FAINT, linewidth=0.8)
        for side in (difference < 0, difference > 0):
            label = "derivative (see 1.5)" if side[0] else None
            axes.plot(
                difference[side],
                sign * np.sign(difference[side]),
                "--",
                color=INK,
                linewidth=1.8,
                label=label,
            )
        axes.plot(difference, surrogate, color=color, linewidth=2.6, label=f"surrogate {name}")
        axes.set(xlim=(-3, 3), ylim=(-3.2, 4.6), xticks=range(-3, 4), yticks=range(-3, 4))
        axes.set_title(title, size=12)
        axes.set_xlabel("$x - w$", size=12)
        axes.legend(frameon=False, fontsize=10, loc="upper left" if sign > 0 else "upper right")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#ececec")
    return figure


def neuron_pruning() -> Figure:
    """The example of `neuron_prune`: what goes with the second of three hidden neurons."""
    W1, b1 = np.array([[1, 2], [3, -1], [0, 1]]), np.array([[0], [1], [-1]])
    W2, b2 = np.array([[1, -1, 2]]), np.array([[0.5]])
    keep = [0, 2]
    small = reference("neuron_prune")(W1, b1[:, 0], W2, b2[:, 0], keep)
    figure, axes = canvas(7.6, 2.3, 18.4, 5.57)
    gone = 1
    for left, parts, removed in (
        (0.5, (W1, b1, W2, b2), True),
        (10.4, (small[0], small[1][:, None], small[2], small[3][:, None]), False),
    ):
        x = left
        for name, values in zip(("W_1", "b_1", "W_2", "b_2"), parts, strict=True):
            colors = np.full(values.shape, PALE_BLUE, dtype=object)
            colors[:, :] = PALE_GREEN if name == "b_2" else PALE_BLUE
            bottom = 2.4 - values.shape[0] / 2
            if removed and name in ("W_1", "b_1"):
                colors[gone] = PALE_ORANGE
            elif removed and name == "W_2":
                colors[:, gone] = PALE_ORANGE
            table(axes, x, bottom, values, colors)
            if removed and name in ("W_1", "b_1"):
                y = bottom + len(values) - gone - 0.5
                axes.plot([x - 0.12, x + values.shape[1] + 0.12], [y, y], color=VERMILION, linewidth=2.2)
            elif removed and name == "W_2":
                axes.plot(
                    [x + gone + 0.5] * 2, [bottom - 0.12, bottom + 1.12], color=VERMILION, linewidth=2.2
                )
            axes.text(x + values.shape[1] / 2, 4.2, f"${name}$", ha="center", size=13)
            rows, columns = values.shape
            shape = f"({rows}, {columns})" if name.startswith("W") else f"({rows},)"
            axes.text(x + values.shape[1] / 2, 0.35, shape, ha="center", size=9.5, color="#555555")
            x += values.shape[1] + 0.45
    axes.annotate(
        "", (10.0, 2.4), (9.0, 2.4), arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 1.5}
    )
    axes.text(0.5, 5.0, "hidden neurons 0, 1, 2", size=10.5)
    axes.text(10.4, 5.0, f"keep = {keep}", size=10.5)
    return figure


def fpgm_distances() -> Figure:
    """The example of `fpgm_select`: filters of two weights as points, with norms and sums of distances."""
    W = np.array([[1.0, 1.0], [5.0, 3.0], [8.0, 3.0], [9.0, 2.0], [8.0, 5.0]])
    norms = np.linalg.norm(W, axis=1)
    sums = np.linalg.norm(W[:, None] - W, axis=2).sum(1)
    (median,) = reference("fpgm_select")(W.reshape(5, 1, 1, 2), 1)
    shortest = int(norms.argmin())
    figure, axes = plot(7.6, 4.4, "first weight", "second weight")
    for f, point in enumerate(W):
        if f != median:
            axes.plot(*zip(W[median], point, strict=True), color=BLUE, linewidth=1.2, zorder=1)
    axes.plot(*zip((0, 0), W[shortest], strict=True), "--", color=VERMILION, linewidth=1.6, zorder=1)
    axes.scatter(*W.T, s=70, color=INK, zorder=2)
    axes.scatter(*W[median], s=260, facecolor="none", edgecolor=BLUE, linewidth=2.4, zorder=2)
    axes.scatter(
        *W[shortest], s=260, marker="s", facecolor="none", edgecolor=VERMILION, linewidth=2.4, zorder=2
    )
    places = {
        0: (-0.75, 0.85, "left"),
        1: (-0.2, 0.35, "right"),
        2: (0.4, 0.0, "left"),
        3: (0.3, -0.2, "left"),
    }
    for f, point in enumerate(W):
        dx, dy, side = places.get(f, (0.3, 0.0, "left"))
        text = f"filter {f}\nnorm {norms[f]:.2f}, $D_{f}$ = {sums[f]:.2f}"
        axes.text(point[0] + dx, point[1] + dy, text, ha=side, va="center", size=10, linespacing=1.35)
    axes.text(
        1.45, 0.35, "smallest norm,\nbut nothing else is like it", color=VERMILION, size=10.5, va="center"
    )
    note = "smallest sum of distances:\nFPGM prunes this one"
    axes.annotate(
        note,
        W[median] + (-0.16, 0.22),
        (4.3, 5.1),
        color=BLUE,
        size=10.5,
        va="center",
        arrowprops={"arrowstyle": "-", "color": BLUE, "linewidth": 1},
    )
    axes.plot(0, 0, "+", color=INK, markersize=9)
    axes.set(xlim=(-0.4, 12.4), ylim=(-0.6, 5.9), xticks=range(0, 11, 2), yticks=range(6), aspect="equal")
    axes.grid(color="#ececec")
    return figure


def separable_blocks() -> Figure:
    """The five kinds of layer and block: channels as stripes, what lies between them as arrows."""
    c_in, c_out, t = 3, 4, 3  # as drawn; the names are printed
    full, single, point = "$k$ × $k$, all channels", "$k$ × $k$, per channel", "1 × 1, all channels"
    narrow, wide, out = (c_in, "$c_{in}$"), (t * c_in, "$t\\,c_{in}$"), (c_out, "$c_{out}$")
    blocks = {
        "regular": (narrow, full, out),
        "depthwise": (narrow, single, narrow),
        "pointwise": (narrow, point, out),
        "separable": (narrow, single, narrow, point, out),
        "inverted": (narrow, point, wide, single, wide, point, out),
    }
    figure, axes = canvas(7.6, 5.0, 15.2, 10.0)
    y = 9.35
    for kind, parts in blocks.items():
        tallest = max(part[0] for part in parts if isinstance(part, tuple))
        height = 0.22 * tallest
        middle = y - height / 2
        axes.text(0.2, middle, kind, size=11.5, va="center", weight="bold")
        x = 2.7
        for part in parts:
            if isinstance(part, tuple):
                channels, name = part
                _stack(axes, x, middle, channels, PALE_GREEN if part is out else PALE_BLUE)
                axes.text(x + 0.25, middle + 0.11 * channels + 0.1, name, ha="center", va="bottom", size=10.5)
                x += 0.6
            else:
                length = 3.35
                _arrow(axes, x, x + length - 0.1, middle, part)
                x += length
        y -= height + 0.92
    return figure


def energy() -> Figure:
    """Horowitz's energies of additions and multiplications."""
    figure, axes = plot(6.4, 2.6, "energy of one operation in picojoule, 45 nm", "")
    numbers = ("8-bit integers", "32-bit integers", "32-bit floating point")
    for shift, name, values, color, hatch in (
        (-0.2, "addition", (0.03, 0.1, 0.9), BLUE, ""),
        (0.2, "multiplication", (0.2, 3.1, 3.7), VERMILION, "//"),
    ):
        places = np.arange(3) - shift
        axes.barh(places, values, 0.38, color=color, hatch=hatch, edgecolor="white", label=name)
        for place, value in zip(places, values, strict=True):
            axes.text(value + 0.05, place, f"{value:g}", va="center", size=10)
    axes.set(xlim=(0, 4.2), yticks=range(3), yticklabels=numbers)
    axes.legend(frameon=False, loc="lower right", fontsize=10)
    return figure


def moved(kind: str, size: int, c: int, kernel_size: int, t: int = 4) -> int:
    """Values that a layer or block from `c` to `c` channels moves with an ideal cache: inputs, weights, outputs."""
    place = kernel_size**2
    layers = {  # channels in, channels out, weights
        "regular": [(c, c, place * c * c)],
        "depthwise": [(c, c, place * c)],
        "pointwise": [(c, c, c * c)],
        "separable": [(c, c, place * c), (c, c, c * c)],
        "inverted": [(c, t * c, t * c * c), (t * c, t * c, place * t * c), (t * c, c, t * c * c)],
    }[kind]
    return sum((before + after) * size**2 + weights for before, after, weights in layers)


def cost_bars() -> Figure:
    """Parameters, MACs, memory accesses and ideal traffic of the five kinds, in percent of the regular layer."""
    costs = {
        kind: np.array([*reference("cost_table")(kind, 28, 28, 64, 64, 3), moved(kind, 28, 64, 3)])
        for kind in KINDS
    }
    figure = Figure((9.2, 2.9), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 4, sharey=True)
    names = ("parameters", "MACs", "memory accesses,\nno cache", "values moved,\nideal cache")
    colors = (INK, FAINT, FAINT, BLUE, VERMILION)
    hatches = ("", "", "", "//", "..")
    for measure, (axes, name) in enumerate(zip(panels, names, strict=True)):
        percent = [100 * costs[kind][measure] / costs["regular"][measure] for kind in KINDS]
        bars = axes.barh(KINDS, percent, color=colors, height=0.68)
        for bar, value, hatch in zip(bars, percent, hatches, strict=True):
            bar.set(hatch=hatch, edgecolor="white")
            axes.text(
                value + (13 if measure == 3 else 2),
                bar.get_y() + 0.34,
                f"{value:.1f} %",
                va="center",
                size=10,
            )
        axes.set_title(f"{name}\n100 % = {costs['regular'][measure]:,}", size=10)
        axes.set(xlim=(0, 1080) if measure == 3 else (0, 150))
        axes.set_xticks((0, 250, 500, 750) if measure == 3 else (0, 50, 100))
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(left=False, labelsize=10)
    panels[0].invert_yaxis()
    figure.supxlabel(
        "percent of the regular layer; 64 → 64 channels, $k = 3$, $t = 4$, maps of 28 × 28", size=10
    )
    return figure


def _map(axes: Axes, values: np.ndarray, title: str) -> None:
    axes.imshow(values, cmap="gray")
    axes.set_title(title, size=11)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color(FAINT)


def _frame(axes: Axes, response: np.ndarray, size: int, color: str, style: str) -> None:
    """Frame `size` by `size` values where the response is largest."""
    i, j = np.unravel_index(response.argmax(), response.shape)
    frame = Rectangle(
        (j - 0.5, i - 0.5), size, size, fill=False, edgecolor=color, linewidth=2.8, linestyle=style
    )
    axes.add_patch(frame)


def _stack(axes: Axes, left: float, middle: float, channels: int, color: str) -> None:
    low = middle - 0.11 * channels
    for c in range(channels):
        axes.add_patch(
            Rectangle((left, low + 0.22 * c), 0.5, 0.22, facecolor=color, edgecolor=INK, linewidth=0.8)
        )


def _arrow(axes: Axes, start: float, end: float, y: float, text: str) -> None:
    style = {"arrowstyle": "->", "color": GREEN if "per channel" in text else INK, "linewidth": 1.4}
    axes.annotate("", (end, y), (start, y), arrowprops=style)
    axes.text((start + end) / 2, y + 0.1, text, size=9.5, ha="center", va="bottom", color=style["color"])


FIGURES = (
    energy,
    adder_responses,
    adder_gradients,
    neuron_pruning,
    fpgm_distances,
    separable_blocks,
    cost_bars,
)

if __name__ == "__main__":
    draw(FIGURES, __file__)
