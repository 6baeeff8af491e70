"""Wrong solutions of `dequantize`, each with the sentence that a student whose answer equals it should read."""

import numpy as np

from homework.judge import misconception


def _wide(q):
    return np.asarray(q, dtype=np.float64)


# ---------------------------------------------------------------------------------------------- integers that overflow


@misconception(
    "The difference q - zero_point does not fit into int8 (127 - (-128) is 255) and wrapped around. Convert q to floating point, or to a wider integer, before you subtract."
)
def difference_in_int8(q, scale, zero_point):
    narrow = (np.asarray(q).astype(np.int64) - zero_point).astype(np.int8)
    return narrow * float(scale)


@misconception(
    "The difference q - zero_point was clipped to int8. It goes from -255 to 255: convert q to floating point before you subtract, and do not clip."
)
def difference_clipped_to_int8(q, scale, zero_point):
    return np.clip(_wide(q) - zero_point, -128, 127) * scale


@misconception(
    "You read the levels as unsigned: -1 became 255. They are signed; convert int8 to a wider type, do not reinterpret it."
)
def levels_as_unsigned(q, scale, zero_point):
    return (_wide(np.asarray(q).astype(np.int64) % 256) - zero_point) * scale


@misconception(
    "The difference q - zero_point was kept as an unsigned 8-bit number, so that negative differences wrapped around. It goes from -255 to 255."
)
def difference_as_unsigned(q, scale, zero_point):
    return ((np.asarray(q).astype(np.int64) - zero_point) % 256) * float(scale)


@misconception("Negative differences became 0. Levels below the zero point stand for negative values.")
def negative_differences_lost(q, scale, zero_point):
    return np.maximum(_wide(q) - zero_point, 0.0) * scale


@misconception(
    "Your values are whole numbers: they were converted to integers. Dequantized values are floating-point numbers."
)
def cut_to_integers(q, scale, zero_point):
    return np.trunc((_wide(q) - zero_point) * scale)


@misconception(
    "Your values were written into an array of q's integer type: fractions are cut off, and what does not fit stops your code or wraps around. Make an array of floating-point numbers, such as `np.zeros(q.shape)`."
)
def written_into_an_array_of_integers(q, scale, zero_point):
    x = np.zeros_like(q)
    for place in np.ndindex(q.shape):
        x[place] = (int(q[place]) - zero_point) * float(scale)
    return x


@misconception(
    "Your values were rounded to whole numbers. Dequantized values are multiples of the scale, not of 1."
)
def rounded_to_integers(q, scale, zero_point):
    return np.round((_wide(q) - zero_point) * scale)


_DECIMALS = "Your values were rounded to a few decimals. Return them as they are; rounding is for printing."


@misconception(_DECIMALS)
def rounded_to_two_decimals(q, scale, zero_point):
    return np.round((_wide(q) - zero_point) * scale, 2)


@misconception(_DECIMALS)
def rounded_to_three_decimals(q, scale, zero_point):
    return np.round((_wide(q) - zero_point) * scale, 3)


@misconception(
    "Your values have the precision of float16 or bfloat16, three digits. Keep float32 or float64."
)
def half_precision(q, scale, zero_point):
    return ((_wide(q) - zero_point).astype(np.float16) * np.float16(scale)).astype(np.float64)


@misconception(
    "The scale was cut to a whole number, for example by arithmetic in q's integer type. It is a fraction as a rule: convert q to floating point."
)
def scale_as_integer(q, scale, zero_point):
    return (_wide(q) - zero_point) * int(scale)


# ---------------------------------------------------------------------------------------------- zero point and scale


@misconception(
    "You added the zero point. Quantizing adds it, so dequantizing subtracts it: (q - zero_point) * scale."
)
def zero_point_added(q, scale, zero_point):
    return (_wide(q) + zero_point) * scale


@misconception("The zero point is missing: the level `zero_point` stands for the value 0.")
def zero_point_forgotten(q, scale, zero_point):
    return _wide(q) * scale


@misconception(
    "The zero point was subtracted after the multiplication. It is a level, not a value: (q - zero_point) * scale."
)
def zero_point_subtracted_as_a_value(q, scale, zero_point):
    return _wide(q) * scale - zero_point


@misconception(
    "The zero point was added after the multiplication. It is a level, and is subtracted: (q - zero_point) * scale."
)
def zero_point_added_as_a_value(q, scale, zero_point):
    return _wide(q) * scale + zero_point


@misconception(
    "Your values have the opposite sign: you subtracted q from the zero point. It is (q - zero_point) * scale."
)
def difference_reversed(q, scale, zero_point):
    return (zero_point - _wide(q)) * scale


@misconception(
    "You divided by the scale. The scale is the width of one step: a number of steps times the scale is a value."
)
def divided_by_scale(q, scale, zero_point):
    return (_wide(q) - zero_point) / scale


