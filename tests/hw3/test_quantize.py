"""Hidden tests of hw3's `quantize` (3 points).

Values are made from steps, so that none lies within 0.1 steps of a tie, in float32 either. Rounding, shift and saturation are
asked for apart: where saturation is not the point, all values lie within the levels at every stage.
"""

from functools import partial

import numpy as np

from homework.judge import agree, points

EXACT = {"rtol": 0.0, "atol": 1e-6}


def values(rng, shape, lowest, highest, scale, dtype=np.float64):
    """An array of `lowest` to `highest` whole steps and 0.12 to 0.38 more or less."""
    size = int(np.prod(shape))
    steps = rng.generator.integers(lowest, highest + 1, size).astype(np.float64)
    # Both ends, a value next to 0, and both signs of the fraction are always there.
    steps[:3] = lowest, highest, 1
    signs = np.resize((1.0, -1.0, -1.0, 1.0), size)
    steps += rng.generator.uniform(0.12, 0.38, size) * signs
    return (rng.generator.permutation(steps).reshape(shape) * scale).astype(dtype)


def why(x, scale, zero_point, bits, answer):
    """Whether the levels are wrong only beyond the outermost ones, or only within."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    level = np.round(np.asarray(x, dtype=np.float64) / scale) + zero_point
    q = np.asarray(answer, dtype=np.float64)
    right, beyond = q == np.clip(level, lo, hi), (level < lo) | (level > hi)
    if (q < lo).any() or (q > hi).any():
        return "Some of your levels lie beyond lo = -2^(bits-1) or hi = 2^(bits-1) - 1: they are clipped to these."
    if (q != np.round(q)).any():
        return "Your levels are not whole numbers: round(x/scale), to the nearest."
    if right[~beyond].all() and not beyond.all():
        return "Your levels are right, but not where values lie beyond the outermost levels: these become lo or hi."
    if (np.abs(q - level)[~right & ~beyond] == 1).all():
        return "Your levels are off by one step where they are wrong: look at how x/scale is rounded."
    return None


@points(0.5)
def test_rounding(student, reference, rng):
    """Values within the levels, zero point 0."""
    for scale in (0.37, 2.6):
        x = values(rng, (41,), -100, 100, scale)
        agree(student.quantize, reference.quantize, x, scale, 0, why=partial(why, x, scale, 0, 8), **EXACT)


@points(0.5)
def test_shift(student, reference, rng):
    """Values within the levels, other zero points."""
    for zero_point in (17, -23):
        agree(
            student.quantize, reference.quantize, values(rng, (41,), -60, 60, 0.4), 0.4, zero_point, **EXACT
        )


@points(0.25)
def test_saturation_above(student, reference, rng):
    """Values beyond the highest level."""
    x = values(rng, (31,), 0, 190, 0.4)
    agree(student.quantize, reference.quantize, x, 0.4, 11, why=partial(why, x, 0.4, 11, 8), **EXACT)


@points(0.25)
def test_saturation_below(student, reference, rng):
    """Values beyond the lowest level."""
    x = values(rng, (31,), -190, 2, 0.4)
    agree(student.quantize, reference.quantize, x, 0.4, -9, why=partial(why, x, 0.4, -9, 8), **EXACT)


@points(0.5)
def test_zero_points_at_the_ends(student, reference, rng):
    """The lowest and the highest zero point: up to 255 steps to one side."""
    agree(student.quantize, reference.quantize, values(rng, (37,), -6, 270, 0.05), 0.05, -128, **EXACT)
    agree(student.quantize, reference.quantize, values(rng, (37,), -270, 6, 0.05), 0.05, 127, **EXACT)


@points(0.25)
def test_far_away(student, reference, rng):
    """Values hundreds of thousands of steps away."""
    for zero_point in (30, -77):
        x = values(rng, (23,), -700_000, 700_000, 0.003)
        agree(student.quantize, reference.quantize, x, 0.003, zero_point, **EXACT)


@points(0.5)
def test_few_bits(student, reference, rng):
    """Two to seven bits, within the levels and beyond."""
    for bits, zero_point in ((2, -1), (3, 2), (4, -5), (5, 9), (6, -30), (7, 21)):
        x = values(rng, (29,), -(2**bits), 2**bits, 1.3)
        known = partial(why, x, 1.3, zero_point, bits)
        agree(student.quantize, reference.quantize, x, 1.3, zero_point, bits=bits, why=known, **EXACT)


@points(0.125)
def test_shapes_and_views(student, reference, rng):
    """Arrays of float32, of several dimensions, whose memory is not contiguous."""
    x = values(rng, (4, 3, 10), -90, 80, 0.05, dtype=np.float32)
    for view in (x.transpose(2, 0, 1), np.repeat(x, 2, axis=1)[:, ::2]):
        agree(student.quantize, reference.quantize, view, 0.05, 6, **EXACT)


@points(0.125)
def test_input_is_left_alone(student, reference, rng):
    """x is the same after the call as before."""
    x = values(rng, (5, 4), -90, 80, 1.7)
    agree(student.quantize, reference.quantize, x, 1.7, 6, untouched=True, **EXACT)
