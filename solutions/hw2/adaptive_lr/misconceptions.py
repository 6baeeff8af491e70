"""Wrong solutions of `adaptive_lr`, each with the sentence that a student whose answer equals it should read."""

import numpy as np

from homework.judge import misconception


def _norm(grad, axis=None):
    """The norm of the layer, or of its parts, with its limit."""
    return np.maximum(np.sqrt(np.sum(grad**2, axis=axis, keepdims=axis is not None)), 1e-12)


# ------------------------------------------------------------------------------ the number of weights


@misconception(
    "sqrt(k) is in the denominator (an early version of the paper printed it there). It multiplies: a layer with more weights takes a longer step in all, so that a single weight's stays as long."
)
def root_in_the_denominator(grad, eta):
    return eta * grad / (np.sqrt(grad.size) * _norm(grad))


@misconception(
    "k stands without its root. The norm of a gradient grows with sqrt(k), so that eta·sqrt(k) keeps a weight's step near eta. (Whoever divides by the root mean square has sqrt(k) in it already.)"
)
def root_missing(grad, eta):
    return eta * grad.size * grad / _norm(grad)


@misconception(
    "k takes no part: your step has length eta, whatever the number of weights. Multiply by sqrt(k)."
)
def number_of_weights_missing(grad, eta):
    return eta * grad / _norm(grad)


@misconception("The step is divided by k in place of multiplied by its root.")
def divided_by_the_number(grad, eta):
    return eta * grad / (grad.size * _norm(grad))


@misconception(
    "k counts the filters, or the length of the first dimension (`len(grad)`). It is the number of all weights of the layer: grad.size."
)
def length_of_the_first_dimension(grad, eta):
    return eta * np.sqrt(len(grad)) * grad / _norm(grad)


@misconception("k counts the last dimension alone. It is the number of all weights of the layer: grad.size.")
def length_of_the_last_dimension(grad, eta):
    return eta * np.sqrt(grad.shape[-1]) * grad / _norm(grad)


@misconception("k counts the weights of one filter. It is the number of all weights of the layer: grad.size.")
def weights_of_one_filter(grad, eta):
    return eta * np.sqrt(grad[0].size) * grad / _norm(grad)


@misconception("k counts the dimensions of the array. It is the number of its values: grad.size.")
def number_of_dimensions(grad, eta):
    return eta * np.sqrt(grad.ndim) * grad / _norm(grad)


@misconception(
    "k counts the weights whose gradient is not zero. It is the number of all weights of the layer: grad.size."
)
def nonzero_weights(grad, eta):
    return eta * np.sqrt(np.count_nonzero(grad)) * grad / _norm(grad)


@misconception("The root was taken of eta, too. Only k has a root: eta·sqrt(k).")
def root_of_the_rate(grad, eta):
    return np.sqrt(eta * grad.size) * grad / _norm(grad)


# ------------------------------------------------------------------------------ the norm


@misconception(
    "The norm is missing: your step grows with the gradient. Dividing by the norm is what makes the rate adaptive."
)
def norm_missing(grad, eta):
    return eta * np.sqrt(grad.size) * grad


@misconception(
    "The gradient was multiplied by its norm. Divide by it: layers with small gradients need the larger rate."
)
def multiplied_by_the_norm(grad, eta):
    return eta * np.sqrt(grad.size) * grad * _norm(grad)


@misconception("Each filter was divided by a norm of its own. The norm runs over the whole layer.")
def one_norm_per_filter(grad, eta):
    return eta * np.sqrt(grad.size) * grad / _norm(grad, tuple(range(1, grad.ndim)) or None)


@misconception(
    "Each filter was divided by a norm of its own, and k counts its weights alone. Norm and k belong to the whole layer."
)
def every_filter_for_itself(grad, eta):
    return eta * np.sqrt(grad[0].size) * grad / _norm(grad, tuple(range(1, grad.ndim)) or None)


@misconception(
    "Each kernel of each filter was divided by a norm of its own. The norm runs over the whole layer: flatten the gradient first."
)
def one_norm_per_kernel(grad, eta):
    return eta * np.sqrt(grad.size) * grad / _norm(grad, tuple(range(2, grad.ndim)) or None)


@misconception(
    "The norm was taken along the last dimension only. It runs over the whole layer: flatten the gradient first."
)
def norm_along_the_last_dimension(grad, eta):
    return eta * np.sqrt(grad.size) * grad / _norm(grad, -1)


@misconception(
    "The norm was taken along the first dimension only. It runs over the whole layer: flatten the gradient first."
)
def norm_along_the_first_dimension(grad, eta):
    return eta * np.sqrt(grad.size) * grad / _norm(grad, 0)


