"""Wrong solutions of `linear_quantize`, each with the sentence that a student whose answer equals it should read."""

import math

import numpy as np

from homework.judge import misconception, together


def _range(x):
    return min(x.min(), 0.0), max(x.max(), 0.0)


def _levels(bits):
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _steps(bits):
    return 2**bits - 1


def _zero_point(lo, m, scale):
    return round(lo - m / scale)


def _q(x, scale, zero_point, lo, hi):
    return np.clip(np.round(x / scale) + zero_point, lo, hi)


def _quantized(x, bits, span=_range, levels=_levels, steps=_steps, zero=_zero_point, q=_q):
    """The right thing, but for the stages that are given."""
    x = np.asarray(x, dtype=np.float64)
    lo, hi = levels(bits)
    m, M = span(x)
    scale = float(M - m) / steps(bits) or 1.0
    zero_point = zero(lo, m, scale)
    return q(x, scale, zero_point, lo, hi), scale, zero_point


# ---------------------------------------------------------------------------------------------- the range


@misconception(
    "The range goes from the smallest to the largest value. It must contain 0 as well, so that zero (padding, the output of a ReLU) is one of the levels: take min(x.min(), 0) and max(x.max(), 0)."
)
def range_without_zero(x, bits=8):
    return _quantized(x, bits, span=lambda x: (x.min(), x.max()))


