"""Wrong solutions of `quantize`, each with the sentence that a student whose answer equals it should read."""

import numpy as np

from homework.judge import misconception


def _levels(bits):
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _steps(x, scale):
    return np.round(np.asarray(x, dtype=np.float64) / scale)


# ---------------------------------------------------------------------------------------------- rounding


@misconception("You rounded down. q uses round(x/scale), to the nearest.")
def floor(x, scale, zero_point, bits=8):
    return np.clip(np.floor(np.asarray(x, dtype=np.float64) / scale) + zero_point, *_levels(bits))


@misconception("You rounded up. q uses round(x/scale), to the nearest.")
def ceil(x, scale, zero_point, bits=8):
    return np.clip(np.ceil(np.asarray(x, dtype=np.float64) / scale) + zero_point, *_levels(bits))


@misconception(
    "The fractions of x/scale were cut off, as a conversion to integers does. Round to the nearest first."
)
def truncated(x, scale, zero_point, bits=8):
    return np.clip(np.trunc(np.asarray(x, dtype=np.float64) / scale) + zero_point, *_levels(bits))


@misconception(
    "The fraction was cut off after the zero point was added. Round x/scale to the nearest; a conversion to integers alone does not round."
)
def truncated_after_the_shift(x, scale, zero_point, bits=8):
    return np.trunc(np.clip(np.asarray(x, dtype=np.float64) / scale + zero_point, *_levels(bits)))


@misconception(
    "Your levels are not whole numbers: round(x/scale) is missing. Without rounding nothing is quantized."
)
def not_rounded(x, scale, zero_point, bits=8):
    return np.clip(np.asarray(x, dtype=np.float64) / scale + zero_point, *_levels(bits))


@misconception(
    "You rounded x before dividing by the scale. What must become a whole number is x/scale, the number of steps."
)
def rounded_before_the_division(x, scale, zero_point, bits=8):
    return np.clip(np.round(np.round(np.asarray(x, dtype=np.float64)) / scale) + zero_point, *_levels(bits))


@misconception(
    "Your function adds a half and cuts off toward 0, which rounds negative values the wrong way. Use round, or floor(x/scale + 0.5)."
)
def half_added_and_truncated(x, scale, zero_point, bits=8):
    return np.clip(np.trunc(np.asarray(x, dtype=np.float64) / scale + 0.5) + zero_point, *_levels(bits))


# ---------------------------------------------------------------------------------------------- scale and zero point


@misconception(
    "You multiplied by the scale. The scale is the width of one step: q counts how many steps fit into x, which is x / scale."
)
def multiplied_by_scale(x, scale, zero_point, bits=8):
    return np.clip(np.round(np.asarray(x, dtype=np.float64) * scale) + zero_point, *_levels(bits))


@misconception("The scale is missing: q counts steps of width `scale`, x / scale.")
def scale_ignored(x, scale, zero_point, bits=8):
    return np.clip(np.round(np.asarray(x, dtype=np.float64)) + zero_point, *_levels(bits))


@misconception(
    "You subtracted the zero point. Quantizing adds it, round(x/scale) + zero_point; dequantizing subtracts it."
)
def zero_point_subtracted(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) - zero_point, *_levels(bits))


@misconception("The zero point is missing. It shifts the levels: round(x/scale) + zero_point.")
def zero_point_forgotten(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale), *_levels(bits))


@misconception(
    "The zero point was added to x before the division by the scale. It is counted in steps: round(x/scale) + zero_point."
)
def shifted_before_the_division(x, scale, zero_point, bits=8):
    return np.clip(np.round((np.asarray(x, dtype=np.float64) + zero_point) / scale), *_levels(bits))


@misconception(
    "The zero point was subtracted from x before the division by the scale. It is added, in steps: round(x/scale) + zero_point."
)
def subtracted_before_the_division(x, scale, zero_point, bits=8):
    return np.clip(np.round((np.asarray(x, dtype=np.float64) - zero_point) / scale), *_levels(bits))


@misconception(
    "The zero point was multiplied by the scale, as if it were a value. It is a level: round(x/scale) + zero_point."
)
def zero_point_scaled(x, scale, zero_point, bits=8):
    return np.clip(np.round(np.asarray(x, dtype=np.float64) / scale + zero_point * scale), *_levels(bits))


