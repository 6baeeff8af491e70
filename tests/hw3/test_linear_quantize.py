"""Hidden tests of hw3's `linear_quantize` (8 points).

Scale, zero point and levels are asked for apart, and what follows from an earlier step is also looked at on its own terms:
levels that fit the student's own scale and zero point are levels rounded and shifted as the text says. Inputs are made from
levels, so that no value and no zero point lies within 0.1 steps of a tie, in float32 either; ranges are never symmetric.
"""

from functools import partial

import numpy as np

from homework.judge import agree, points

EXACT = {"rtol": 1e-5, "atol": 0.0}
NAMES = ("q", "scale", "zero_point")


def values(rng, shape, bits, scale, zero_point, shift, dtype=np.float64):
    """An array of whole steps and up to 0.38 more or less, whose range makes this scale and this zero point.

    The zero point before rounding is `zero_point - shift`. Its ends lie on the lowest and the highest level.
    """
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    size = int(np.prod(shape))
    steps = (
        rng.generator.integers(lo + 1, hi, size)
        - zero_point
        + rng.generator.uniform(0.12, 0.38, size) * (rng.generator.choice((-1.0, 1.0), size))
    )
    first = lo - zero_point + shift
    steps[:2] = first, first + 2**bits - 1
    return (rng.generator.permutation(steps).reshape(shape) * scale).astype(dtype)


def one_sided(rng, shape, bits, scale, sign, dtype=np.float64):
    """Values of one sign, between a third of the range and all of it."""
    top = 2**bits - 1
    size = int(np.prod(shape))
    steps = rng.generator.integers(top // 3 + 1, top, size) + rng.generator.uniform(0.12, 0.38, size) * (
        rng.generator.choice((-1.0, 1.0), size)
    )
    steps[0] = top
    return (sign * rng.generator.permutation(steps).reshape(shape) * scale).astype(dtype)


def part(solution, which, x, **options):
    """One of the three results."""
    found = solution.linear_quantize(x, **options)
    return found[which] if isinstance(found, (tuple, list)) and len(found) == 3 else found


def kind_of_zero_point(solution, x):
    """Whether the zero point is an integer, and whether it is a single number."""
    found = solution.linear_quantize(x)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        return found
    return np.asarray(found[2]).dtype.kind in "iu", np.ndim(found[2]) == 0


def off_by(solution, x, bits):
    """How far the levels are from those of the scale and zero point that came with them."""
    found = solution.linear_quantize(x, bits)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        return found
    q, scale, zero_point = found
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    steps = np.round(np.asarray(x, dtype=np.float64) / np.asarray(scale, dtype=np.float64))
    return np.asarray(q, dtype=np.float64) - np.clip(steps + np.asarray(zero_point, dtype=np.float64), lo, hi)


def zero_point_off_by(solution, x, bits):
    """How far the zero point is from the one that belongs to the scale that came with it."""
    found = solution.linear_quantize(x, bits)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        return found
    lowest = min(float(x.min()), 0.0) / np.asarray(found[1], dtype=np.float64)
    return np.asarray(found[2], dtype=np.float64) - np.round(-(2 ** (bits - 1)) - lowest)


def on_zeros(solution, x):
    """Whether the scale is finite and positive, and how far q is from the zero point."""
    found = solution.linear_quantize(x)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        return found
    q, scale, zero_point = (np.asarray(one, dtype=np.float64) for one in found)
    return bool(np.isfinite(scale).all() and (scale > 0).all()), q - zero_point


def follows(solution, x):
    """Whether the scale follows the range: as many times smaller for values a millionth as large."""
    found = [solution.linear_quantize(values) for values in (x, x * 1e-6)]
    if not all(isinstance(one, (tuple, list)) and len(one) == 3 for one in found):
        return found[1]
    large, small = (float(one[1]) for one in found)
    if abs(small - large * 1e-6) > 1e-11 * abs(large):
        return "your scale does not follow the range: for very small values it is too " + (
            "large" if small > large * 1e-6 else "small"
        )
    return True


def why_scale(x, bits, answer):
    """Of what else than the range the scale may be made."""
    m, M = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    steps = (M - m) / float(answer)
    if steps < 0:
        return "Your scale is negative. It is (M - m) / (2^bits - 1), and M is not less than m."
    if abs(steps - round(steps)) < 1e-4 and 0 < steps < 2**16:
        return "Your scale divides the right range, but by another number of steps than 2^bits - 1."
    return "Your scale does not come from the range of all values and 0: it is (M - m) / (2^bits - 1)."


def why_zero_point(answer):
    """What the zero point that was returned misses."""
    off = float(np.asarray(answer))
    if off != round(off):
        return "Your zero point is not a whole number."
    by_one = "off by one" if abs(off) == 1 else "another one"
    return f"Your zero point is {by_one}: for your own scale it is round(lo - m/scale), with m = min(x.min(), 0)."


def why_levels(answer):
    """How levels differ from those that go with the scale and zero point that were returned."""
    off = np.asarray(answer, dtype=np.float64)
    if (off != np.round(off)).any():
        return "Your levels are not whole numbers."
    if np.ptp(off) == 0:
        return "Your levels are shifted by the same number everywhere: look at how the zero point is added to round(x/scale)."
    if np.abs(off).max() <= 1:
        return "Your levels are off by one where they are wrong: look at the rounding of x/scale, and at lo and hi."
    return "Your levels do not go with your own scale and zero point: q = clip(round(x/scale) + zero_point, lo, hi)."


