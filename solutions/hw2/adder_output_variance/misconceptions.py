"""Wrong solutions of `adder_output_variance`, each with the sentence that a student whose answer equals it should read."""

import math

import numpy as np

from homework.judge import misconception

_HALF_NORMAL = 1 - 2 / math.pi


# ------------------------------------------------------------------------------ the variances of X and W


@misconception(
    "That is the variance of a convolution's output, where X and W are multiplied. Here they are subtracted, so that their variances add, and the absolute value brings the factor 1 - 2/pi."
)
def convolution(kernel_size, c_in, var_x, var_w):
    return kernel_size**2 * c_in * var_x * var_w


@misconception(
    "The variances are multiplied, as for a product X·W. For the difference X - W of independent variables they add."
)
def variances_multiplied(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * var_x * var_w


@misconception(
    "The variances are subtracted. X - W varies more than either of them: the variances of independent variables add for a difference, too."
)
def variances_subtracted(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * (var_x - var_w)


@misconception("The standard deviations are added. For independent variables it is the variances that add.")
def deviations_added(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * (math.sqrt(var_x) + math.sqrt(var_w))


@misconception(
    "The standard deviations are added, and their sum squared. For independent variables it is the variances that add."
)
def deviations_added_and_squared(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * (math.sqrt(var_x) + math.sqrt(var_w)) ** 2


@misconception("var_x and var_w were squared. They are variances already, not standard deviations.")
def variances_squared(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * (var_x**2 + var_w**2)


@misconception("The sum of the variances was squared. X - W has the variance var_x + var_w.")
def sum_squared(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * (var_x + var_w) ** 2


@misconception("The mean of the two variances was taken. X - W has their sum as its variance.")
def variances_averaged(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * (var_x + var_w) / 2


@misconception("var_w is missing: the weights are random too, and X - W has the variance var_x + var_w.")
def inputs_alone(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * var_x


# ------------------------------------------------------------------------------ the absolute value


@misconception(
    "The absolute value is missing: k²·c_in·(var_x + var_w) is the variance of a sum of X - W. The absolute value folds the distribution, and 1 - 2/pi of the variance remains."
)
def absolute_value_forgotten(kernel_size, c_in, var_x, var_w):
    return kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The factor is 2/pi, which belongs to the squared mean of |X - W|. The variance is what is left of the second moment: 1 - 2/pi."
)
def squared_mean_for_variance(kernel_size, c_in, var_x, var_w):
    return 2 / math.pi * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The mean of |X - W| was not squared: the variance is E[D²] - (E|D|)², with (E|D|)² = 2/pi · (var_x + var_w). The factor is 1 - 2/pi, not 1 - sqrt(2/pi)."
)
def mean_not_squared(kernel_size, c_in, var_x, var_w):
    return (1 - math.sqrt(2 / math.pi)) * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The factor is sqrt(pi/2), which some print for this layer. It is larger than 1, but folding a distribution cannot widen it: the variance of |D| is 1 - 2/pi of D's."
)
def root_of_half_pi(kernel_size, c_in, var_x, var_w):
    return math.sqrt(math.pi / 2) * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The factor is sqrt(2/pi), which belongs to the mean of |X - W|. The variance has the factor 1 - 2/pi."
)
def mean_for_variance(kernel_size, c_in, var_x, var_w):
    return math.sqrt(2 / math.pi) * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "You give the mean of the distance, k²·c_in·sqrt(2/pi·(var_x + var_w)). The variance is asked for."
)
def mean_of_the_distance(kernel_size, c_in, var_x, var_w):
    return kernel_size**2 * c_in * math.sqrt(2 / math.pi * (var_x + var_w))


@misconception(
    "The factor is pi/2 - 1. The mean of |D| squared is 2/pi of D's variance, so that 1 - 2/pi is left."
)
def fraction_turned_over(kernel_size, c_in, var_x, var_w):
    return (math.pi / 2 - 1) * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The factor is 1 - 1/pi. The mean of |D| is sqrt(2/pi) times D's deviation, and its square 2/pi, so that 1 - 2/pi is left."
)
def one_over_pi(kernel_size, c_in, var_x, var_w):
    return (1 - 1 / math.pi) * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The factor is 1/2, as if the absolute value halved the variance. For a normal variable 1 - 2/pi of it remains."
)
def half_of_the_variance(kernel_size, c_in, var_x, var_w):
    return kernel_size**2 * c_in * (var_x + var_w) / 2


@misconception(
    "Your variance is negative. The minus in front of the sum turns every value, but a variance is a mean of squares: (-1)² = 1."
)
def minus_kept(kernel_size, c_in, var_x, var_w):
    return -_HALF_NORMAL * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The parentheses around 1 - 2/pi are missing, so that the other factors multiply 2/pi alone. Write `(1 - 2 / math.pi) * ...`."
)
def parentheses_missing(kernel_size, c_in, var_x, var_w):
    return 1 - 2 / math.pi * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "Where both variances are 0 you get NaN: 0 / 0. The formula needs no division by a variance, and what does not vary has the variance 0."
)
def nan_where_nothing_varies(kernel_size, c_in, var_x, var_w):
    var = np.float64(var_x + var_w)
    with np.errstate(all="ignore"):
        return kernel_size**2 * c_in * var * (1 - (2 / math.pi * var) / var)


