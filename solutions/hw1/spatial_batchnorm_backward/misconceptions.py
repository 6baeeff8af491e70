"""Wrong solutions of `spatial_batchnorm_backward`, each with the sentence that a student whose answer equals it should read.

All work with the reference's cache, but for those of the last section: they bring a forward pass of their own, whose
slip is what the student has to repair.
"""

from itertools import product

import numpy as np

from homework.judge import misconception, together


def _per_channel(values):
    """Values of shape (C,), so that they broadcast over (N, C, H, W)."""
    return values[:, None, None]


def _total(values):
    return values.sum((0, 2, 3))


def _parts(cache):
    """The centered values, the standard deviation and gamma, ready to broadcast."""
    x, gamma, mean, var, eps = cache
    return x - _per_channel(mean), np.sqrt(_per_channel(var) + eps), _per_channel(gamma)


def _parameters(dout, cache):
    """The right dgamma and dbeta."""
    centered, std, _ = _parts(cache)
    return _total(dout * centered / std), _total(dout)


def _backward(dout, cache, m=None, direct=1, through_mean=1, through_variance=1):
    """The right thing for m = N*H*W and the weights 1 of the three paths to dx."""
    centered, std, gamma = _parts(cache)
    m = m or dout.size / dout.shape[1]
    x_hat = centered / std
    dgamma, dbeta = _parameters(dout, cache)
    mean_path, variance_path = _per_channel(dbeta) / m, x_hat * _per_channel(dgamma) / m
    dx = gamma / std * (direct * dout - through_mean * mean_path - through_variance * variance_path)
    return dx, dgamma, dbeta


def _backward_over(axes, dout, cache):
    """All sums over `axes`, divided by the number of values they run over."""
    centered, std, gamma = _parts(cache)
    x_hat = centered / std
    m = np.prod([dout.shape[axis] for axis in axes])
    dgamma, dbeta = (dout * x_hat).sum(axes, keepdims=True), dout.sum(axes, keepdims=True)
    dx = gamma / std * (dout - (dbeta + x_hat * dgamma) / m)
    return dx, dgamma.squeeze(axes), dbeta.squeeze(axes)


# ------------------------------------------------------------------------------ paths to dx


@misconception(
    "dx is dout * gamma / std: that is the direct path alone. x also moves the batch's mean and variance, on which every output of the channel depends; both give dx a part."
)
def direct_path_alone(dout, cache):
    return _backward(dout, cache, through_mean=0, through_variance=0)


@misconception(
    "dx lacks the path through the mean: every x moves its channel's mean, and that moves all outputs of the channel."
)
def path_through_the_mean_dropped(dout, cache):
    return _backward(dout, cache, through_mean=0)


@misconception(
    "dx lacks the path through the variance: every x moves its channel's variance, and that rescales all outputs of the channel."
)
def path_through_the_variance_dropped(dout, cache):
    return _backward(dout, cache, through_variance=0)


@misconception(
    "dx lacks the direct path, dout * gamma / std: only the parts through mean and variance are there. The three add up."
)
def direct_path_dropped(dout, cache):
    return _backward(dout, cache, direct=0)


@misconception(
    "dx is the gradient with respect to x_hat, dout * gamma. The way on to x is missing: through the division by std, the mean and the variance."
)
def stopped_at_the_normalized(dout, cache):
    return dout * _parts(cache)[2], *_parameters(dout, cache)


# ------------------------------------------------------------------------------ signs and factors