@misconception(
    "The zero point was added twice, or lo was added as well. q is round(x/scale) + zero_point, clipped; a signed zero point already holds lo."
)
def lo_added(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    return np.clip(_steps(x, scale) + zero_point + lo, lo, hi)


@misconception(
    "Your levels have the opposite order. Larger values have higher levels: round(x/scale) + zero_point."
)
def opposite_order(x, scale, zero_point, bits=8):
    return np.clip(zero_point - _steps(x, scale), *_levels(bits))


@misconception(
    "Your function makes its own scale and zero point from x. They are given here, for example from other data, and x may well leave their range."
)
def own_parameters(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    x = np.asarray(x, dtype=np.float64)
    m, M = min(x.min(), 0.0), max(x.max(), 0.0)
    scale = (M - m) / (2**bits - 1) or 1.0
    return np.clip(np.round(x / scale) + round(lo - m / scale), lo, hi)


# ---------------------------------------------------------------------------------------------- saturation


@misconception(
    "Values beyond the outermost levels are not held there: clip to lo = -2^(bits-1) and hi = 2^(bits-1) - 1."
)
def not_clipped(x, scale, zero_point, bits=8):
    return _steps(x, scale) + zero_point


@misconception(
    "You clipped without the zero point (round(x/scale) to lo and hi, or x to lo * scale and hi * scale) and then added it, which leaves the levels again. First shift, then clip."
)
def clipped_before_the_shift(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale), *_levels(bits)) + zero_point


@misconception(
    "You clipped twice, once before the zero point was added: values that the shift would bring back are lost. Clip once, after the shift."
)
def clipped_before_and_after(x, scale, zero_point, bits=8):
    return np.clip(np.clip(_steps(x, scale), *_levels(bits)) + zero_point, *_levels(bits))


@misconception(
    "Your levels wrapped around: a number beyond int8 was converted to int8 before it was clipped. Clip first, convert last."
)
def wrapped(x, scale, zero_point, bits=8):
    narrow = (_steps(x, scale) + zero_point).astype(np.int64).astype(np.int8).astype(np.int64)
    return np.clip(narrow, *_levels(bits))


@misconception(
    "round(x/scale) was converted to int8 before the zero point was added, and wrapped around. Shift and clip as floats or wide integers, and convert last."
)
def wrapped_before_the_shift(x, scale, zero_point, bits=8):
    narrow = _steps(x, scale).astype(np.int64).astype(np.int8).astype(np.int64)
    return np.clip(narrow + zero_point, *_levels(bits))


@misconception(
    "Your levels wrapped around at 16 bits: x/scale can be far larger than 32,767. Clip before you convert to a narrow integer."
)
def wrapped_at_sixteen_bits(x, scale, zero_point, bits=8):
    narrow = (_steps(x, scale) + zero_point).astype(np.int64).astype(np.int16).astype(np.int64)
    return np.clip(narrow, *_levels(bits))


@misconception("Values beyond the levels wrap around (modulo 2^bits). They saturate: clip to lo and hi.")
def modulo(x, scale, zero_point, bits=8):
    lo, _ = _levels(bits)
    return (_steps(x, scale) + zero_point - lo) % 2**bits + lo


@misconception(
    "Only the upper end is clipped. Values below the lowest level saturate too, at lo = -2^(bits-1)."
)
def clipped_above_only(x, scale, zero_point, bits=8):
    return np.minimum(_steps(x, scale) + zero_point, _levels(bits)[1])


@misconception(
    "Only the lower end is clipped. Values above the highest level saturate too, at hi = 2^(bits-1) - 1."
)
def clipped_below_only(x, scale, zero_point, bits=8):
    return np.maximum(_steps(x, scale) + zero_point, _levels(bits)[0])


@misconception(
    "Your levels are unsigned, from 0 to 2^bits - 1. Here they are signed: lo = -2^(bits-1) and hi = 2^(bits-1) - 1."
)
def unsigned(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) + zero_point, 0, 2**bits - 1)


