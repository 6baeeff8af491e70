"""Affine quantization with parameters from the range of the values: hw3, section *Linear quantization*.

The scheme is that of Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference, CVPR 2018, with signed levels.
"""

import numpy as np


def linear_quantize(x, bits=8):
    """Levels q (int64, like x), scale (float) and zero point (int) for float x of any shape and 2 <= bits <= 8."""
    x = np.asarray(x, dtype=np.float64)
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    m, M = min(x.min(), 0.0), max(x.max(), 0.0)
    scale = float(M - m) / (hi - lo) or 1.0  # zeros alone need no scale, but one
    zero_point = round(lo - m / scale)
    q = np.clip(np.round(x / scale) + zero_point, lo, hi)
    return q.astype(np.int64), scale, zero_point
