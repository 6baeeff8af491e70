"""Right solutions of `dequantize`, written in other ways: all of them must get full marks."""

import numpy as np
import torch

from homework.judge import variant


@variant
def in_float32(q, scale, zero_point):
    """Converts to float32 first."""
    return (q.astype(np.float32) - zero_point) * np.float32(scale)


@variant
def wide_integers(q, scale, zero_point):
    """Subtracts in int32."""
    return (q.astype(np.int32) - zero_point) * scale


@variant
def two_products(q, scale, zero_point):
    """Multiplies out."""
    return q * float(scale) - zero_point * float(scale)


@variant
def loops(q, scale, zero_point):
    """Number by number."""
    x = np.zeros(q.shape)
    for index, level in np.ndenumerate(q):
        x[index] = (int(level) - int(zero_point)) * scale
    return x


@variant
def table(q, scale, zero_point):
    """Looks the value of each level up."""
    levels = np.arange(-128, 128)
    return ((levels - zero_point) * scale)[np.asarray(q).astype(int) + 128]


@variant
def through_torch(q, scale, zero_point):
    """In torch, which gives a tensor."""
    return (torch.tensor(np.asarray(q), dtype=torch.float32) - zero_point) * scale


@variant
def strong_integer(q, scale, zero_point):
    """A NumPy integer of 64 bits makes NumPy subtract in 64 bits."""
    return np.multiply(np.subtract(q, np.int64(zero_point)), scale)


@variant
def offset_in_values(q, scale, zero_point):
    """The value of level 0 is added at the end."""
    smallest = -zero_point * scale
    return smallest + np.asarray(q, dtype=float) * scale