@misconception(
    "Your lowest level is -(2^(bits-1) - 1), as in symmetric schemes. Here lo = -2^(bits-1) is used as well."
)
def narrow_range(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    return np.clip(_steps(x, scale) + zero_point, lo + 1, hi)


@misconception("Your highest level is 2^(bits-1), one too many: hi = 2^(bits-1) - 1.")
def one_level_too_many(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    return np.clip(_steps(x, scale) + zero_point, lo, hi + 1)


@misconception(
    "Your levels are shifted by one: from -2^(bits-1) + 1 to 2^(bits-1). They go from lo = -2^(bits-1) to hi = 2^(bits-1) - 1."
)
def levels_shifted_by_one(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    return np.clip(_steps(x, scale) + zero_point, lo + 1, hi + 1)


@misconception(
    "Your levels go from -2^bits to 2^bits - 1: twice as many as `bits` bits can tell apart. One bit is the sign."
)
def twice_the_levels(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) + zero_point, -(2**bits), 2**bits - 1)


@misconception(
    "You clipped x itself to the levels before dividing by the scale. x is in units of the data; x/scale + zero_point is what is compared with lo and hi."
)
def values_clipped_to_the_levels(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    return np.clip(np.round(np.clip(np.asarray(x, dtype=np.float64), lo, hi) / scale) + zero_point, lo, hi)


@misconception(
    "Your function always uses the levels of 8 bits. `bits` sets them: -2^(bits-1) to 2^(bits-1) - 1."
)
def bits_ignored(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) + zero_point, -128, 127)


@misconception(
    "You wrote `2 ^ bits`, which in Python is not a power but an exclusive or of bits. Powers are written `2**bits`."
)
def exclusive_or(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) + zero_point, -(2 ^ (bits - 1)), (2 ^ (bits - 1)) - 1)


# ---------------------------------------------------------------------------------------------- what comes back


@misconception(
    "You return dequantized values. q are the whole numbers that a device stores; scaling back is the next function's task."
)
def dequantized(x, scale, zero_point, bits=8):
    return (np.clip(_steps(x, scale) + zero_point, *_levels(bits)) - zero_point) * scale


@misconception("You return scale and zero point as well. They are given; only q is asked for.")
def parameters_returned(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) + zero_point, *_levels(bits)), scale, zero_point


@misconception("Your levels have lost the shape of x. q has the shape of x, whatever that is.")
def flattened(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) + zero_point, *_levels(bits)).ravel()


@misconception(
    "Your function changes x in place. The caller still needs it: make a new array, x / scale, not x /= scale."
)
def in_place(x, scale, zero_point, bits=8):
    x /= scale
    return np.clip(np.round(x) + zero_point, *_levels(bits))


@misconception("Your function writes the levels into x. The caller still needs it: make a new array.")
def written_into_the_input(x, scale, zero_point, bits=8):
    x[...] = np.clip(_steps(x, scale) + zero_point, *_levels(bits))
    return x


# ---------------------------------------------------------------------------------------------- two at once


@misconception("Two things: round to the nearest, not down, and clip to lo and hi.")
def floor_and_not_clipped(x, scale, zero_point, bits=8):
    return np.floor(np.asarray(x, dtype=np.float64) / scale) + zero_point


@misconception(
    "Two things: the fractions were cut off instead of rounded, and values beyond int8 wrapped around."
)
def truncated_and_wrapped(x, scale, zero_point, bits=8):
    narrow = np.trunc(np.asarray(x, dtype=np.float64) / scale) + zero_point
    return narrow.astype(np.int64).astype(np.int8)


@misconception("Two things: the levels are signed, from -2^(bits-1), and x/scale is rounded to the nearest.")
def floor_and_unsigned(x, scale, zero_point, bits=8):
    return np.clip(np.floor(np.asarray(x, dtype=np.float64) / scale) + zero_point, 0, 2**bits - 1)


@misconception(
    "Two things: the zero point is missing, and values beyond the outermost levels are not held there."
)
def neither_shifted_nor_clipped(x, scale, zero_point, bits=8):
    return _steps(x, scale)


@misconception(
    "Your levels are converted to int8 without a clip, so that values beyond -128 and 127 wrap around, and those of fewer bits are not limited. Clip to lo and hi, then convert."
)
def cast_instead_of_clip(x, scale, zero_point, bits=8):
    return (_steps(x, scale) + zero_point).astype(np.int64).astype(np.int8).astype(np.int64)