@misconception(
    "For a matrix, `np.linalg.norm(grad, 2)` is the largest singular value, and for more dimensions it raises an error. The root of the sum of squares of all values is asked for: `np.linalg.norm(grad)`."
)
def spectral_norm(grad, eta):
    return eta * np.sqrt(grad.size) * grad / max(np.linalg.norm(grad, 2), 1e-12)


@misconception(
    "The gradient was divided by the square of its norm: the root of the sum of squares is missing."
)
def squared_norm(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.maximum(np.sum(grad**2), 1e-12)


@misconception(
    "The gradient was divided by the sum of its absolute values, the l1 norm. The l2 norm is asked for: the root of the sum of squares."
)
def sum_of_absolute_values(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.maximum(np.abs(grad).sum(), 1e-12)


@misconception(
    "The gradient was divided by its largest absolute value. The l2 norm is asked for: the root of the sum of squares."
)
def largest_absolute_value(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.maximum(np.abs(grad).max(), 1e-12)


@misconception(
    "The gradient was divided by the sum of its values, in which signs cancel. The l2 norm is asked for: the root of the sum of squares."
)
def sum_of_values(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.where(grad.sum() == 0, 1e-12, grad.sum())


@misconception(
    "The gradient was divided by its standard deviation, for which the mean is subtracted. The l2 norm is asked for, of the gradient as it is."
)
def standard_deviation(grad, eta):
    return eta * grad / np.maximum(grad.std(), 1e-12)


@misconception(
    "The mean of the gradient was subtracted first. The gradient is taken as it is; only its length changes."
)
def centered(grad, eta):
    grad = grad - grad.mean()
    return eta * np.sqrt(grad.size) * grad / _norm(grad)


@misconception(
    "Every value was divided by its own size, so that only signs are left. The gradient as a whole is divided by one norm, and keeps its direction."
)
def signs_alone(grad, eta):
    return eta * np.sqrt(grad.size) * np.sign(grad)


@misconception(
    "Only gradients longer than 1 were shortened: that is clipping. Here every gradient gets the same length, a short one too."
)
def clipped_by_norm(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.maximum(_norm(grad), 1)


# ------------------------------------------------------------------------------ small gradients and zero


@misconception("A gradient of zeros gives NaN: 0 / 0. Divide by max(||grad||, 1e-12).")
def nan_at_zero(grad, eta):
    with np.errstate(all="ignore"):
        return eta * np.sqrt(grad.size) * grad / np.sqrt(np.sum(grad**2))


@misconception(
    "A gradient of zeros gives zeros, but one whose norm is below 1e-12 is stretched to full length. The divisor is max(||grad||, 1e-12)."
)
def zero_alone_excepted(grad, eta):
    norm = np.sqrt(np.sum(grad**2))
    return eta * np.sqrt(grad.size) * grad / (norm if norm > 0 else 1)


@misconception(
    "A gradient whose norm is below 1e-12 was replaced by zeros. It is divided by 1e-12, which keeps its direction."
)
def zeros_below_the_limit(grad, eta):
    norm = np.sqrt(np.sum(grad**2))
    return np.zeros_like(grad) if norm < 1e-12 else eta * np.sqrt(grad.size) * grad / norm


@misconception(
    "1e-12 was added to the norm. The divisor is max(||grad||, 1e-12): above the limit the norm is taken as it is."
)
def limit_added(grad, eta):
    return eta * np.sqrt(grad.size) * grad / (np.sqrt(np.sum(grad**2)) + 1e-12)


@misconception(
    "Small gradients come out too short: 1e-8 or the like was added to the norm. The divisor is max(||grad||, 1e-12), which leaves all but the tiniest alone."
)
def larger_constant_added(grad, eta):
    return eta * np.sqrt(grad.size) * grad / (np.sqrt(np.sum(grad**2)) + 1e-8)


@misconception("Small gradients come out too short: the limit on the norm is 1e-8 in place of 1e-12.")
def limit_too_large(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.maximum(np.sqrt(np.sum(grad**2)), 1e-8)


@misconception(
    "Small gradients come out too short: your limit on the norm is 1e-6 in place of 1e-12. (1e-12 as a limit on the sum of squares comes to the same: take the root first.)"
)
def limit_under_the_root(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.sqrt(np.maximum(np.sum(grad**2), 1e-12))


@misconception(
    "The tiniest gradients come out too short: the limit 1e-12 was put on the root mean square, which is smaller than the norm. The divisor is max(||grad||, 1e-12); whoever divides by the root mean square has the limit 1e-12 / sqrt(k)."
)
def limit_on_the_root_mean_square(grad, eta):
    return eta * grad / np.maximum(np.sqrt(np.mean(grad**2)), 1e-12)


@misconception(
    "Small gradients come out too short: 1e-12 was added to the sum of squares, under the root. The divisor is max(||grad||, 1e-12)."
)
def limit_added_under_the_root(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.sqrt(np.sum(grad**2) + 1e-12)


@misconception("The divisor is never larger than 1e-12: min stands where max belongs.")
def min_for_max(grad, eta):
    return eta * np.sqrt(grad.size) * grad / np.minimum(np.sqrt(np.sum(grad**2)) + 1e-300, 1e-12)


# ------------------------------------------------------------------------------ eta, sign, what is returned


@misconception("eta takes no part. The step is proportional to it.")
def rate_ignored(grad, eta):
    return np.sqrt(grad.size) * grad / _norm(grad)


@misconception(
    "eta is 0.2 whatever is given: that is the authors' choice for their network. Use the argument."
)
def rate_of_the_authors(grad, eta):
    return 0.2 * np.sqrt(grad.size) * grad / _norm(grad)


@misconception("eta divides the step. The step is proportional to it.")
def divided_by_the_rate(grad, eta):
    return np.sqrt(grad.size) * grad / (eta * _norm(grad))


@misconception("Your step has the opposite sign. It is alpha times the gradient; the optimizer subtracts it.")
def sign_turned(grad, eta):
    return -eta * np.sqrt(grad.size) * grad / _norm(grad)


@misconception(
    "You return the rate, eta·sqrt(k) / ||grad||. The step is asked for: the rate times the gradient."
)
def rate_alone(grad, eta):
    return eta * np.sqrt(grad.size) / _norm(grad)


@misconception(
    "You return the length of the step. The step itself is asked for, with the direction of the gradient."
)
def length_alone(grad, eta):
    return eta * np.sqrt(grad.size)


@misconception("Your step is flat. It has the shape of grad.")
def flattened(grad, eta):
    return (eta * np.sqrt(grad.size) * grad / _norm(grad)).ravel()


@misconception("Your step comes back as a Python list. An array of the shape of grad is asked for.")
def python_list(grad, eta):
    return (eta * np.sqrt(grad.size) * grad / _norm(grad)).tolist()


@misconception(
    "Your values are right, but they were written into grad itself (`*=`, `/=`), and the caller's gradient is gone. Make a new array."
)
def gradient_scaled_in_place(grad, eta):
    norm = _norm(grad)
    grad *= eta * np.sqrt(grad.size)
    grad /= norm
    return grad


@misconception("Your function returned nothing: `return` must hand the step back.")
def nothing_returned(grad, eta):
    _ = eta * np.sqrt(grad.size) * grad / _norm(grad)


# ------------------------------------------------------------------------------ gradients of another shape


@misconception(
    "k counts the first two dimensions only, `shape[0] * shape[1]`, which a gradient of one dimension does not even have. It is the number of all weights of the layer, whatever its dimensions: grad.size."
)
def first_two_dimensions_counted(grad, eta):
    return eta * np.sqrt(grad.shape[0] * grad.shape[1]) * grad / _norm(grad)


@misconception(
    "Your function counts the weights by four dimensions, shape[0] to shape[3], and stops where the gradient has fewer. The number of all weights, whatever the dimensions, is grad.size."
)
def four_dimensions_expected(grad, eta):
    F, C, kh, kw = (grad.shape[axis] for axis in range(4))
    return eta * np.sqrt(F * C * kh * kw) * grad / _norm(grad)


@misconception(
    "Your function works along the first dimension: it takes k for its length, and the norm along it. Both belong to the whole layer: k is grad.size, and the norm runs over all values."
)
def everything_along_the_first_dimension(grad, eta):
    return eta * np.sqrt(len(grad)) * grad / (np.sqrt(np.sum(grad**2, axis=0)) + 1e-8)


@misconception(
    "For a gradient of zeros you return the number 0. The step has the shape of the gradient: `np.zeros_like(grad)`, or no special case at all, since 0 / 1e-12 is 0."
)
def number_for_zeros(grad, eta):
    return eta * np.sqrt(grad.size) * grad / _norm(grad) if grad.any() else 0


@misconception(
    "Your norm is the largest singular value of the matrix of filters: for a matrix, `np.linalg.norm(..., 2)` is the spectral norm. The root of the sum of squares of all values is asked for: `np.linalg.norm(grad)`."
)
def spectral_norm_of_the_filters(grad, eta):
    norm = np.linalg.norm(grad.reshape(grad.shape[0], -1), 2)
    return eta * np.sqrt(grad.size) * grad / max(norm, 1e-12)


@misconception(
    "Each slice along the first axis was divided by a norm of its own, and k counts its weights alone; in a gradient of one dimension that is a single weight. Norm and k belong to the whole layer."
)
def every_slice_for_itself(grad, eta):
    rows = grad.reshape(len(grad), -1)
    return (eta * np.sqrt(rows.shape[1]) * rows / _norm(rows, 1)).reshape(grad.shape)
