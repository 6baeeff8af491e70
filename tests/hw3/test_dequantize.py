"""Hidden tests of hw3's `dequantize` (3 points).

Levels come as int8, as a device stores them, and as wider types. Where overflow is not the point the difference fits.
"""

import numpy as np
import torch

from homework.judge import agree, as_tensor, points


def levels(rng, shape, lowest, highest, dtype=np.int8):
    """Levels between two, the ends among them."""
    q = rng.generator.integers(lowest, highest + 1, int(np.prod(shape)))
    q[:2] = lowest, highest
    return rng.generator.permutation(q).reshape(shape).astype(dtype)


def back(solution, q, scale, zero_point):
    """The values in float64."""
    x = solution.dequantize(q, scale, zero_point)
    return as_tensor(x).double() if isinstance(x, (np.ndarray, torch.Tensor)) else x


@points(0.5)
def test_wide_integers(student, reference, rng):
    """Levels as int32 and int64, scale above and below 1, with many decimals."""
    for scale, zero_point, dtype in ((0.0371828, 0, np.int64), (2.6, 0, np.int32)):
        q = levels(rng, (19,), -110, 90, dtype)
        agree(student.probe(back), reference.probe(back), q, scale, zero_point)


@points(0.75)
def test_zero_points(student, reference, rng):
    """Other zero points, positive and negative."""
    for scale, zero_point in ((0.37, 21), (2.6, -34)):
        q = levels(rng, (23,), -80, 75, np.int32)
        agree(student.probe(back), reference.probe(back), q, scale, zero_point)


@points(0.5)
def test_narrow_integers(student, reference, rng):
    """Levels as int8, differences that fit into it."""
    for scale, zero_point in ((0.21, 13), (1.7, -26)):
        agree(student.probe(back), reference.probe(back), levels(rng, (23,), -70, 75), scale, zero_point)


@points(0.75)
def test_large_differences(student, reference, rng):
    """Levels as int8, differences that do not fit into it."""
    for scale, zero_point in ((0.21, 127), (1.7, -128), (0.6, -90), (0.9, 64)):
        agree(student.probe(back), reference.probe(back), levels(rng, (23,), -128, 127), scale, zero_point)


@points(0.25)
def test_shapes_and_views(student, reference, rng):
    """Arrays of several dimensions, whose memory is not contiguous."""
    q = levels(rng, (4, 3, 5), -70, 75)
    for view in (q.transpose(2, 0, 1), np.repeat(q, 2, axis=1)[:, ::2]):
        agree(student.probe(back), reference.probe(back), view, 0.05, 6)


@points(0.25)
def test_input_is_left_alone(student, reference, rng):
    """q is the same after the call as before."""
    q = levels(rng, (5, 4), -70, 75)
    agree(student.probe(back), reference.probe(back), q, 1.7, 6, untouched=True)