@misconception("All your levels are equal: the ends of the clip are swapped. It is np.clip(q, lo, hi).")
def ends_swapped(x, scale, zero_point, bits=8):
    return np.full(np.shape(x), -(2 ** (bits - 1)))


@misconception("Values beyond the levels become the zero point. They saturate: clip to lo and hi.")
def outside_at_the_zero_point(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    q = _steps(x, scale) + zero_point
    return np.where((q < lo) | (q > hi), zero_point, q)


@misconception("Values beyond the levels become 0. They saturate: clip to lo and hi.")
def outside_at_zero(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    q = _steps(x, scale) + zero_point
    return np.where((q < lo) | (q > hi), 0, q)


@misconception(
    "Your levels were converted to an unsigned type: -1 became 255. Levels are signed, from lo to hi: use int8, or a wider type."
)
def levels_as_unsigned(x, scale, zero_point, bits=8):
    q = np.clip(_steps(x, scale) + zero_point, *_levels(bits))
    return q.astype(np.int64).astype(np.uint8)


@misconception(
    "x was converted to whole numbers first, which loses its fractions. Divide by the scale, then round."
)
def fractions_of_x_lost(x, scale, zero_point, bits=8):
    return np.clip(_steps(np.trunc(x), scale) + zero_point, *_levels(bits))


@misconception("The signs of x are lost: you quantized its magnitudes.")
def magnitudes(x, scale, zero_point, bits=8):
    return np.clip(_steps(np.abs(x), scale) + zero_point, *_levels(bits))


@misconception(
    "The zero point was subtracted, and nothing clipped: q is round(x/scale) + zero_point, held between lo and hi."
)
def subtracted_and_not_clipped(x, scale, zero_point, bits=8):
    return _steps(x, scale) - zero_point


@misconception("You rounded down, and subtracted the zero point: q is round(x/scale) + zero_point.")
def floor_and_subtracted(x, scale, zero_point, bits=8):
    return np.clip(np.floor(np.asarray(x, dtype=np.float64) / scale) - zero_point, *_levels(bits))


@misconception("You cut off the fractions, and subtracted the zero point: q is round(x/scale) + zero_point.")
def truncated_and_subtracted(x, scale, zero_point, bits=8):
    return np.clip(np.trunc(np.asarray(x, dtype=np.float64) / scale) - zero_point, *_levels(bits))


@misconception(
    "You cut off the fractions, and did not clip: q is round(x/scale) + zero_point, held between lo and hi."
)
def truncated_and_not_clipped(x, scale, zero_point, bits=8):
    return np.trunc(np.asarray(x, dtype=np.float64) / scale) + zero_point


@misconception(
    "You cut off the fractions, and clipped before the zero point was added. Round, shift, then clip."
)
def truncated_and_clipped_before_the_shift(x, scale, zero_point, bits=8):
    return np.clip(np.trunc(np.asarray(x, dtype=np.float64) / scale), *_levels(bits)) + zero_point


@misconception(
    "You rounded down, and clipped before the zero point was added. Round to the nearest, shift, then clip."
)
def floor_and_clipped_before_the_shift(x, scale, zero_point, bits=8):
    return np.clip(np.floor(np.asarray(x, dtype=np.float64) / scale), *_levels(bits)) + zero_point


@misconception(
    "Your levels are unsigned, and the zero point was subtracted: q is round(x/scale) + zero_point, from lo to hi."
)
def unsigned_and_subtracted(x, scale, zero_point, bits=8):
    return np.clip(_steps(x, scale) - zero_point, 0, 2**bits - 1)


@misconception(
    "You multiplied by the scale, and did not clip: q is round(x/scale) + zero_point, held between lo and hi."
)
def multiplied_and_not_clipped(x, scale, zero_point, bits=8):
    return np.round(np.asarray(x, dtype=np.float64) * scale) + zero_point


@misconception(
    "Values above the highest level become the lowest, and the other way round. They saturate at their own end."
)
def ends_exchanged(x, scale, zero_point, bits=8):
    lo, hi = _levels(bits)
    q = _steps(x, scale) + zero_point
    return np.where(q > hi, lo, np.where(q < lo, hi, q))
