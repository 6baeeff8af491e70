"""Helpers for the notebooks of EE P 590: a look at your Python, pictures, and checking gradients by numbers.

It contains no answers. You may read it and use it; grading uses the original, whatever you change here.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from collections.abc import Callable, Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

# NumPy, PyTorch and matplotlib are imported where they are needed: `check_environment` must be able to say
# that one of them is missing.
if TYPE_CHECKING:
    import numpy as np

PACKAGES = ("numpy", "torch", "matplotlib")
OLDEST_PYTHON = (3, 10)


def check_environment() -> None:
    """Print the versions of what this homework needs, or raise ImportError saying what is missing.

    The three packages of PACKAGES are all there is to install.
    """
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise ImportError(
            f"This is Python {platform.python_version()}; the homework needs {wanted} or newer."
        )
    versions, problems = [f"Python {platform.python_version()}"], []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.import_module(name).__version__}")
        except ModuleNotFoundError as error:
            missing = error.name if error.name != name else ""
            problems.append(f"{name} (it needs {missing}, which is missing)" if missing else name)
        except Exception as error:  # a broken installation can fail in any way
            problems.append(f"{name} (installed, but broken: {error})")
    if problems:
        raise ImportError(
            f"Missing: {', '.join(problems)}.\n"
            "Install into the Python that runs this notebook, then restart the kernel:\n"
            f"    {sys.executable} -m pip install {' '.join(PACKAGES)}\n"
            "Or open the notebook where all of it is installed already, for example in Google Colab."
        )
    print(", ".join(versions) + ": everything is there.")


def relative_error(a: Any, b: Any) -> float:
    """The largest difference of `a` and `b`, as a part of the largest value in either; 0 where both are zero.

    `a` and `b`: arrays, tensors or numbers of the same shape; raises ValueError where the shapes differ.
    Differences are related to the largest value, not each to its own: a gradient that is exactly zero cannot
    be computed numerically to any relative precision.
    """
    import numpy as np

    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"the shapes differ: {a.shape} and {b.shape}")
    scale = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return float(np.abs(a - b).max(initial=0.0) / scale) if scale else 0.0


def numeric_gradient(f: Callable[[np.ndarray], Any], x: Any, df: Any, h: float = 1e-5) -> np.ndarray:
    """The gradient of `sum(f(x) * df)` with respect to `x`, by central differences in float64.

    `f` takes an array like `x` and returns an array; it must use its argument: `x` itself is never changed.
    `df`: the upstream gradient, of the shape of `f(x)`. The result has the shape of `x`. With two calls of
    `f` for each value of `x`, this is for small arrays.
    """
    import numpy as np

    x, df = np.array(x, dtype=np.float64), np.asarray(df, dtype=np.float64)
    gradient: np.ndarray = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        change = np.asarray(f(above), dtype=np.float64) - np.asarray(f(below), dtype=np.float64)
        gradient[index] = np.sum(change * df) / (2 * h)
    return gradient


def show_maps(maps: Mapping[str, Any]) -> None:
    """Show two-dimensional arrays or tensors side by side, each under its name; the lowest value is black."""
    if not _someone_looks():
        return
    import matplotlib.pyplot as plt

    _, row = plt.subplots(1, len(maps), figsize=(2.2 * len(maps), 2.4), squeeze=False, dpi=80)
    for axes, (name, values) in zip(row[0], maps.items(), strict=True):
        axes.imshow(_array(values), cmap="gray")
        axes.set_title(f"{name}\n{tuple(values.shape)}", fontsize=9)
        axes.set_axis_off()
    plt.show()


def plot_curves(curves: Mapping[str, Any], xlabel: str = "", ylabel: str = "", x: Any = None) -> None:
    """Plot sequences of numbers against `x` or their index, each named in the legend; dashed where all are equal."""
    if not _someone_looks():
        return
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(figsize=(5.2, 2.8), dpi=80)
    colors = cycle(("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#222222"))
    for (name, values), color in zip(curves.items(), colors, strict=False):
        values = _array(values)
        flat = len(values) > 1 and (values == values[0]).all()
        at = range(len(values)) if x is None else x
        axes.plot(at, values, "--" if flat else "-", color=color, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend(frameon=False, fontsize=8)
    plt.show()


def _someone_looks() -> bool:
    """Whether pictures go anywhere. During grading, which sets this variable, drawing only takes time."""
    return os.environ.get("MPLBACKEND", "").lower() != "agg"


def _array(values: Any) -> np.ndarray:
    """`values`, be they a tensor with a gradient, an array or a list, as an array."""
    import numpy as np

    return np.asarray(values.detach() if hasattr(values, "detach") else values)