@points(1)
def test_scale_of_both_signs(student, reference, rng):
    """The scale, for values of both signs."""
    for zero_point, shift in ((-37, 0.2), (64, -0.3)):
        x = values(rng, (37,), 8, 0.013, zero_point, shift)
        agree(student.probe(part), reference.probe(part), 1, x, why=partial(why_scale, x, 8), **EXACT)


@points(0.5)
def test_scale_of_positive_values(student, reference, rng):
    """The scale, for values that are all positive: the range contains 0."""
    agree(student.probe(part), reference.probe(part), 1, one_sided(rng, (29,), 8, 0.031, 1), **EXACT)


@points(0.5)
def test_scale_of_negative_values(student, reference, rng):
    """The scale, for values that are all negative: the range contains 0."""
    agree(student.probe(part), reference.probe(part), 1, one_sided(rng, (29,), 8, 0.031, -1), **EXACT)


@points(0.75)
def test_zero_point(student, reference, rng):
    """The zero point, for values of both signs."""
    for zero_point, shift in ((-37, 0.3), (-11, -0.3), (23, 0.3), (70, -0.3)):
        x = values(rng, (31,), 8, 0.4, zero_point, shift)
        agree(student.probe(part), reference.probe(part), 2, x, **EXACT)


@points(0.25)
def test_zero_point_and_scale(student, reference, rng):
    """The zero point is the one that goes with the scale."""
    for bits, zero_point, shift in ((8, -52, 0.3), (8, 41, -0.3), (4, 2, 0.3), (4, -3, -0.3)):
        x = values(rng, (23,), bits, 0.7, zero_point, shift)
        agree(
            student.probe(zero_point_off_by),
            reference.probe(zero_point_off_by),
            x,
            bits,
            why=why_zero_point,
            **EXACT,
        )


@points(0.5)
def test_zero_point_of_one_sign(student, reference, rng):
    """The zero point, for values that are all positive or all negative."""
    for sign in (1, -1):
        x = one_sided(rng, (29,), 8, 0.25, sign)
        agree(student.probe(part), reference.probe(part), 2, x, **EXACT)


@points(0.25)
def test_zero_point_is_an_integer(student, reference, rng):
    """The zero point is a single integer."""
    x = values(rng, (3, 8), 8, 0.02, 5, 0.3)
    agree(student.probe(kind_of_zero_point), reference.probe(kind_of_zero_point), x)


@points(0.75)
def test_levels(student, reference, rng):
    """The levels q, for values of both signs."""
    for zero_point, shift in ((-37, 0.3), (58, -0.3)):
        x = values(rng, (61,), 8, 0.4, zero_point, shift)
        agree(student.probe(part), reference.probe(part), 0, x, **EXACT)


@points(0.75)
def test_levels_and_parameters(student, reference, rng):
    """The levels are the ones that go with scale and zero point."""
    for bits, zero_point, shift in ((8, 19, 0.3), (8, -77, -0.3), (5, -4, 0.3)):
        x = values(rng, (53,), bits, 0.09, zero_point, shift)
        agree(student.probe(off_by), reference.probe(off_by), x, bits, why=why_levels, **EXACT)


@points(0.75)
def test_levels_of_one_sign(student, reference, rng):
    """The levels q, for values that are all positive or all negative: x/scale alone fits into no int8."""
    for sign in (1, -1):
        x = one_sided(rng, (37,), 8, 0.031, sign)
        agree(student.probe(part), reference.probe(part), 0, x, **EXACT)


@points(0.75)
def test_few_bits(student, reference, rng):
    """All three results, with two to seven bits."""
    for bits, zero_point, shift in (
        (2, 0, 0.2),
        (3, 1, -0.2),
        (4, -3, 0.3),
        (5, 6, -0.3),
        (6, -20, 0.1),
        (7, 33, 0.2),
    ):
        x = values(rng, (19,), bits, 0.6, zero_point, shift)
        agree(student.linear_quantize, reference.linear_quantize, x, bits=bits, names=NAMES, **EXACT)


@points(0.25)
def test_constants(student, reference, rng):
    """Inputs of equal values, positive and negative."""
    for value in (0.75, -2.25):
        x = np.full((3, 2), value * (1 + rng.generator.uniform()))
        agree(student.linear_quantize, reference.linear_quantize, x, names=NAMES, **EXACT)


@points(0.25)
def test_zeros(student, reference, rng):
    """Inputs of zeros alone."""
    agree(student.probe(on_zeros), reference.probe(on_zeros), np.zeros((2, 3)))


@points(0.25)
def test_small_and_large_ranges(student, reference, rng):
    """Ranges of a millionth, and of thousands."""
    x = values(rng, (17,), 8, 1 / 255, -20, 0.2)
    agree(student.probe(follows), reference.probe(follows), x)
    for width, zero_point in ((1e-6, -20), (5e3, 31)):
        x = values(rng, (17,), 8, width / 255, zero_point, 0.2)
        agree(student.linear_quantize, reference.linear_quantize, x, names=NAMES, **EXACT)


@points(0.25)
def test_shapes_and_views(student, reference, rng):
    """Arrays of float32, of several dimensions, whose memory is not contiguous."""
    x = values(rng, (4, 3, 10), 8, 0.05, -9, 0.2, dtype=np.float32)
    for view in (x, x.transpose(2, 0, 1), np.repeat(x, 2, axis=1)[:, ::2]):
        agree(student.linear_quantize, reference.linear_quantize, view, names=NAMES, **EXACT)


@points(0.25)
def test_input_is_left_alone(student, reference, rng):
    """x is the same after the call as before."""
    x = values(rng, (5, 4), 8, 1.7, 12, -0.2)
    agree(student.linear_quantize, reference.linear_quantize, x, names=NAMES, untouched=True, **EXACT)