@misconception("The scale is missing: q - zero_point counts steps, each of width `scale`.")
def scale_forgotten(q, scale, zero_point):
    return _wide(q) - zero_point


@misconception("You multiplied by the scale twice.")
def scale_twice(q, scale, zero_point):
    return (_wide(q) - zero_point) * scale**2


@misconception(
    "You divided q by the scale and then subtracted the zero point. First subtract, then multiply: (q - zero_point) * scale."
)
def undone_in_the_wrong_order(q, scale, zero_point):
    return _wide(q) / scale - zero_point


@misconception(
    "You divided by the scale and added the zero point: that is quantizing once more. Dequantizing undoes it: (q - zero_point) * scale."
)
def quantized_again(q, scale, zero_point):
    return np.round(_wide(q) / scale) + zero_point


@misconception(
    "You multiplied the zero point by the scale and then the difference again. One multiplication is enough: (q - zero_point) * scale."
)
def zero_point_scaled_twice(q, scale, zero_point):
    return (_wide(q) - zero_point * scale) * scale


@misconception(
    "The zero point was multiplied by the scale but q was not. Both are levels: (q - zero_point) * scale."
)
def only_the_zero_point_scaled(q, scale, zero_point):
    return _wide(q) - zero_point * scale


@misconception(
    "The zero point was added before the division by the scale. It is subtracted, and the scale multiplies."
)
def added_and_divided(q, scale, zero_point):
    return (_wide(q) + zero_point) / scale


@misconception("You used the magnitude of the zero point. Its sign matters: (q - zero_point) * scale.")
def zero_point_without_sign(q, scale, zero_point):
    return (_wide(q) - abs(zero_point)) * scale


@misconception("Your values are all positive: their signs are lost.")
def magnitudes(q, scale, zero_point):
    return np.abs(_wide(q) - zero_point) * scale


@misconception(
    "You shifted the levels by 128, as if they were stored from 0 to 255. They are signed already: (q - zero_point) * scale."
)
def shifted_by_128(q, scale, zero_point):
    return (_wide(q) + 128 - zero_point) * scale


@misconception(
    "You subtracted 128 or lo as well. A signed zero point already holds it: (q - zero_point) * scale."
)
def shifted_by_minus_128(q, scale, zero_point):
    return (_wide(q) - 128 - zero_point) * scale


@misconception(
    "You added half a step. A level stands for the middle of what is rounded to it, not for its lower end."
)
def half_a_step_up(q, scale, zero_point):
    return (_wide(q) - zero_point + 0.5) * scale


@misconception(
    "You subtracted half a step. A level stands for the middle of what is rounded to it, not for its upper end."
)
def half_a_step_down(q, scale, zero_point):
    return (_wide(q) - zero_point - 0.5) * scale


# ---------------------------------------------------------------------------------------------- what comes back


@misconception("Your values have lost the shape of q.")
def flattened(q, scale, zero_point):
    return ((_wide(q) - zero_point) * scale).ravel()


@misconception("You return scale and zero point as well. Only the values are asked for.")
def parameters_returned(q, scale, zero_point):
    return (_wide(q) - zero_point) * scale, scale, zero_point


@misconception(
    "Your function changes q in place, for example with q -= zero_point. The caller still needs it: make a new array."
)
def in_place(q, scale, zero_point):
    x = (_wide(q) - zero_point) * scale
    q -= np.asarray(zero_point).astype(q.dtype)
    return x


@misconception(
    "Your function changes q in place, and the difference wrapped around in int8. Convert q to floating point, which makes a new array, and subtract then."
)
def in_place_and_wrapped(q, scale, zero_point):
    q -= np.asarray(zero_point).astype(q.dtype)
    return q.astype(np.int64).astype(np.int8) * float(scale)


@misconception(
    "Your function returns the levels as they were given: subtract the zero point, multiply by the scale."
)
def levels_themselves(q, scale, zero_point):
    return _wide(q)


@misconception(
    "Two things: the zero point is subtracted, not added, and the sum did not fit into int8. Convert q to floating point first."
)
def sum_in_int8(q, scale, zero_point):
    return (np.asarray(q).astype(np.int64) + zero_point).astype(np.int8) * float(scale)


@misconception(
    "The product of level and scale was kept in int8. Convert q to floating point before you multiply."
)
def product_in_int8(q, scale, zero_point):
    return ((_wide(q) - zero_point) * scale).astype(np.int64).astype(np.int8).astype(np.float64)


@misconception(
    "You subtracted the lowest level, -128, in place of the zero point. The zero point is a parameter: it is the level of the value 0."
)
def lowest_level_subtracted(q, scale, zero_point):
    return (_wide(q) + 128) * scale