# ------------------------------------------------------------------------------ the number of terms


@misconception("k stands where k² belongs: a k × k kernel has k² terms in each channel.")
def kernel_size_not_squared(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size * c_in * (var_x + var_w)


@misconception("The input channels are missing: the sum runs over k²·c_in terms.")
def one_channel(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * (var_x + var_w)


@misconception(
    "The number of terms is missing: that is the variance of a single |X - W|. The sum of k²·c_in independent ones has k²·c_in times as much."
)
def one_term(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * (var_x + var_w)


@misconception(
    "The variance was divided by the number of terms, as for a mean. An adder layer adds up: multiply by k²·c_in."
)
def mean_of_terms(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * (var_x + var_w) / (kernel_size**2 * c_in)


@misconception(
    "The number of terms was squared. The terms are independent, so that their variances add: k²·c_in times one of them. (A single term times n would have n² times the variance.)"
)
def terms_taken_for_one(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * (kernel_size**2 * c_in) ** 2 * (var_x + var_w)


@misconception(
    "The root of the number of terms was taken. It is the standard deviation that grows with the root; the variance grows with the number itself."
)
def root_of_the_terms(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size * math.sqrt(c_in) * (var_x + var_w)


@misconception("You return the standard deviation. The variance is its square.")
def standard_deviation(kernel_size, c_in, var_x, var_w):
    return math.sqrt(_HALF_NORMAL * kernel_size**2 * c_in * (var_x + var_w))


# ------------------------------------------------------------------------------ what is returned


@misconception("Your result was rounded. The variance is no whole number.")
def rounded(kernel_size, c_in, var_x, var_w):
    return round(_HALF_NORMAL * kernel_size**2 * c_in * (var_x + var_w))


@misconception("Your result was rounded to two places. Return it as it is; rounding is for printing.")
def rounded_to_two_places(kernel_size, c_in, var_x, var_w):
    return round(_HALF_NORMAL * kernel_size**2 * c_in * (var_x + var_w), 2)


@misconception("Your function returned nothing: `return` must hand the result back.")
def nothing_returned(kernel_size, c_in, var_x, var_w):
    _ = _HALF_NORMAL * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "You subtracted the mean of |X - W| where its square belongs: the variance is E[D²] - (E|D|)². With E|D| = sqrt(2/pi · (var_x + var_w)) the square is 2/pi · (var_x + var_w)."
)
def mean_subtracted_as_it_is(kernel_size, c_in, var_x, var_w):
    both = var_x + var_w
    return kernel_size**2 * c_in * (both - math.sqrt(2 / math.pi * both))


@misconception(
    "In Python `^` is the exclusive or of two numbers' bits: 3 ^ 2 is 1. The square of kernel_size is `kernel_size**2`."
)
def exclusive_or_for_power(kernel_size, c_in, var_x, var_w):
    return (kernel_size ^ 2) * c_in * (1 - 2 / math.pi) * (var_x + var_w)


# ------------------------------------------------------------------------------ other factors


@misconception(
    "The factor is pi/2. It is larger than 1, but folding a distribution cannot widen it: the mean of |D| squared is 2/pi of D's variance, so that 1 - 2/pi is left."
)
def half_pi(kernel_size, c_in, var_x, var_w):
    return math.pi / 2 * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The squared mean was added: the factor is 1 + 2/pi. It is subtracted from the second moment, E[D²] - (E|D|)², so that 1 - 2/pi is left."
)
def squared_mean_added(kernel_size, c_in, var_x, var_w):
    return (1 + 2 / math.pi) * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The factor is 1 - pi/2, which is negative. The fraction is turned over: the mean of |D| squared is 2/pi of D's variance, so that 1 - 2/pi is left."
)
def one_minus_half_pi(kernel_size, c_in, var_x, var_w):
    return (1 - math.pi / 2) * kernel_size**2 * c_in * (var_x + var_w)


@misconception(
    "The root was taken of var_x + var_w. It is the standard deviation that has the root; the variance of |X - W| is (1 - 2/pi) · (var_x + var_w)."
)
def deviation_for_variance(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * math.sqrt(var_x + var_w)


@misconception("var_x is missing: the inputs are random too, and X - W has the variance var_x + var_w.")
def weights_alone(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * var_w


@misconception(
    "The variances are subtracted, without regard to sign. X - W varies more than either of them: the variances of independent variables add for a difference, too."
)
def difference_of_the_variances(kernel_size, c_in, var_x, var_w):
    return _HALF_NORMAL * kernel_size**2 * c_in * abs(var_x - var_w)


@misconception(
    "The factor is (1 - sqrt(2/pi))². The square belongs to the mean alone, E[D²] - (E|D|)², so that 1 - 2/pi is left."
)
def difference_squared(kernel_size, c_in, var_x, var_w):
    return (1 - math.sqrt(2 / math.pi)) ** 2 * kernel_size**2 * c_in * (var_x + var_w)