@misconception(
    "The scale leaves 0 out of the range, the zero point does not. Both come from the same two numbers, m = min(x.min(), 0) and M = max(x.max(), 0)."
)
def scale_without_zero(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    scale = float(x.max() - x.min()) / (2**bits - 1) or 1.0
    zero_point = round(lo - min(x.min(), 0.0) / scale)
    return np.clip(np.round(x / scale) + zero_point, lo, hi), scale, zero_point


@misconception(
    "The upper end of the range is x.max(), also where all values are negative. The range must contain 0: M = max(x.max(), 0)."
)
def zero_only_as_lower_end(x, bits=8):
    return _quantized(x, bits, span=lambda x: (min(x.min(), 0.0), x.max()))


@misconception(
    "The lower end of the range is x.min(), also where all values are positive. The range must contain 0: m = min(x.min(), 0)."
)
def zero_only_as_upper_end(x, bits=8):
    return _quantized(x, bits, span=lambda x: (x.min(), max(x.max(), 0.0)))


@misconception("The range always starts at 0, as if there were no negative values. m is min(x.min(), 0).")
def range_from_zero(x, bits=8):
    return _quantized(x, bits, span=lambda x: (0.0, max(x.max(), 0.0)))


@misconception(
    "Your range reaches equally far to both sides of 0, so that 0 lies in its middle: the scale is max|x| / 127.5 at 8 bits. The affine scheme takes the range as it is, from min(x.min(), 0) to max(x.max(), 0), so that no level is wasted on values that do not occur."
)
def range_made_symmetric(x, bits=8):
    return _quantized(x, bits, span=lambda x: (-np.abs(x).max(), np.abs(x).max()))


@misconception(
    "Your range is that of the magnitudes: negative values are lost in it. Take the minimum and maximum of x itself."
)
def range_of_magnitudes(x, bits=8):
    return _quantized(x, bits, span=lambda x: (0.0, np.abs(x).max()))


@misconception(
    "Each row (or channel) has a scale of its own here. One scale and one zero point for the whole of x are asked for."
)
def per_channel(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m = np.minimum(x.min(axis=-1, keepdims=True), 0.0)
    M = np.maximum(x.max(axis=-1, keepdims=True), 0.0)
    scale = (M - m) / (2**bits - 1)
    scale[scale == 0] = 1.0
    zero_point = np.round(lo - m / scale).astype(int)
    return np.clip(np.round(x / scale) + zero_point, lo, hi), scale, zero_point


@misconception(
    "Each column has a scale of its own here. One scale and one zero point for the whole of x are asked for."
)
def per_column(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = np.minimum(x.min(axis=0), 0.0), np.maximum(x.max(axis=0), 0.0)
    scale = np.asarray((M - m) / (2**bits - 1))
    scale[scale == 0] = 1.0
    zero_point = np.round(lo - m / scale).astype(int)
    return np.clip(np.round(x / scale) + zero_point, lo, hi), scale, zero_point


@misconception(
    "You went through x row by row, each with a range of its own, and returned the last scale and zero point. There is one range, that of all values."
)
def row_by_row(x, bits=8):
    results = [_quantized(np.asarray(row), bits) for row in x]
    return np.array([q for q, _, _ in results]), *results[-1][1:]


@misconception(
    "x was converted to whole numbers first, which loses its fractions. Divide by the scale, then round."
)
def fractions_of_x_lost(x, bits=8):
    return _quantized(np.trunc(x), bits)


@misconception(
    "m and M are swapped: your scale is negative. m = min(x.min(), 0) is the lower end, M = max(x.max(), 0) the upper one."
)
def range_reversed(x, bits=8):
    return _quantized(x, bits, span=lambda x: (max(x.max(), 0.0), min(x.min(), 0.0)))


@misconception(
    "Your range comes from percentiles and cuts off the largest values. Here the range is that of all values, min(x.min(), 0) to max(x.max(), 0)."
)
def range_of_percentiles(x, bits=8):
    return _quantized(x, bits, span=lambda x: (min(np.percentile(x, 1), 0.0), max(np.percentile(x, 99), 0.0)))


@misconception(
    "Your range comes from mean and standard deviation, or from percentiles, and cuts off the largest values. Here the range is that of all values, min(x.min(), 0) to max(x.max(), 0)."
)
def range_of_three_sigma(x, bits=8):
    return _quantized(
        x, bits, span=lambda x: (min(x.mean() - 3 * x.std(), 0.0), max(x.mean() + 3 * x.std(), 0.0))
    )


# ---------------------------------------------------------------------------------------------- the scale


@misconception(
    "Your scale divides the range by 2^bits. There are 2^bits levels but only 2^bits - 1 steps between them, like fence posts and the gaps between them."
)
def as_many_steps_as_levels(x, bits=8):
    return _quantized(x, bits, steps=lambda bits: 2**bits)


@misconception(
    "Your scale divides the range by 2^bits - 2. That is the number of steps between -(2^(bits-1) - 1) and 2^(bits-1) - 1; here the lowest level -2^(bits-1) is used too, so there are 2^bits - 1 steps."
)
def one_step_too_few(x, bits=8):
    return _quantized(x, bits, steps=lambda bits: 2**bits - 2)


@misconception(
    "Your scale divides the range by 2^(bits-1) - 1, the largest level. The range from m to M covers all levels from lo to hi: 2^bits - 1 steps."
)
def steps_of_one_side(x, bits=8):
    return _quantized(x, bits, steps=lambda bits: 2 ** (bits - 1) - 1)


@misconception(
    "Your scale divides the range by 2^(bits-1), half of the levels. The range from m to M covers all levels from lo to hi: 2^bits - 1 steps."
)
def half_of_the_levels(x, bits=8):
    return _quantized(x, bits, steps=lambda bits: 2 ** (bits - 1))


@misconception(
    "You divided by `2 ^ bits`, which in Python is not a power but an exclusive or of bits. Powers are written `2**bits`."
)
def exclusive_or(x, bits=8):
    return _quantized(x, bits, steps=lambda bits: (2 ^ bits) - 1 or 1)


@misconception(
    "Your function always uses 8 bits. `bits` sets both the levels, -2^(bits-1) to 2^(bits-1) - 1, and the number of steps, 2^bits - 1."
)
def bits_ignored(x, bits=8):
    return _quantized(x, 8)


@misconception(
    "The scale knows of `bits`, but the levels are those of 8 bits. lo and hi are -2^(bits-1) and 2^(bits-1) - 1."
)
def levels_of_eight_bits(x, bits=8):
    return _quantized(x, bits, levels=lambda bits: (-128, 127))


@misconception(
    "The levels know of `bits`, but the scale is that of 8 bits. It is the range divided by 2^bits - 1."
)
def scale_of_eight_bits(x, bits=8):
    return _quantized(x, bits, steps=lambda bits: 255)


@misconception(
    "^ is not a power in Python, but the bitwise exclusive or, and 2 ^ bits - 1 is 2 ^ (bits - 1). Powers are written 2**bits."
)
def exclusive_or_of_less_bits(x, bits=8):
    return _quantized(x, bits, steps=lambda bits: (2 ^ (bits - 1)) or 1)


@misconception(
    "Your scale is turned over: the number of steps divided by the range. It is the width of one step, (M - m) / (2^bits - 1)."
)
def scale_turned_over(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = (2**bits - 1) / (M - m) if m < M else 1.0
    zero_point = round(lo - m / scale)
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


def _with_rounded_scale(x, bits, digits):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = round(float(M - m) / (2**bits - 1), digits) or 1.0
    zero_point = round(lo - m / scale)
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


_ROUNDED = "Your scale is rounded to a few decimals. It is used and returned as it is: small ranges have small scales."


@misconception(_ROUNDED)
def scale_of_two_decimals(x, bits=8):
    return _with_rounded_scale(x, bits, 2)


@misconception(_ROUNDED)
def scale_of_three_decimals(x, bits=8):
    return _with_rounded_scale(x, bits, 3)


@misconception(_ROUNDED)
def scale_of_four_decimals(x, bits=8):
    return _with_rounded_scale(x, bits, 4)


@misconception(
    "You return the reciprocal of the scale. scale is the width of one step, (M - m) / (2^bits - 1), and q comes from x / scale."
)
def reciprocal_scale(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return q, 1 / scale, zero_point


@misconception(
    "You added a small epsilon to the scale, or kept it above one, as some libraries do. Small ranges need small scales: only where all values are 0 is any positive scale right."
)
def epsilon_in_the_scale(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = (M - m) / (2**bits - 1) + 1e-8
    zero_point = round(lo - m / scale)
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


@misconception(
    "Your scale was rounded to a power of two, as some hardware wants it. Here it is (M - m) / (2^bits - 1) itself."
)
def power_of_two_scale(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = 2.0 ** math.ceil(math.log2((M - m) / (2**bits - 1))) if m < M else 1.0
    zero_point = round(lo - m / scale)
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


@misconception(
    "Your scale is right to three digits only, as after rounding or in half precision. The test compares it at 1e-5, relative: keep it in float32 or float64."
)
def half_precision(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return q, float(np.float16(scale)) if scale > 1e-4 else scale, zero_point


@misconception(
    "Where all values are 0 your scale is 0, and dividing by it gives NaN. Any positive scale will do there; q is then the zero point."
)
def zero_scale_for_zeros(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = (M - m) / (2**bits - 1)
    zero_point = round(lo - m / scale) if scale else 0
    return np.clip(np.round(x / scale) + zero_point, lo, hi), scale, zero_point


_NO_ZEROS = "Where all values are 0 your code fails: the scale is 0, and dividing by it gives NaN or an error. Any positive scale will do there; q is then the zero point."


@misconception(_NO_ZEROS)
def zeros_give_nan(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = np.float64(M - m) / (2**bits - 1)
    zero_point = int(np.round(lo - np.float64(m) / scale))
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


@misconception(_NO_ZEROS)
def zeros_divide_by_zero(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = float(M - m) / (2**bits - 1)
    zero_point = round(lo - float(m) / scale)
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


@misconception(
    "Where all values are 0 your levels are 0 and the zero point is not. Zero is always quantized to the zero point, whatever that is."
)
def zeros_not_at_the_zero_point(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return (q, scale, zero_point) if np.any(x) else (np.zeros(np.shape(x)), 1.0, -(2 ** (bits - 1)))


@misconception(
    "Where all values are equal you return levels as for zeros. A constant c > 0 has the range from 0 to c, as any other input: scale c / (2^bits - 1) and q = hi."
)
def constants_like_zeros(x, bits=8):
    if np.max(x) == np.min(x):
        return np.zeros(np.shape(x), dtype=int), 1.0, 0
    return _quantized(x, bits)


# ---------------------------------------------------------------------------------------------- symmetric quantization


@misconception(
    "That is symmetric quantization: the largest magnitude over 2^(bits-1) - 1, and zero point 0. The affine scheme of the text is asked for, which also shifts the range."
)
def symmetric(x, bits=8):
    lo, hi = _levels(bits)
    scale = float(np.abs(x).max()) / hi or 1.0
    return _q(np.asarray(x, dtype=np.float64), scale, 0, lo, hi), scale, 0


@misconception(
    "That is symmetric quantization with max|x| / 2^(bits-1) and zero point 0. The affine scheme of the text is asked for, which also shifts the range."
)
def symmetric_all_levels(x, bits=8):
    lo, hi = _levels(bits)
    scale = float(np.abs(x).max()) / 2 ** (bits - 1) or 1.0
    return _q(np.asarray(x, dtype=np.float64), scale, 0, lo, hi), scale, 0


@misconception(
    "The scale is right, but the zero point is always 0. It is round(lo - m/scale), the level on which 0 comes to lie."
)
def zero_point_always_zero(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: 0)


# ---------------------------------------------------------------------------------------------- the zero point


@misconception(
    "Your zero point is not a whole number, so that 0 lies between two levels. Here it is rounded: round(lo - m/scale), an integer."
)
def zero_point_not_rounded(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: float(lo - m / scale))


@misconception(
    "Your zero point is a floating-point number, though a whole one. Some libraries keep it like that; here an integer is asked for: int(round(...))."
)
def zero_point_as_float(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: float(np.round(lo - m / scale)))


@misconception("Your zero point is rounded down. It is rounded to the nearest integer: round(lo - m/scale).")
def zero_point_floor(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: math.floor(lo - m / scale + 1e-9))


@misconception(
    "Your zero point is cut off toward 0, as int() does. It is rounded to the nearest integer: round(lo - m/scale)."
)
def zero_point_truncated(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: int(lo - m / scale))


@misconception("Your zero point is rounded up. It is rounded to the nearest integer: round(lo - m/scale).")
def zero_point_ceil(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: math.ceil(lo - m / scale - 1e-9))


@misconception(
    "Your zero point has the wrong sign of m/scale. The smallest value m must come to lie on lo: m/scale + zero_point = lo."
)
def zero_point_sign(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: round(lo + m / scale))


@misconception(
    "Your zero point has the opposite sign of what it should be. It is added: q = round(x/scale) + zero_point, so it is round(lo - m/scale)."
)
def zero_point_negated(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: -round(lo - m / scale))


@misconception(
    "Your zero point is round(-m/scale), without lo. That is the one for levels from 0 to 2^bits - 1; here they start at lo = -2^(bits-1)."
)
def zero_point_without_lo(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: round(-m / scale))


@misconception(
    "Your zero point comes from the upper end with lo, or from the lower end with hi. It is lo - m/scale (or hi - M/scale), rounded."
)
def zero_point_mixed_ends(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: round(-lo - 1 - m / scale))


@misconception(
    "Your zero point is made from M and lo. The smallest value comes to lie on lo: it is round(lo - m/scale)."
)
def zero_point_of_the_maximum(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = (M - m) / (2**bits - 1) or 1.0
    zero_point = round(lo - M / scale)
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


@misconception(
    "Your zero point is m itself, or lo - m without the division: it must be counted in steps, lo - m/scale."
)
def zero_point_not_in_steps(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: round(lo - m))


@misconception(
    "Your zero point is the middle of the range of values. It is the level on which the value 0 comes to lie: round(lo - m/scale)."
)
def zero_point_in_the_middle(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = (M - m) / (2**bits - 1) or 1.0
    zero_point = round(-(M + m) / 2 / scale)
    return _q(x, scale, zero_point, lo, hi), scale, zero_point


# ---------------------------------------------------------------------------------------------- the levels


@misconception(
    "Your levels are unsigned, from 0 to 2^bits - 1. Here they are signed: lo = -2^(bits-1) and hi = 2^(bits-1) - 1."
)
def unsigned(x, bits=8):
    return _quantized(x, bits, levels=lambda bits: (0, 2**bits - 1))


@misconception(
    "Your scale and zero point are right, but the levels are cut off at 0 and 2^bits - 1. They are signed: clip to -2^(bits-1) and 2^(bits-1) - 1."
)
def clipped_as_unsigned(x, bits=8):
    def q(x, scale, zero_point, lo, hi):
        return np.clip(np.round(x / scale) + zero_point, 0, 2**bits - 1)

    return _quantized(x, bits, q=q)


@misconception(
    "Your lowest level is -(2^(bits-1) - 1), as in symmetric schemes. Here lo = -2^(bits-1) is used as well."
)
def narrow_range(x, bits=8):
    return _quantized(x, bits, levels=lambda bits: (1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1))


@misconception(
    "Your lowest level is -(2^(bits-1) - 1), as in symmetric schemes, and your scale counts the steps of that range. Here lo = -2^(bits-1) is used as well, so there are 2^bits - 1 steps."
)
def narrow_range_and_scale(x, bits=8):
    return _quantized(
        x,
        bits,
        levels=lambda bits: (1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1),
        steps=lambda bits: 2**bits - 2,
    )


@misconception(
    "Your levels are shifted by one: from -2^(bits-1) + 1 to 2^(bits-1). The highest signed level is 2^(bits-1) - 1."
)
def levels_shifted_by_one(x, bits=8):
    return _quantized(x, bits, levels=lambda bits: (1 - 2 ** (bits - 1), 2 ** (bits - 1)))


@misconception(
    "Your levels were converted to an unsigned type: -1 became 255. Levels are signed, from lo to hi: use int8, or a wider type."
)
def levels_as_unsigned(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return q.astype(np.int64).astype(np.uint8), scale, zero_point


@misconception(
    "Your levels are right but scaled back: you return dequantized values. q are the whole numbers that a device stores."
)
def dequantized(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return (q - zero_point) * scale, scale, zero_point


@misconception(
    "You rounded down: your levels are one too low wherever the fraction is a half or more. q uses round(x/scale)."
)
def floor(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.floor(x / s + 1e-9) + z, lo, hi))


@misconception("You rounded up: your levels are too high. q uses round(x/scale), to the nearest.")
def ceil(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.ceil(x / s - 1e-9) + z, lo, hi))


@misconception(
    "The fractions of x/scale were cut off, as a conversion to integers does. Round to the nearest first."
)
def truncated(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.trunc(x / s) + z, lo, hi))


@misconception(
    "Your levels are not whole numbers: round(x/scale) is missing. Without rounding nothing is quantized."
)
def not_rounded(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(x / s + z, lo, hi))


@misconception(
    "You rounded once, at the end: round(x/scale + lo - m/scale), or round((x - m)/scale) + lo, which is the same. Here x/scale and the zero point are rounded each by itself, so that 0 comes to lie exactly on the zero point."
)
def rounded_once(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = (M - m) / (2**bits - 1) or 1.0
    exact = lo - m / scale
    return np.clip(np.round(x / scale + exact), lo, hi), scale, round(exact)


@misconception(
    "You cut off the fraction of x/scale + zero_point, or of the sum with the unrounded zero point. Round x/scale to the nearest, then add the rounded zero point."
)
def truncated_after_the_shift(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.trunc(x / s + z), lo, hi))


@misconception(
    "You multiplied by the scale. The scale is the width of one step: q counts how many steps fit into x, which is x / scale."
)
def multiplied_by_scale(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.round(x * s) + z, lo, hi))


@misconception(
    "You subtracted the zero point from round(x/scale). Quantizing adds it; dequantizing subtracts it."
)
def zero_point_subtracted(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.round(x / s) - z, lo, hi))


@misconception(
    "The zero point is missing in q. It shifts the levels so that all of them are used: round(x/scale) + zero_point."
)
def zero_point_forgotten(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.round(x / s), lo, hi))


@misconception(
    "The zero point was added before the division by the scale. It is counted in steps: round(x/scale) + zero_point."
)
def shifted_before_the_division(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.round((x + z) / s), lo, hi))


@misconception(
    "You clipped round(x/scale) before adding the zero point. First shift, then clip to lo and hi."
)
def clipped_before_the_shift(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(np.round(x / s), lo, hi) + z)


@misconception(
    "You converted round(x/scale) to int8 before the zero point was added: up to 255 steps do not fit, and wrap around. Add and clip as floats or wide integers, and convert last."
)
def wrapped_before_the_shift(x, bits=8):
    def q(x, scale, zero_point, lo, hi):
        wrapped = np.round(x / scale).astype(np.int64).astype(np.int8).astype(np.int64)
        return np.clip(wrapped + zero_point, lo, hi)

    return _quantized(x, bits, q=q)


@misconception(
    "Your levels have the opposite sign. Larger values have higher levels: round(x/scale) + zero_point."
)
def opposite_order(x, bits=8):
    return _quantized(x, bits, q=lambda x, s, z, lo, hi: np.clip(z - np.round(x / s), lo, hi))


# ---------------------------------------------------------------------------------------------- two at once


@misconception(
    "Two things: the range must contain 0, and it is divided by 2^bits - 1 steps, not by 2^bits levels."
)
def range_without_zero_and_too_many_steps(x, bits=8):
    return _quantized(x, bits, span=lambda x: (x.min(), x.max()), steps=lambda bits: 2**bits)


@misconception(
    "Two things: the range is divided by 2^bits - 1 steps, not by 2^bits levels, and q rounds to the nearest, not down."
)
def too_many_steps_and_floor(x, bits=8):
    return _quantized(
        x,
        bits,
        steps=lambda bits: 2**bits,
        q=lambda x, s, z, lo, hi: np.clip(np.floor(x / s + 1e-9) + z, lo, hi),
    )


@misconception(
    "Your function cuts off fractions everywhere, as int() and astype do. Both x/scale and the zero point are rounded to the nearest."
)
def everything_truncated(x, bits=8):
    return _quantized(
        x,
        bits,
        zero=lambda lo, m, scale: int(lo - m / scale),
        q=lambda x, s, z, lo, hi: np.clip(np.trunc(x / s) + z, lo, hi),
    )


@misconception(
    "Your function rounds down everywhere. Both x/scale and the zero point are rounded to the nearest."
)
def everything_floored(x, bits=8):
    return _quantized(
        x,
        bits,
        zero=lambda lo, m, scale: math.floor(lo - m / scale + 1e-9),
        q=lambda x, s, z, lo, hi: np.clip(np.floor(x / s + 1e-9) + z, lo, hi),
    )


@misconception(
    "Two things: levels are signed, from -2^(bits-1) to 2^(bits-1) - 1, not from 0, and the range is divided by 2^bits - 1 steps."
)
def unsigned_and_too_many_steps(x, bits=8):
    return _quantized(x, bits, levels=lambda bits: (0, 2**bits - 1), steps=lambda bits: 2**bits)


@misconception(
    "Two things: levels are signed, from -2^(bits-1) to 2^(bits-1) - 1, not from 0, and the range must contain 0."
)
def unsigned_without_zero(x, bits=8):
    return _quantized(x, bits, levels=lambda bits: (0, 2**bits - 1), span=lambda x: (x.min(), x.max()))


@misconception("Two things: the range must contain 0, and the zero point is rounded to an integer.")
def range_without_zero_and_float_zero_point(x, bits=8):
    return _quantized(
        x, bits, span=lambda x: (x.min(), x.max()), zero=lambda lo, m, scale: float(lo - m / scale)
    )


# ---------------------------------------------------------------------------------------------- the results


@misconception("You return the three results in another order. They are q, scale, zero_point.")
def results_in_another_order(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return q, zero_point, scale


@misconception("You return scale and zero point first. The order is q, scale, zero_point.")
def parameters_first(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return scale, zero_point, q


@misconception(
    "You return q alone. Scale and zero point are asked for as well: without them nobody can dequantize."
)
def levels_alone(x, bits=8):
    return _quantized(x, bits)[0]


@misconception("Your levels have lost the shape of x. q has the shape of x, whatever that is.")
def flattened(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    return q.ravel(), scale, zero_point


@misconception(
    "Your function divides x in place, so that the caller's array is changed. Make a new array: x / scale, not x /= scale."
)
def in_place(x, bits=8):
    lo, hi = _levels(bits)
    m, M = _range(x)
    scale = float(M - m) / (2**bits - 1) or 1.0
    zero_point = round(lo - float(m) / scale)
    x /= scale
    return np.clip(np.round(x) + zero_point, lo, hi), scale, zero_point


@misconception(
    "Your function clips or shifts x in place, so that the caller's array is changed. Work on a copy."
)
def written_into_the_input(x, bits=8):
    q, scale, zero_point = _quantized(x, bits)
    x[...] = q
    return x, scale, zero_point


@misconception(
    "Your zero point is clipped as an unsigned number, to 0 and above. It may be any level from lo to hi, and lies there by itself."
)
def zero_point_clipped_as_unsigned(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: max(round(lo - m / scale), 0))


@misconception(
    "Your zero point adds a half and cuts off toward 0, as int(... + 0.5) does, which is wrong for negative numbers. Use round, or floor(... + 0.5)."
)
def zero_point_half_added_and_truncated(x, bits=8):
    return _quantized(x, bits, zero=lambda lo, m, scale: int(lo - m / scale + 0.5))


@misconception(
    "Your levels add a half and cut off toward 0, as int(... + 0.5) does, which is wrong for negative numbers. Use round, or floor(... + 0.5)."
)
def half_added_and_truncated(x, bits=8):
    def q(x, scale, zero_point, lo, hi):
        return np.clip(np.trunc(x / scale + 0.5) + zero_point, lo, hi)

    return _quantized(x, bits, q=q)


@misconception(
    "Your function adds a half and cuts off toward 0, as int(... + 0.5) does, for levels and zero point. Use round, or floor(... + 0.5)."
)
def half_added_and_truncated_twice(x, bits=8):
    def q(x, scale, zero_point, lo, hi):
        return np.clip(np.trunc(x / scale + 0.5) + zero_point, lo, hi)

    return _quantized(x, bits, q=q, zero=lambda lo, m, scale: int(lo - m / scale + 0.5))


@misconception(
    "Your levels go from -2^bits to 2^bits - 1, and the scale goes with them: twice as many as `bits` bits can tell apart. One bit is the sign."
)
def twice_the_levels(x, bits=8):
    return _quantized(x, bits + 1)


@misconception(
    "That is symmetric quantization: the largest magnitude over 2^bits - 1, and zero point 0. The affine scheme of the text is asked for: the range from m to M has 2^bits - 1 steps."
)
def symmetric_over_all_steps(x, bits=8):
    x = np.asarray(x, dtype=np.float64)
    scale = float(np.abs(x).max()) / (2**bits - 1) or 1.0
    return np.round(x / scale), scale, 0


@misconception(
    "Your range goes from the smallest to the largest magnitude. It is that of the values with their signs: min(x.min(), 0) to max(x.max(), 0)."
)
def range_from_smallest_to_largest_magnitude(x, bits=8):
    return _quantized(x, bits, span=lambda x: (np.abs(x).min(), np.abs(x).max()))


PAIRS = together(
    _quantized,
    (range_without_zero, floor),
    (range_without_zero, truncated),
    (range_without_zero, everything_floored),
    (range_without_zero, everything_truncated),
    (range_without_zero, zero_point_truncated),
    (range_without_zero, zero_point_sign),
    (range_without_zero, zero_point_forgotten),
    (range_without_zero, narrow_range),
    (as_many_steps_as_levels, truncated),
    (as_many_steps_as_levels, everything_floored),
    (as_many_steps_as_levels, everything_truncated),
    (as_many_steps_as_levels, zero_point_truncated),
    (unsigned, floor),
    (unsigned, truncated),
    (unsigned, zero_point_truncated),
    (unsigned, everything_floored),
    (unsigned, everything_truncated),
)
