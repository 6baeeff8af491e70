"""Right solutions of `quantize`, written in other ways: all of them must get full marks."""

import numpy as np
import torch

from homework.judge import variant


@variant
def in_the_input_s_precision(x, scale, zero_point, bits=8):
    """float32 stays float32; levels come back as int8."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return np.clip(np.round(x / scale) + zero_point, lo, hi).astype(np.int8)


@variant
def loops(x, scale, zero_point, bits=8):
    """Number by number; Python's round is half to even."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    q = np.zeros(x.shape, dtype=int)
    for index in np.ndindex(x.shape):
        q[index] = max(lo, min(hi, round(float(x[index]) / scale) + zero_point))
    return q


@variant
def limits_before_the_shift(x, scale, zero_point, bits=8):
    """Clips x/scale to the levels without the zero point, then shifts."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return np.rint(np.clip(x / scale, lo - zero_point, hi - zero_point)).astype(np.int32) + zero_point


@variant
def clipped_as_values(x, scale, zero_point, bits=8):
    """Clips x itself to what the levels can hold."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    x = np.minimum(np.maximum(x, (lo - zero_point) * scale), (hi - zero_point) * scale)
    return np.floor(x / scale + 0.5) + zero_point


@variant
def through_torch(x, scale, zero_point, bits=8):
    """In torch; levels are a tensor of int16."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    steps = torch.round(torch.tensor(np.asarray(x), dtype=torch.float64) / scale)
    return (steps + zero_point).clamp(lo, hi).to(torch.int16)


@variant
def all_float32(x, scale, zero_point, bits=8):
    """Everything in float32."""
    half = 1 << (bits - 1)
    q = np.rint(x.astype(np.float32) * np.float32(1 / scale)) + np.float32(zero_point)
    q[q < -half] = -half
    q[q > half - 1] = half - 1
    return q


@variant
def rounded_with_the_zero_point(x, scale, zero_point, bits=8):
    """The zero point is whole, so it may be added before rounding: away from ties that is the same."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return np.around(np.divide(x, scale) + zero_point).clip(lo, hi).astype("int64")


@variant
def by_searching(x, scale, zero_point, bits=8):
    """The number of borders between neighboring levels that lie below x."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    borders = (np.arange(lo, hi) + 0.5 - zero_point) * scale
    return np.searchsorted(borders, np.asarray(x, dtype=np.float64)) + lo
