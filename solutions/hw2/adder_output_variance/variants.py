"""Right ways to write `adder_output_variance` that students take. Each must get full marks."""

import math

import numpy as np
import torch

from homework.judge import variant


@variant
def numpy_float(kernel_size, c_in, var_x, var_w):
    """A NumPy float."""
    return np.float64(1 - 2 / np.pi) * np.square(kernel_size) * c_in * np.add(var_x, var_w)


@variant
def single_precision(kernel_size, c_in, var_x, var_w):
    """A tensor without dimensions, in float32."""
    factor = torch.tensor(1.0) - 2.0 / torch.pi
    return factor * kernel_size * kernel_size * c_in * (torch.tensor(var_x) + torch.tensor(var_w))


@variant
def second_moment_less_squared_mean(kernel_size, c_in, var_x, var_w):
    """E[D²] - E[|D|]² for the half-normal |D|."""
    var_d = var_x + var_w
    mean_abs = math.sqrt(2 * var_d / math.pi)
    var_abs = var_d - mean_abs**2
    return var_abs * (kernel_size**2 * c_in)


@variant
def factored_by_pi(kernel_size, c_in, var_x, var_w):
    """(pi - 2) / pi in place of 1 - 2 / pi."""
    terms = math.prod((kernel_size, kernel_size, c_in))
    return terms * (math.pi - 2) * (var_x + var_w) / math.pi


@variant
def added_up(kernel_size, c_in, var_x, var_w):
    """Independent terms: a sum of variances, in a loop."""
    total = 0.0
    for _ in range(c_in):
        for _ in range(kernel_size**2):
            total += (1 - 2 / math.pi) * (var_x + var_w)
    return total


@variant
def integrated_numerically(kernel_size, c_in, var_x, var_w):
    """Moments of |D| by a sum over a fine grid."""
    z = np.linspace(0, 12, 200_001)
    density = 2 * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    mean, square = np.trapezoid(z * density, z), np.trapezoid(z**2 * density, z)
    return float((square - mean**2) * (var_x + var_w) * kernel_size**2 * c_in)


@variant
def array_of_one(kernel_size, c_in, var_x, var_w):
    """An array of a single number."""
    return np.array([1 - 2 / np.pi]) * kernel_size**2 * c_in * (var_x + var_w)