@misconception(
    "dx has the opposite sign. What comes through mean and variance is subtracted from dout, not the other way round."
)
def sign_turned(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return -dx, dgamma, dbeta


@misconception(
    "The path through the mean has the wrong sign: out falls when the mean rises, so its part is subtracted."
)
def sign_of_the_mean_turned(dout, cache):
    return _backward(dout, cache, through_mean=-1)


@misconception(
    "The path through the variance has the wrong sign: d(var + eps)^(-1/2)/dvar is negative, so its part is subtracted."
)
def sign_of_the_variance_turned(dout, cache):
    return _backward(dout, cache, through_variance=-1)


@misconception(
    "The paths through mean and variance both have the wrong sign: out falls when the mean rises, and shrinks when the variance grows. Their parts are subtracted from dout."
)
def signs_of_both_turned(dout, cache):
    return _backward(dout, cache, through_mean=-1, through_variance=-1)


@misconception(
    "The path through the variance is half of what it should be: the derivative of the square (x - mean)² gives a factor 2, which cancels the 1/2 of the root."
)
def factor_of_the_square_missing(dout, cache):
    return _backward(dout, cache, through_variance=0.5)


@misconception(
    "The path through the variance is twice what it should be: the derivative of the root gives a factor 1/2, which cancels the 2 of the square."
)
def half_of_the_root_missing(dout, cache):
    return _backward(dout, cache, through_variance=2)


@misconception(
    "The path through the variance has the power -1/2 where the derivative of (var + eps)^(-1/2) has -3/2."
)
def power_not_lowered(dout, cache):
    _, std, _ = _parts(cache)
    return _backward(dout, cache, through_variance=std**2)


@misconception(
    "The path through the variance has the power -1 where the derivative of (var + eps)^(-1/2) has -3/2: one factor 1/std is missing."
)
def one_power_missing(dout, cache):
    _, std, _ = _parts(cache)
    return _backward(dout, cache, through_variance=std)


@misconception(
    "The path through the variance is divided by std once too often: count the powers again, the derivative of (var + eps)^(-1/2) has -3/2."
)
def one_power_too_many(dout, cache):
    _, std, _ = _parts(cache)
    return _backward(dout, cache, through_variance=1 / std)


@misconception(
    "The path through the variance takes x_hat where its formula has x - mean: with the power -3/2 belong the deviations themselves."
)
def variance_path_with_the_normalized(dout, cache):
    _, std, _ = _parts(cache)
    return _backward(dout, cache, through_variance=std**-2)


@misconception("The path through the mean is not divided by std: the mean enters x_hat as -mean / std.")
def mean_path_not_divided(dout, cache):
    _, std, _ = _parts(cache)
    return _backward(dout, cache, through_mean=std)


@misconception(
    "The path through the variance uses raw x where it needs x - mean: the variance is made of deviations from the mean."
)
def variance_path_with_raw_input(dout, cache):
    _, std, gamma = _parts(cache)
    dx, dgamma, dbeta = _backward(dout, cache, through_variance=0)
    m = dout.size / dout.shape[1]
    return dx - gamma / std**2 * cache[0] * _per_channel(dgamma) / m, dgamma, dbeta


@misconception("dgamma and the path through the variance use raw x. Both need the normalized input x_hat.")
def raw_input_in_dgamma_and_dx(dout, cache):
    centered, std, gamma = _parts(cache)
    dgamma, dbeta = _total(dout * cache[0]), _total(dout)
    m = dout.size / dout.shape[1]
    paths = (_per_channel(dbeta) + centered / std * _per_channel(dgamma)) / m
    return gamma / std * (dout - paths), dgamma, dbeta


@misconception(
    "dgamma and the path through the variance use x - mean without the division by std. Both need the normalized input x_hat."
)
def centered_input_in_dgamma_and_dx(dout, cache):
    centered, std, gamma = _parts(cache)
    dgamma, dbeta = _total(dout * centered), _total(dout)
    m = dout.size / dout.shape[1]
    paths = (_per_channel(dbeta) + centered / std * _per_channel(dgamma)) / m
    return gamma / std * (dout - paths), dgamma, dbeta


@misconception(
    "dx is divided by the batch size N. Whether to average over the batch is the loss's business, and in dout already."
)
def dx_divided_by_batch_size(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx / len(dout), dgamma, dbeta


@misconception("dx is multiplied by the standard deviation where it should be divided by it.")
def multiplied_by_the_standard_deviation(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    _, std, _ = _parts(cache)
    return dx * std**2, dgamma, dbeta


@misconception(
    "dx is divided by the variance. Divide by its root, the standard deviation, once: the remaining powers are in x_hat already."
)
def divided_by_the_variance(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    _, std, _ = _parts(cache)
    return dx / std, dgamma, dbeta


@misconception(
    "dx lacks the division by the standard deviation: x_hat = (x - mean) / std, so the chain rule brings a factor 1 / std."
)
def standard_deviation_forgotten(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    _, std, _ = _parts(cache)
    return dx * std, dgamma, dbeta


@misconception(
    "dx lacks the factor gamma: out = gamma * x_hat + beta, so the gradient with respect to x_hat is dout * gamma."
)
def gamma_forgotten(dout, cache):
    x, gamma, *rest = cache
    dx, _, _ = _backward(dout, (x, np.ones_like(gamma), *rest))
    return dx, *_parameters(dout, cache)


@misconception("dx contains gamma twice. It enters once, with dx_hat = dout * gamma.")
def gamma_applied_twice(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx * _parts(cache)[2], dgamma, dbeta


@misconception(
    "gamma stands at the direct path only: the parts through mean and variance start from dout where they should start from dout * gamma."
)
def gamma_at_the_direct_path_only(dout, cache):
    centered, std, gamma = _parts(cache)
    dgamma, dbeta = _parameters(dout, cache)
    m = dout.size / dout.shape[1]
    paths = (_per_channel(dbeta) + centered / std * _per_channel(dgamma)) / m
    return (gamma * dout - paths) / std, dgamma, dbeta


@misconception(
    "The parts through mean and variance contain gamma twice: their sums are over dout * gamma already, and gamma came in once more."
)
def gamma_twice_in_the_sums(dout, cache):
    gamma = _parts(cache)[2]
    return _backward(dout, cache, through_mean=gamma, through_variance=gamma)


# ------------------------------------------------------------------------------ the number of values


@misconception(
    "The sums are not divided by the number of values: mean and variance are averages over m = N*H*W, so each x has a share of 1/m in them."
)
def not_divided_by_m(dout, cache):
    return _backward(dout, cache, m=1)


@misconception("m is N in your dx. A channel's mean and variance average over N*H*W values: m = N*H*W.")
def m_is_the_batch_size(dout, cache):
    return _backward(dout, cache, m=dout.shape[0])


@misconception("m is H*W in your dx. A channel's mean and variance average over the batch too: m = N*H*W.")
def m_is_the_feature_map(dout, cache):
    return _backward(dout, cache, m=dout.shape[2] * dout.shape[3])


@misconception(
    "m is N*H in your dx; the width is missing. A channel's mean and variance average over m = N*H*W values."
)
def m_without_the_width(dout, cache):
    return _backward(dout, cache, m=dout.shape[0] * dout.shape[2])


@misconception(
    "m is N*W in your dx; the height is missing. A channel's mean and variance average over m = N*H*W values."
)
def m_without_the_height(dout, cache):
    return _backward(dout, cache, m=dout.shape[0] * dout.shape[3])


@misconception("Your m takes the feature map for a square, N*H*H. Height and width may differ: m = N*H*W.")
def m_of_a_square(dout, cache):
    return _backward(dout, cache, m=dout.shape[0] * dout.shape[2] ** 2)


@misconception("Your m takes the feature map for a square, N*W*W. Height and width may differ: m = N*H*W.")
def m_of_another_square(dout, cache):
    return _backward(dout, cache, m=dout.shape[0] * dout.shape[3] ** 2)


@misconception(
    "m is the size of the whole array, N*C*H*W. Each channel has its own statistics, over m = N*H*W values."
)
def m_is_everything(dout, cache):
    return _backward(dout, cache, m=dout.size)


@misconception(
    "m is N*C*H or another product with C in it. Each channel has its own statistics, over N, H and W: m = N*H*W."
)
def m_with_the_channels(dout, cache):
    return _backward(dout, cache, m=dout.shape[0] * dout.shape[1] * dout.shape[2])


@misconception(
    "Your dx divides by N*H*W - 1. Mean and (biased) variance of the forward pass divide by m = N*H*W."
)
def one_less_everywhere(dout, cache):
    return _backward(dout, cache, m=dout.size / dout.shape[1] - 1)


@misconception(
    "The path through the variance divides by m - 1, as for the unbiased variance. The forward pass uses the biased one: divide by m = N*H*W."
)
def one_less_in_the_variance_path(dout, cache):
    m = dout.size / dout.shape[1]
    return _backward(dout, cache, through_variance=m / (m - 1))


@misconception(
    "The sums of the path through the mean are right, those of the path through the variance lack the division by m = N*H*W."
)
def variance_path_not_divided_by_m(dout, cache):
    return _backward(dout, cache, through_variance=dout.size / dout.shape[1])


@misconception(
    "The path through the mean lacks the division by m = N*H*W: each x has a share of 1/m in its channel's mean."
)
def mean_path_not_divided_by_m(dout, cache):
    return _backward(dout, cache, through_mean=dout.size / dout.shape[1])


# ------------------------------------------------------------------------------ eps


@misconception(
    "Your gradients take 1e-5 for eps, whatever bn_param said. Read eps from bn_param in the forward pass and keep it in the cache."
)
def eps_hard_coded(dout, cache):
    x, gamma, mean, var, _ = cache
    return _backward(dout, (x, gamma, mean, var, 1e-5))


@misconception(
    "Your gradients are those without eps. Forward and backward pass use the same root, sqrt(var + eps), with the eps of bn_param."
)
def eps_forgotten(dout, cache):
    x, gamma, mean, var, _ = cache
    return _backward(dout, (x, gamma, mean, var, 0))


@misconception(
    "eps was added to the standard deviation, after the root. It belongs under the root, in the forward pass as in the backward: sqrt(var + eps)."
)
def eps_outside_the_root(dout, cache):
    x, gamma, mean, var, eps = cache
    return _backward(dout, (x, gamma, mean, (np.sqrt(var) + eps) ** 2, 0))


@misconception(
    "eps was added twice: what the cache keeps (the root, or var + eps) often contains it already."
)
def eps_added_twice(dout, cache):
    x, gamma, mean, var, eps = cache
    return _backward(dout, (x, gamma, mean, var, 2 * eps))


@misconception("eps was added once more for dx: the root that the cache keeps is sqrt(var + eps) already.")
def eps_added_twice_in_dx(dout, cache):
    *_, eps = cache
    centered, std, gamma = _parts(cache)
    dgamma, dbeta = _parameters(dout, cache)
    m = dout.size / dout.shape[1]
    paths = (_per_channel(dbeta) + centered / std * _per_channel(dgamma)) / m
    return gamma / np.sqrt(std**2 + eps) * (dout - paths), dgamma, dbeta


@misconception(
    "eps is missing in the path through the variance: the derivative of (var + eps)^(-1/2) is -1/2 (var + eps)^(-3/2)."
)
def eps_forgotten_in_the_variance_path(dout, cache):
    _, _, _, var, eps = cache
    return _backward(dout, cache, through_variance=_per_channel((1 + eps / var) ** 1.5))


@misconception(
    "Your gradients divide by the variance alone, which is 0 where all values of a channel are equal. Wherever the variance is divided by, eps belongs to it: var + eps."
)
def divided_by_the_bare_variance(dout, cache):
    _, _, _, var, eps = cache
    return _backward(dout, cache, through_variance=_per_channel((var + eps) / var * (var / (var + eps))))


# ------------------------------------------------------------------------------ dgamma and dbeta


@misconception(
    "dgamma and dbeta are exchanged. gamma multiplies x_hat, so dgamma = sum(dout * x_hat); beta is added, so dbeta = sum(dout). The order is (dx, dgamma, dbeta)."
)
def dgamma_and_dbeta_exchanged(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dbeta, dgamma


@misconception("dx was returned last. The order is (dx, dgamma, dbeta).")
def dx_returned_last(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dgamma, dbeta, dx


@misconception("Your function returns dx alone. It returns three gradients, (dx, dgamma, dbeta).")
def parameters_left_out(dout, cache):
    return _backward(dout, cache)[0]


@misconception("dgamma uses raw x. gamma multiplies the normalized input: dgamma = sum(dout * x_hat).")
def dgamma_with_raw_input(dout, cache):
    dx, _, dbeta = _backward(dout, cache)
    return dx, _total(dout * cache[0]), dbeta


@misconception(
    "dgamma uses x - mean without the division by std. gamma multiplies the normalized input: dgamma = sum(dout * x_hat)."
)
def dgamma_with_centered_input(dout, cache):
    dx, _, dbeta = _backward(dout, cache)
    return dx, _total(dout * _parts(cache)[0]), dbeta


@misconception(
    "dgamma uses x / std without the subtraction of the mean. gamma multiplies the normalized input: dgamma = sum(dout * x_hat)."
)
def dgamma_without_centering(dout, cache):
    dx, _, dbeta = _backward(dout, cache)
    return dx, _total(dout * cache[0] / _parts(cache)[1]), dbeta


@misconception(
    "dgamma uses the scaled values gamma * x_hat. The derivative of gamma * x_hat + beta with respect to gamma is x_hat alone."
)
def dgamma_with_the_scaled(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dgamma * cache[1], dbeta


@misconception(
    "dgamma and dbeta both contain gamma: they were summed over dout * gamma. That product is for dx; dgamma and dbeta start from dout."
)
def gamma_in_both_sums(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dgamma * cache[1], dbeta * cache[1]


@misconception("dbeta contains gamma. beta is simply added to the output: dbeta = sum(dout).")
def gamma_in_dbeta(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dgamma, dbeta * cache[1]


@misconception(
    "x_hat was recovered from the output, by a division by gamma, which may be 0. Keep x_hat in the cache, or what it is made of: x, mean and standard deviation."
)
def normalized_recovered_from_the_output(dout, cache):
    centered, std, gamma = _parts(cache)
    m = dout.size / dout.shape[1]
    x_hat = gamma * centered / std / gamma
    dgamma, dbeta = _total(dout * x_hat), _total(dout)
    return gamma / std * (dout - (_per_channel(dbeta) + x_hat * _per_channel(dgamma)) / m), dgamma, dbeta


@misconception(
    "dgamma is the sum of x_hat: the upstream gradient dout is missing. dgamma = sum(dout * x_hat)."
)
def dgamma_without_upstream(dout, cache):
    dx, _, dbeta = _backward(dout, cache)
    centered, std, _ = _parts(cache)
    return dx, _total(centered / std), dbeta


@misconception(
    "dgamma and dbeta are means. One gamma and one beta serve all N*H*W values of a channel, so their gradients are sums."
)
def means_for_sums(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    m = dout.size / dout.shape[1]
    return dx, dgamma / m, dbeta / m


@misconception(
    "dgamma and dbeta are divided by the batch size N. They are plain sums; whether to average over the batch is the loss's business, and in dout already."
)
def sums_divided_by_batch_size(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dgamma / len(dout), dbeta / len(dout)


@misconception(
    "dgamma and dbeta are summed over the batch only. One gamma serves all positions of its channel: sum over N, H and W, which leaves (C,)."
)
def summed_over_the_batch_only(dout, cache):
    centered, std, _ = _parts(cache)
    return _backward(dout, cache)[0], (dout * centered / std).sum(0), dout.sum(0)


@misconception(
    "dgamma and dbeta are summed over H and W only, one for each image. One gamma serves the whole batch: sum over N, H and W, which leaves (C,)."
)
def summed_over_space_only(dout, cache):
    centered, std, _ = _parts(cache)
    return _backward(dout, cache)[0], (dout * centered / std).sum((2, 3)), dout.sum((2, 3))


@misconception(
    "dgamma and dbeta are summed over everything. Each channel has its own gamma and beta: sum over N, H and W, which leaves (C,)."
)
def summed_over_everything(dout, cache):
    centered, std, _ = _parts(cache)
    return _backward(dout, cache)[0], (dout * centered / std).sum(), dout.sum()


@misconception(
    "dgamma and dbeta are not summed at all. One gamma and one beta serve all N*H*W values of a channel: sum over N, H and W, which leaves (C,)."
)
def not_summed(dout, cache):
    centered, std, _ = _parts(cache)
    return _backward(dout, cache)[0], dout * centered / std, dout.copy()


@misconception(
    "dgamma and dbeta have the shape (1, C), left over from `keepdims`. They have the shapes of gamma and beta, (C,)."
)
def a_dimension_kept(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dgamma[None], dbeta[None]


@misconception(
    "dgamma and dbeta have the shape (1, C, 1, 1), left over from `keepdims`. They have the shapes of gamma and beta, (C,)."
)
def dimensions_kept(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dgamma[None, :, None, None], dbeta[None, :, None, None]


# ------------------------------------------------------------------------------ axes


@misconception(
    "All sums run over the batch only. The statistics of the forward pass run over N, H and W, and so do the sums of the backward pass."
)
def everything_over_the_batch_only(dout, cache):
    return _backward_over((0,), dout, cache)


@misconception(
    "All sums run over H and W only, image by image. The statistics of the forward pass run over N, H and W, and so do the sums of the backward pass."
)
def everything_over_space_only(dout, cache):
    return _backward_over((2, 3), dout, cache)


@misconception(
    "In dx the averages run over H and W only, image by image. The mean and variance of the forward pass run over N, H and W, and so do the averages in dx."
)
def dx_over_space_only(dout, cache):
    return _backward_over((2, 3), dout, cache)[0], *_parameters(dout, cache)


@misconception(
    "In dx the averages run over the batch only. The mean and variance of the forward pass run over N, H and W, and so do the averages in dx."
)
def dx_over_the_batch_only(dout, cache):
    return _backward_over((0,), dout, cache)[0], *_parameters(dout, cache)


@misconception(
    "In dx the averages run over all channels together. Each channel has its own mean and variance: average over N, H and W."
)
def dx_over_everything(dout, cache):
    return _backward_over((0, 1, 2, 3), dout, cache)[0], *_parameters(dout, cache)


@misconception(
    "dout was reshaped to (N*H*W, C) without moving its channels last. `reshape` keeps the order in memory, so each column mixes values of all channels: transpose to (N, H, W, C) first."
)
def reshaped_without_transposing(dout, cache):
    x, gamma, mean, var, eps = cache
    d = dout.reshape(-1, dout.shape[1])
    std = np.sqrt(var + eps)
    x_hat = (x.transpose(0, 2, 3, 1).reshape(d.shape) - mean) / std
    dgamma, dbeta = (d * x_hat).sum(0), d.sum(0)
    dx = gamma / std * (d - (dbeta + x_hat * dgamma) / len(d))
    N, C, H, W = dout.shape
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@misconception(
    "The values of dx are right, but stand in the wrong places: on the way back the rows were reshaped to (N, C, H, W) at once. Reshape to (N, H, W, C), then move the channels to the front."
)
def reshaped_back_without_transposing(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx.transpose(0, 2, 3, 1).reshape(dx.shape), dgamma, dbeta


@misconception(
    "Your dx is (N, C, W, H): rows and columns of the feature maps are exchanged. The axes (N, H, W, C) go back to (N, C, H, W) with transpose(0, 3, 1, 2)."
)
def rows_and_columns_exchanged(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx.swapaxes(2, 3), dgamma, dbeta


@misconception(
    "Your dx has its channels last, (N, H, W, C). Move them back to the second place: dx has the shape of x."
)
def channels_left_last(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx.transpose(0, 2, 3, 1), dgamma, dbeta


@misconception(
    "Your dx is still the matrix (N*H*W, C) of the vanilla version. Bring it back to (N, C, H, W): reshape to (N, H, W, C), then move the channels."
)
def left_as_a_matrix(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx.transpose(0, 2, 3, 1).reshape(-1, dx.shape[1]), dgamma, dbeta


# ------------------------------------------------------------------------------ upstream, precision, memory


@misconception(
    "Your gradients do not depend on dout: they are those of the sum of all outputs (as after `out.sum().backward()`). The chain rule starts from dout: `out.backward(dout)`."
)
def upstream_ignored(dout, cache):
    return _backward(np.ones_like(dout), cache)


@misconception(
    "Your gradients are right to about seven digits: somewhere they went through float32. Keep the inputs' float64."
)
def single_precision(dout, cache):
    x, gamma, mean, var, eps = cache
    arrays = (array.astype(np.float32) for array in (x, gamma, mean, var))
    return _backward(dout.astype(np.float32), (*arrays, np.float32(eps)))


@misconception(
    "dbeta goes through float32 on its way into dx: where dout is far from zero, the difference of the two has few right digits left. Keep the inputs' float64."
)
def mean_in_single_precision(dout, cache):
    centered, std, gamma = _parts(cache)
    dgamma, dbeta = _total(dout * centered / std), _total(dout.astype(np.float32)).astype(np.float64)
    m = dout.size / dout.shape[1]
    return (
        gamma / std * (dout - (_per_channel(dbeta) + centered / std * _per_channel(dgamma)) / m),
        dgamma,
        dbeta,
    )


@misconception(
    "Your function changes dout where it has one image or one channel: there a transposed and reshaped array is a view of dout, so that `rows *= gamma` works in the caller's own. Write rows * gamma, which makes a new one."
)
def view_of_upstream_multiplied_in_place(dout, cache):
    gradients = _backward(dout.copy(), cache)
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, dout.shape[1])
    rows *= cache[1]
    return gradients


@misconception(
    "Your function changes dout: `dout *= gamma` works in the caller's own array. Write dout * gamma, which makes a new one."
)
def upstream_multiplied_in_place(dout, cache):
    gradients = _backward(dout, cache)
    dout *= _parts(cache)[2]
    return gradients


@misconception("Your function writes dx into dout, the caller's own array. Return a new array.")
def dx_written_into_upstream(dout, cache):
    dx, dgamma, dbeta = _backward(dout, cache)
    dout[...] = dx
    return dout, dgamma, dbeta


# ------------------------------------------------------------------------------ the forward pass


def _forward_over(axes, x, gamma, beta, bn_param):
    mean, std = x.mean(axes, keepdims=True), np.sqrt(x.var(axes, keepdims=True) + bn_param["eps"])
    x_hat = (x - mean) / std
    return _per_channel(gamma) * x_hat + _per_channel(beta), (x_hat, std, _per_channel(gamma), axes)


def _backward_of_forward_over(dout, cache):
    """The right gradients of `_forward_over`."""
    x_hat, std, gamma, axes = cache
    dx_hat = dout * gamma
    through = dx_hat.mean(axes, keepdims=True) + x_hat * (dx_hat * x_hat).mean(axes, keepdims=True)
    return (dx_hat - through) / std, _total(dout * x_hat), _total(dout)


def _over_the_batch(x, gamma, beta, bn_param):
    return _forward_over((0,), x, gamma, beta, bn_param)


def _over_space(x, gamma, beta, bn_param):
    return _forward_over((2, 3), x, gamma, beta, bn_param)


def _over_channels_and_space(x, gamma, beta, bn_param):
    return _forward_over((1, 2, 3), x, gamma, beta, bn_param)


def _over_everything(x, gamma, beta, bn_param):
    return _forward_over((0, 1, 2, 3), x, gamma, beta, bn_param)


def _unbiased(x, gamma, beta, bn_param):
    m = x.size / x.shape[1]
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3)) * np.divide(m, m - 1)
    out = _per_channel(gamma) * (x - _per_channel(mean)) / np.sqrt(_per_channel(var) + bn_param["eps"])
    return out + _per_channel(beta), (x, gamma, mean, var, bn_param["eps"])


def _without_transposing(x, gamma, beta, bn_param):
    rows = x.reshape(-1, x.shape[1])
    std = np.sqrt(rows.var(0) + bn_param["eps"])
    x_hat = (rows - rows.mean(0)) / std
    return (gamma * x_hat + beta).reshape(x.shape), (x_hat, std, gamma)


@misconception(
    "These gradients come from a forward pass with the unbiased variance, divided by N*H*W - 1. Repair the forward pass: it divides by N*H*W.",
    also={"spatial_batchnorm_forward": _unbiased},
)
def forward_with_unbiased_variance(dout, cache):
    return _backward(dout, cache)


@misconception(
    "These are the right gradients of another forward pass: one with statistics over the batch only, for each position. Average over N, H and W in both passes.",
    also={"spatial_batchnorm_forward": _over_the_batch},
)
def forward_over_the_batch_only(dout, cache):
    return _backward_of_forward_over(dout, cache)


@misconception(
    "These are the right gradients of another forward pass: instance normalization, with statistics over H and W for each image. Average over N, H and W in both passes.",
    also={"spatial_batchnorm_forward": _over_space},
)
def forward_over_space_only(dout, cache):
    return _backward_of_forward_over(dout, cache)


@misconception(
    "These are the right gradients of another forward pass: layer normalization, with statistics over C, H and W for each image. Average over N, H and W in both passes.",
    also={"spatial_batchnorm_forward": _over_channels_and_space},
)
def forward_over_channels_and_space(dout, cache):
    return _backward_of_forward_over(dout, cache)


@misconception(
    "These are the right gradients of another forward pass: one with a single mean and variance for the whole array. Average over N, H and W, channel by channel, in both passes.",
    also={"spatial_batchnorm_forward": _over_everything},
)
def forward_over_everything(dout, cache):
    return _backward_of_forward_over(dout, cache)


@misconception(
    "x and dout were both reshaped to (N*H*W, C) without moving their channels last. `reshape` keeps the order in memory, so each column mixes values of all channels: transpose to (N, H, W, C) first, in both passes.",
    also={"spatial_batchnorm_forward": _without_transposing},
)
def both_reshaped_without_transposing(dout, cache):
    x_hat, std, gamma = cache
    d = dout.reshape(x_hat.shape)
    dgamma, dbeta = (d * x_hat).sum(0), d.sum(0)
    dx = gamma / std * (d - (dbeta + x_hat * dgamma) / len(d))
    return dx.reshape(dout.shape), dgamma, dbeta


# ------------------------------------------------------------------------------ eps with another sign or in one pass only, and a cache in another order


@misconception(
    "In dx eps was subtracted from the variance. It is added under the root, as in the forward pass: sqrt(var + eps)."
)
def eps_subtracted_in_dx(dout, cache):
    *_, var, eps = cache
    centered, std, scale = _parts(cache)
    dgamma, dbeta = _parameters(dout, cache)
    m = dout.size / dout.shape[1]
    with np.errstate(all="ignore"):
        factor = scale / np.sqrt(_per_channel(var) - eps)
    return factor * (dout - (_per_channel(dbeta) + centered / std * _per_channel(dgamma)) / m), dgamma, dbeta


@misconception(
    "In the variance path of dx eps was subtracted from the variance. It is added under the root, as in the forward pass: (var + eps)**-1.5."
)
def eps_subtracted_in_the_variance_path(dout, cache):
    *_, var, eps = cache
    centered, _, scale = _parts(cache)
    m = dout.size / dout.shape[1]
    direct, dgamma, dbeta = _backward(dout, cache, through_variance=0)
    with np.errstate(all="ignore"):
        dvar = -0.5 * (dout * scale * centered * (_per_channel(var) - eps) ** -1.5).sum((0, 2, 3))
    return direct + 2 * centered * _per_channel(dvar) / m, dgamma, dbeta


@misconception(
    "eps is missing from dgamma, or from the normalized values that you compute for it anew: dgamma sums dout * x_hat, with x_hat = (x - mean) / sqrt(var + eps) as in the forward pass."
)
def eps_forgotten_in_dgamma(dout, cache):
    centered, _, _ = _parts(cache)
    dx, _, dbeta = _backward(dout, cache)
    with np.errstate(all="ignore"):
        dgamma = _total(dout * centered / np.sqrt(_per_channel(cache[3])))
    return dx, dgamma, dbeta


@misconception(
    "In dx x - mean stands where gamma belongs. Is the cache taken apart in the order in which the forward pass put it together?"
)
def centered_input_for_gamma(dout, cache):
    centered, std, _ = _parts(cache)
    dgamma, dbeta = _parameters(dout, cache)
    m = dout.size / dout.shape[1]
    through = (_per_channel(dbeta) + centered / std * _per_channel(dgamma)) / m
    return centered / std * (dout - through), dgamma, dbeta


def _keeping_beta(x, gamma, beta, bn_param):
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
    std = np.sqrt(_per_channel(var) + bn_param["eps"])
    out = _per_channel(gamma) * (x - _per_channel(mean)) / std + _per_channel(beta)
    return out, (x, beta, mean, var, bn_param["eps"])


@misconception(
    "In dx beta stands where gamma belongs. Is the cache taken apart in the order in which the forward pass put it together? (beta has no part in any gradient.)",
    also={"spatial_batchnorm_forward": _keeping_beta},
)
def beta_for_gamma(dout, cache):
    return _backward(dout, cache)


@misconception(
    "In dx the averages of dout * gamma and of dout * gamma * x_hat run over all channels together (`.mean()` without axes). Each channel has its own mean and variance: average over N, H and W."
)
def scaled_averages_over_everything(dout, cache):
    centered, std, gamma = _parts(cache)
    x_hat, d = centered / std, dout * gamma
    return ((d - d.mean() - x_hat * (d * x_hat).mean()) / std, *_parameters(dout, cache))


@misconception(
    "Your function returned nothing: after the last line of the work, `return dx, dgamma, dbeta` must hand the gradients back."
)
def nothing_returned(dout, cache):
    _backward(dout, cache)


@misconception(
    "Your function returns None where the gradients belong: nothing was assigned to `dx`, `dgamma` and `dbeta` before they were returned."
)
def gradients_never_assigned(dout, cache):
    return None, None, None


@misconception(
    "dx is divided by sqrt(var) without eps, so that it is infinite where a channel has no spread. Divide by the root of the forward pass, sqrt(var + eps)."
)
def eps_forgotten_in_the_divisor_of_dx(dout, cache):
    _, std, _ = _parts(cache)
    dx, dgamma, dbeta = _backward(dout, cache)
    with np.errstate(all="ignore"):
        return dx * std / np.sqrt(_per_channel(cache[3])), dgamma, dbeta


_OF_THE_MEAN = (path_through_the_mean_dropped, sign_of_the_mean_turned, mean_path_not_divided_by_m)
_OF_THE_VARIANCE = (
    path_through_the_variance_dropped,
    sign_of_the_variance_turned,
    factor_of_the_square_missing,
    half_of_the_root_missing,
    power_not_lowered,
    one_power_missing,
    variance_path_not_divided_by_m,
)
_SAID_ALREADY = (  # these two are misconceptions of their own
    (path_through_the_mean_dropped, path_through_the_variance_dropped),
    (sign_of_the_mean_turned, sign_of_the_variance_turned),
    (mean_path_not_divided_by_m, variance_path_not_divided_by_m),
)
_OF_M = (m_is_the_batch_size, m_is_the_feature_map, not_divided_by_m)

PAIRS = together(
    _backward,
    *(pair for pair in product(_OF_THE_MEAN, _OF_THE_VARIANCE) if pair not in _SAID_ALREADY),
    *product((*_OF_THE_MEAN, *_OF_THE_VARIANCE, *_OF_M, direct_path_alone), (gamma_forgotten,)),
    *product((m_is_the_batch_size,), (*_OF_THE_MEAN[:2], *_OF_THE_VARIANCE[:6])),
    (m_is_the_batch_size, standard_deviation_forgotten),
    (m_is_the_batch_size, eps_forgotten),
    (m_is_the_batch_size, means_for_sums),
    (gamma_forgotten, means_for_sums),
)
