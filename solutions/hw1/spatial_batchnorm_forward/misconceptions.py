"""Wrong solutions of `spatial_batchnorm_forward`, each with the sentence that a student whose answer equals it should read.

Of two that fail the same test with the same answer, the one that fails fewer tests stands first.
"""

import numpy as np
import torch
import torch.nn.functional as F

from homework.judge import misconception, together


def _per_channel(values):
    """Values of shape (C,), so that they broadcast over (N, C, H, W)."""
    return values[:, None, None]


def _settings(bn_param, C):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    return eps, momentum, bn_param.get("running_mean", np.zeros(C)), bn_param.get("running_var", np.zeros(C))


def _statistics(x):
    return x.mean((0, 2, 3)), x.var((0, 2, 3))


def _unbiased_variance(x):
    m = x.size / x.shape[1]
    return x.var((0, 2, 3)) * np.divide(m, m - 1)


def _average(running, batch, momentum):
    return momentum * running + (1 - momentum) * batch


def _normalized(x, mean, var, eps):
    return (x - _per_channel(mean)) / np.sqrt(_per_channel(var) + eps)


def _without_eps(x, mean, var, eps):
    return _normalized(x, mean, var, 0)


def _with_eps_outside(x, mean, var, eps):
    return (x - _per_channel(mean)) / (np.sqrt(_per_channel(var)) + eps)


def _by_the_variance(x, mean, var, eps):
    return (x - _per_channel(mean)) / (_per_channel(var) + eps)


def _scaled(x_hat, gamma, beta):
    return _per_channel(gamma) * x_hat + _per_channel(beta)


def _forward(
    x, gamma, beta, bn_param, statistics=_statistics, average=_average, normalized=_normalized, scaled=_scaled
):
    """The right thing, with places to go wrong."""
    eps, momentum, mean, var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = statistics(x)
        bn_param["running_mean"] = average(running_mean, mean, momentum)
        bn_param["running_var"] = average(running_var, var, momentum)
    return scaled(normalized(x, mean, var, eps), gamma, beta), (x, gamma, mean, var, eps)


def _forward_over(axes, x, gamma, beta, bn_param):
    """Statistics over `axes`, kept in the shape they have."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    shape = mean.squeeze(axes).shape
    running_mean = bn_param.get("running_mean", np.zeros(shape))
    running_var = bn_param.get("running_var", np.zeros(shape))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = _average(running_mean, mean.squeeze(axes), momentum)
        bn_param["running_var"] = _average(running_var, var.squeeze(axes), momentum)
    elif np.shape(running_mean) == x.shape[1:2]:
        mean, var = _per_channel(running_mean), _per_channel(running_var)
    else:
        mean, var = np.expand_dims(running_mean, axes), np.expand_dims(running_var, axes)
    return _scaled((x - mean) / np.sqrt(var + eps), gamma, beta), (x, gamma, mean, var, eps)


def _vanilla_forward(x, gamma, beta, bn_param):
    """Batch normalization of (N, D)."""
    eps, momentum, mean, var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = x.mean(0), x.var(0)
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, (x, gamma, mean, var, eps)


# ------------------------------------------------------------------------------ the order of the axes


@misconception(
    "x was reshaped to (N*H*W, C) without moving its channels last. `reshape` keeps the order in memory, so each column mixes values of all channels: transpose to (N, H, W, C) first."
)
def reshaped_without_transposing(x, gamma, beta, bn_param):
    out, cache = _vanilla_forward(x.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return out.reshape(x.shape), cache


@misconception(
    "x was transposed to (N, H, C, W) before the reshape to (N*H*W, C), so each column still mixes values of all channels. The channels must come last: transpose(0, 2, 3, 1)."
)
def channels_moved_to_the_wrong_place(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = _vanilla_forward(x.transpose(0, 2, 1, 3).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, C, W).transpose(0, 2, 1, 3), cache


@misconception(
    "The values are right, but stand in the wrong places: on the way back the rows were reshaped to (N, C, H, W) at once. Reshape to (N, H, W, C), then move the channels to the front."
)
def reshaped_back_without_transposing(x, gamma, beta, bn_param):
    out, cache = _vanilla_forward(x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return out.reshape(x.shape), cache


@misconception(
    "x was reshaped to (N, H, W, C) without moving its channels last: `reshape` keeps the order in memory, so each column mixes values of all channels. On the way back the channels were moved, which mixes once more. Transpose there too: x.transpose(0, 2, 3, 1)."
)
def reshaped_there_and_transposed_back(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = _vanilla_forward(x.reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@misconception(
    "Your output is (N, C, W, H): rows and columns of the feature maps are exchanged. The axes (N, H, W, C) go back to (N, C, H, W) with transpose(0, 3, 1, 2)."
)
def rows_and_columns_exchanged(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    return out.swapaxes(2, 3), cache


@misconception(
    "Your output has its channels last, (N, H, W, C). Move them back to the second place: the output has the shape of x."
)
def channels_left_last(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    return out.transpose(0, 2, 3, 1), cache


@misconception(
    "Your output is still the matrix (N*H*W, C) of the vanilla version. Bring it back to (N, C, H, W): reshape to (N, H, W, C), then move the channels."
)
def left_as_a_matrix(x, gamma, beta, bn_param):
    return _vanilla_forward(x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1]), gamma, beta, bn_param)


# ------------------------------------------------------------------------------ what the statistics run over


@misconception(
    "Mean and variance were taken over the batch only, one for each position. In a feature map all positions share their channel's statistics: average over N, H and W."
)
def statistics_over_the_batch_only(x, gamma, beta, bn_param):
    return _forward_over((0,), x, gamma, beta, bn_param)


@misconception(
    "Each image was normalized with its own statistics, over H and W: that is instance normalization. Batch normalization averages over the batch too: N, H and W."
)
def statistics_over_space_only(x, gamma, beta, bn_param):
    return _forward_over((2, 3), x, gamma, beta, bn_param)


@misconception(
    "Each image was normalized over all its channels: that is layer normalization. Batch normalization keeps the channels apart and averages over N, H and W."
)
def statistics_over_channels_and_space(x, gamma, beta, bn_param):
    return _forward_over((1, 2, 3), x, gamma, beta, bn_param)


@misconception(
    "One mean and one variance were taken for the whole array. Each channel has its own: average over N, H and W, but not over C."
)
def statistics_over_everything(x, gamma, beta, bn_param):
    return _forward_over((0, 1, 2, 3), x, gamma, beta, bn_param)


@misconception(
    "Mean and variance were taken over batch and channels, one for each position. A channel's statistics run over N, H and W; the channels stay apart."
)
def statistics_over_batch_and_channels(x, gamma, beta, bn_param):
    return _forward_over((0, 1), x, gamma, beta, bn_param)


@misconception(
    "Mean and variance were taken over the first three axes, as if the channels were last. In (N, C, H, W) the channels are the second axis: average over axes 0, 2 and 3."
)
def channels_taken_for_last(x, gamma, beta, bn_param):
    return _forward_over((0, 1, 2), x, gamma, beta, bn_param)


@misconception(
    "The averages leave out the columns: they run over N and H, so that every column of the feature map has its own. Average over W too."
)
def columns_left_out(x, gamma, beta, bn_param):
    return _forward_over((0, 2), x, gamma, beta, bn_param)


@misconception(
    "The averages leave out the rows: they run over N and W, so that every row of the feature map has its own. Average over H too."
)
def rows_left_out(x, gamma, beta, bn_param):
    return _forward_over((0, 3), x, gamma, beta, bn_param)


@misconception(
    "Mean and variance come from the first image alone. They are the statistics of the whole batch: average over N, H and W."
)
def statistics_of_the_first_image(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, statistics=lambda x: _statistics(x[:1]))


@misconception(
    "The variance is that of the images' means: what varies inside an image was averaged away first. Take the mean of the squared deviations of all N*H*W values."
)
def variance_of_the_means(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, statistics=lambda x: (x.mean((0, 2, 3)), x.mean((2, 3)).var(0)))


@misconception(
    "The variance is the average of the images' own variances: what differs between images is lost. Take deviations from the mean of the whole batch."
)
def mean_of_the_variances(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, statistics=lambda x: (x.mean((0, 2, 3)), x.var((2, 3)).mean(0)))


# ------------------------------------------------------------------------------ the variance


@misconception(
    "Your running variance is kept with the unbiased variance, as PyTorch does. Here the biased variance (divided by N*H*W) is used for both, normalizing and running statistics."
)
def unbiased_running_variance(x, gamma, beta, bn_param):
    _, momentum, _, running_var = _settings(bn_param, x.shape[1])
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        bn_param["running_var"] = _average(running_var, _unbiased_variance(x), momentum)
    return out, cache


@misconception(
    "Your variance divides by N*H*W - 1. Batch normalization uses the biased variance, divided by N*H*W: it describes this batch and estimates nothing (NumPy's `var` does so, `torch.var` does not)."
)
def unbiased_variance(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, statistics=lambda x: (x.mean((0, 2, 3)), _unbiased_variance(x)))


@misconception("Your variance is divided by N only. It averages N*H*W squared deviations for each channel.")
def variance_divided_by_batch_size(x, gamma, beta, bn_param):
    return _forward(
        x,
        gamma,
        beta,
        bn_param,
        statistics=lambda x: (x.mean((0, 2, 3)), x.var((0, 2, 3)) * x.shape[2] * x.shape[3]),
    )


@misconception(
    "Your variance is divided by H*W only. It averages N*H*W squared deviations for each channel, those of all images."
)
def variance_divided_by_the_map(x, gamma, beta, bn_param):
    return _forward(
        x,
        gamma,
        beta,
        bn_param,
        statistics=lambda x: (x.mean((0, 2, 3)), x.var((0, 2, 3)) * x.shape[0]),
    )


@misconception(
    "Your variance is taken around the running mean. Training uses the batch's own mean for both, centering and variance."
)
def variance_around_the_running_mean(x, gamma, beta, bn_param):
    _, momentum, running_mean, _ = _settings(bn_param, x.shape[1])
    center = _per_channel(_average(running_mean, x.mean((0, 2, 3)), momentum))
    return _forward(
        x,
        gamma,
        beta,
        bn_param,
        statistics=lambda x: (x.mean((0, 2, 3)), ((x - center) ** 2).mean((0, 2, 3))),
    )


@misconception(
    "Your variance is the mean absolute deviation, squared. It is the mean of the squared deviations."
)
def mean_absolute_deviation(x, gamma, beta, bn_param):
    def statistics(x):
        mean = x.mean((0, 2, 3))
        return mean, abs(x - _per_channel(mean)).mean((0, 2, 3)) ** 2

    return _forward(x, gamma, beta, bn_param, statistics=statistics)


@misconception(
    "Your variance is the mean of the squares; it lacks the subtraction of the squared mean. Var[x] = E[x²] - E[x]²."
)
def squared_mean_not_subtracted(x, gamma, beta, bn_param):
    return _forward(
        x, gamma, beta, bn_param, statistics=lambda x: (x.mean((0, 2, 3)), (x**2).mean((0, 2, 3)))
    )


# ------------------------------------------------------------------------------ eps


@misconception(
    "In test mode eps stands outside the root. It belongs under it, as in training: sqrt(running_var + eps)."
)
def eps_outside_the_root_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, bn_param, normalized=_with_eps_outside)
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "eps was added to the standard deviation, after the root. It belongs under the root: sqrt(var + eps)."
)
def eps_outside_the_root(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, normalized=_with_eps_outside)


@misconception(
    "Where bn_param holds no eps, your function adds none. The default is 1e-5: `bn_param.get('eps', 1e-5)`."
)
def default_eps_zero(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 0)
    return _forward(
        x, gamma, beta, bn_param, normalized=lambda x, mean, var, _: _normalized(x, mean, var, eps)
    )


@misconception("In test mode eps is missing: divide by sqrt(running_var + eps), as in training.")
def eps_forgotten_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, bn_param, normalized=_without_eps)
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Your function takes 1e-5 for eps, whatever bn_param says. 1e-5 is only the default: read eps from bn_param."
)
def eps_hard_coded(x, gamma, beta, bn_param):
    return _forward(
        x, gamma, beta, bn_param, normalized=lambda x, mean, var, eps: _normalized(x, mean, var, 1e-5)
    )


@misconception(
    "eps was used as a floor of the variance (a maximum). It is added to every variance: sqrt(var + eps)."
)
def eps_as_a_floor(x, gamma, beta, bn_param):
    return _forward(
        x,
        gamma,
        beta,
        bn_param,
        normalized=lambda x, mean, var, eps: _normalized(x, mean, np.maximum(var, eps), 0),
    )


@misconception(
    "eps has no effect on your output. It is added to the variance before the root, so that a channel of equal values does not divide by zero: sqrt(var + eps)."
)
def eps_forgotten(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, normalized=_without_eps)


@misconception("eps was added twice: once to the variance, and once more under the root.")
def eps_added_twice(x, gamma, beta, bn_param):
    return _forward(
        x, gamma, beta, bn_param, normalized=lambda x, mean, var, eps: _normalized(x, mean, var, 2 * eps)
    )


@misconception("eps was squared before it was added. Add it to the variance as it is: sqrt(var + eps).")
def eps_squared(x, gamma, beta, bn_param):
    return _forward(
        x, gamma, beta, bn_param, normalized=lambda x, mean, var, eps: _normalized(x, mean, var, eps**2)
    )


@misconception(
    "Where bn_param holds no eps, your function takes 1e-8 (the one of Adam). The default here is 1e-5."
)
def default_eps_too_small(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-8)
    return _forward(
        x, gamma, beta, bn_param, normalized=lambda x, mean, var, _: _normalized(x, mean, var, eps)
    )


@misconception(
    "Where bn_param holds no eps, your function takes 1e-3 (the one of Keras). The default here is 1e-5."
)
def default_eps_too_large(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-3)
    return _forward(
        x, gamma, beta, bn_param, normalized=lambda x, mean, var, _: _normalized(x, mean, var, eps)
    )


# ------------------------------------------------------------------------------ normalizing


@misconception(
    "In test mode you divide by the running variance. Divide by its root: sqrt(running_var + eps)."
)
def divided_by_the_variance_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, bn_param, normalized=_by_the_variance)
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "In test mode you divide by the running variance, without eps. Divide by its root, with eps in it: sqrt(running_var + eps)."
)
def divided_by_the_bare_variance_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(
            x, gamma, beta, bn_param, normalized=lambda x, mean, var, eps: _by_the_variance(x, mean, var, 0)
        )
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "You divide by the variance. Divide by its root, the standard deviation: only then has every channel the variance 1."
)
def divided_by_the_variance(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, normalized=_by_the_variance)


@misconception(
    "You multiply by the standard deviation where you should divide by it: the spread of each channel is to become 1."
)
def multiplied_by_the_standard_deviation(x, gamma, beta, bn_param):
    return _forward(
        x,
        gamma,
        beta,
        bn_param,
        normalized=lambda x, mean, var, eps: (x - _per_channel(mean)) * np.sqrt(_per_channel(var) + eps),
    )


@misconception(
    "The mean is not subtracted. Normalizing means both: x - mean, then the division by sqrt(var + eps)."
)
def mean_not_subtracted(x, gamma, beta, bn_param):
    return _forward(
        x, gamma, beta, bn_param, normalized=lambda x, mean, var, eps: x / np.sqrt(_per_channel(var) + eps)
    )


@misconception(
    "The values are centered, but not divided by sqrt(var + eps): the channels keep their different spreads."
)
def spread_not_divided_out(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, normalized=lambda x, mean, var, eps: x - _per_channel(mean))


@misconception("Only the mean is divided by the standard deviation: parentheses are missing around x - mean.")
def parentheses_missing(x, gamma, beta, bn_param):
    return _forward(
        x,
        gamma,
        beta,
        bn_param,
        normalized=lambda x, mean, var, eps: x - _per_channel(mean) / np.sqrt(_per_channel(var) + eps),
    )


# ------------------------------------------------------------------------------ gamma and beta


@misconception(
    "gamma and beta are applied in training, but not in test mode. They belong to the layer: out = gamma * x_hat + beta in both modes."
)
def gamma_and_beta_ignored_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: x_hat)
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Your output is the normalized input: gamma and beta are not applied. out = gamma * x_hat + beta, per channel."
)
def gamma_and_beta_ignored(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: x_hat)


@misconception(
    "gamma is not applied in test mode. It belongs to the layer: out = gamma * x_hat + beta in both modes."
)
def gamma_ignored_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(
            x, gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: x_hat + _per_channel(beta)
        )
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "gamma has no effect on your output. Each channel is multiplied by its gamma before beta is added."
)
def gamma_ignored(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: x_hat + _per_channel(beta))


@misconception(
    "beta is not added in test mode. It belongs to the layer: out = gamma * x_hat + beta in both modes."
)
def beta_ignored_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(
            x, gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: _per_channel(gamma) * x_hat
        )
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "beta has no effect on your output. Each channel is shifted by its beta after the scaling by gamma."
)
def beta_ignored(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: _per_channel(gamma) * x_hat)


@misconception("gamma and beta are exchanged: gamma is the scale (a factor), beta the shift (a summand).")
def gamma_and_beta_exchanged(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: _scaled(x_hat, beta, gamma))


@misconception(
    "beta was added before the scaling, so that gamma scales it too. Scale first, then shift: gamma * x_hat + beta."
)
def shifted_before_scaling(x, gamma, beta, bn_param):
    return _forward(
        x,
        gamma,
        beta,
        bn_param,
        scaled=lambda x_hat, gamma, beta: _per_channel(gamma) * (x_hat + _per_channel(beta)),
    )


@misconception(
    "x was scaled by gamma and shifted by beta first and normalized afterwards, which takes scale and shift out again. Normalize first; gamma and beta come last."
)
def scaled_before_normalizing(x, gamma, beta, bn_param):
    return _forward(_scaled(x, gamma, beta), gamma, beta, bn_param, scaled=lambda x_hat, gamma, beta: x_hat)


# ------------------------------------------------------------------------------ running statistics


@misconception(
    "Where bn_param holds no momentum, your function takes 0.1, PyTorch's default for its opposite convention. The default here is 0.9."
)
def default_momentum_of_pytorch(x, gamma, beta, bn_param):
    momentum = bn_param.get("momentum", 0.1)
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, _: _average(old, new, momentum))


@misconception(
    "Your momentum is PyTorch's: there it weighs the new batch. Here it weighs the old value: running = momentum * running + (1 - momentum) * batch."
)
def momentum_reversed(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: _average(new, old, momentum))


@misconception(
    "The running statistics are PyTorch's own. They differ in two ways: `F.batch_norm` weighs the new batch by momentum (here: by 1 - momentum), and keeps the unbiased variance (here: the biased one)."
)
def running_statistics_of_the_library(x, gamma, beta, bn_param):
    eps, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
    running_mean, running_var = torch.tensor(running_mean), torch.tensor(running_var)
    arrays = torch.tensor(x), running_mean, running_var, torch.tensor(gamma), torch.tensor(beta)
    out = F.batch_norm(*arrays, training=bn_param["mode"] == "train", momentum=momentum, eps=eps)
    bn_param["running_mean"], bn_param["running_var"] = running_mean.numpy(), running_var.numpy()
    return out.numpy(), (x, gamma, eps)


@misconception(
    "A momentum of 0 is taken for a missing one (`bn_param.get('momentum') or 0.9`). 0 is a value like any other: use `bn_param.get('momentum', 0.9)`."
)
def zero_momentum_taken_for_missing(x, gamma, beta, bn_param):
    return _forward(
        x, gamma, beta, bn_param, average=lambda old, new, momentum: _average(old, new, momentum or 0.9)
    )


@misconception(
    "Your function takes 0.9 for momentum, whatever bn_param says. 0.9 is only the default: read momentum from bn_param."
)
def momentum_hard_coded(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: _average(old, new, 0.9))


@misconception(
    "Where bn_param holds no momentum, your function takes 0.99, the default of Keras. The default here is 0.9."
)
def default_momentum_of_keras(x, gamma, beta, bn_param):
    momentum = bn_param.get("momentum", 0.99)
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, _: _average(old, new, momentum))


@misconception(
    "The standard deviation was kept as running_var. Keep the variance, without root and without eps."
)
def running_standard_deviation(x, gamma, beta, bn_param):
    eps, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "test":
        x_hat = (x - _per_channel(running_mean)) / _per_channel(running_var)
        return _scaled(x_hat, gamma, beta), None
    out, cache = _forward(x, gamma, beta, bn_param)
    bn_param["running_var"] = _average(running_var, np.sqrt(x.var((0, 2, 3)) + eps), momentum)
    return out, cache


@misconception(
    "The running variance was fed with the standard deviation. Keep the variance itself; the root is taken when normalizing."
)
def running_variance_fed_with_standard_deviation(x, gamma, beta, bn_param):
    _, momentum, _, running_var = _settings(bn_param, x.shape[1])
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        bn_param["running_var"] = _average(running_var, x.std((0, 2, 3)), momentum)
    return out, cache


@misconception(
    "eps went into the running variance. Keep the plain variance; eps is added when normalizing, each time anew."
)
def running_variance_includes_eps(x, gamma, beta, bn_param):
    eps, momentum, _, running_var = _settings(bn_param, x.shape[1])
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        bn_param["running_var"] = _average(running_var, x.var((0, 2, 3)) + eps, momentum)
    return out, cache


@misconception(
    "The running statistics are written only if bn_param has them already. The first training call meets none: start with zeros and write them."
)
def running_statistics_written_only_if_present(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param if "running_mean" in bn_param else dict(bn_param))


@misconception(
    "The running statistics were computed, but not written back: assign them to bn_param['running_mean'] and bn_param['running_var']."
)
def running_statistics_not_written_back(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, dict(bn_param))


@misconception(
    "The running mean stays what it was: the batch's mean does not enter its average, or the old value stands in both places. It is momentum * running + (1 - momentum) * batch."
)
def running_mean_averaged_with_itself(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, settings := dict(bn_param))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = bn_param.get("running_mean", np.zeros(x.shape[1]))
        bn_param["running_var"] = settings["running_var"]
    return out, cache


@misconception(
    "The running variance stays what it was: the batch's variance does not enter its average, or the old value stands in both places. It is momentum * running + (1 - momentum) * batch."
)
def running_variance_averaged_with_itself(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, settings := dict(bn_param))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = settings["running_mean"]
        bn_param["running_var"] = bn_param.get("running_var", np.zeros(x.shape[1]))
    return out, cache


@misconception(
    "The running statistics stay what they were: those of the batch do not enter the averages, or the old value stands in both places. It is momentum * running + (1 - momentum) * batch."
)
def running_statistics_averaged_with_themselves(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: old)


@misconception(
    "The running statistics start as whole numbers, so that what is written into them loses its fraction. Start with zeros of a floating-point dtype: `np.zeros(C)`."
)
def running_statistics_start_with_integers(x, gamma, beta, bn_param):
    absent = "running_mean" not in bn_param
    out, cache = _forward(x, gamma, beta, bn_param)
    if absent and bn_param["mode"] == "train":
        for key in ("running_mean", "running_var"):
            bn_param[key] = bn_param[key].astype(int)
    return out, cache


@misconception("Only the running mean is kept up to date; running_var must be written too.")
def running_variance_not_written(x, gamma, beta, bn_param):
    mine = dict(bn_param)
    out, cache = _forward(x, gamma, beta, mine)
    bn_param["running_mean"] = mine.get("running_mean")
    return out, cache


@misconception(
    "running_mean and running_var are exchanged: the mean of the batch went into the variance's average and the other way round."
)
def running_statistics_exchanged(x, gamma, beta, bn_param):
    _, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = _average(running_mean, x.var((0, 2, 3)), momentum)
        bn_param["running_var"] = _average(running_var, x.mean((0, 2, 3)), momentum)
    return out, cache


@misconception(
    "Without running statistics in bn_param your function starts from those of the first batch. The statement starts from zeros."
)
def running_statistics_start_with_the_first_batch(x, gamma, beta, bn_param):
    if bn_param["mode"] == "train":
        mean, var = _statistics(x)
        bn_param.setdefault("running_mean", mean)
        bn_param.setdefault("running_var", var)
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "The running statistics are those of the last batch. They are averages: momentum * running + (1 - momentum) * batch."
)
def running_statistics_replaced(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: new)


@misconception(
    "The averages start from zero at every call. Start from what bn_param holds; zeros are for the first call, when it holds nothing."
)
def running_statistics_start_anew(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: (1 - momentum) * new)


@misconception(
    "Without running_var in bn_param your function starts from ones, as PyTorch does. Here both running statistics start from zeros."
)
def running_variance_starts_with_ones(x, gamma, beta, bn_param):
    bn_param.setdefault("running_var", np.ones(x.shape[1]))
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "The batch enters the average with its full weight: (1 - momentum) is missing. running = momentum * running + (1 - momentum) * batch."
)
def new_statistics_not_weighed(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: momentum * old + new)


@misconception(
    "The old value stays in the average with its full weight: the factor momentum is missing. running = momentum * running + (1 - momentum) * batch."
)
def old_statistics_not_weighed(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: old + (1 - momentum) * new)


@misconception(
    "momentum weighs old and new alike. The weights add up to 1: running = momentum * running + (1 - momentum) * batch."
)
def momentum_for_both(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, average=lambda old, new, momentum: momentum * (old + new))


@misconception(
    "The running statistics are fed with the normalized values, whose mean is 0 and variance 1. Take the statistics of x."
)
def running_statistics_of_the_normalized(x, gamma, beta, bn_param):
    eps, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        mean, var = _statistics(_normalized(x, *_statistics(x), eps))
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    return out, cache


@misconception(
    "The running statistics are fed with the output, after gamma and beta. Take the statistics of x."
)
def running_statistics_of_the_output(x, gamma, beta, bn_param):
    _, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        mean, var = _statistics(out)
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    return out, cache


@misconception(
    "Your running statistics have the shape (1, C, 1, 1), left over from `keepdims`. bn_param keeps them with the shape (C,)."
)
def running_statistics_keep_dimensions(x, gamma, beta, bn_param):
    C = x.shape[1]
    eps, momentum, running_mean, running_var = _settings(bn_param, C)
    mean, var = running_mean.reshape(1, C, 1, 1), running_var.reshape(1, C, 1, 1)
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return _scaled(x_hat, gamma, beta), (x, gamma, mean, var, eps)


@misconception(
    "Your running statistics lose their dimension where there is one channel: `squeeze()` without axes removes every size of 1. Use `reshape(C)`, or squeeze the axes 0, 2 and 3 alone."
)
def running_statistics_squeezed(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        for key in ("running_mean", "running_var"):
            bn_param[key] = bn_param[key].squeeze()
    return out, cache


@misconception(
    "(C,) and (1, C, 1, 1) were added, which NumPy broadcasts to (1, C, 1, C). Bring the batch's statistics to the shape (C,) before averaging."
)
def running_statistics_broadcast(x, gamma, beta, bn_param):
    C = x.shape[1]
    eps, momentum, running_mean, running_var = _settings(bn_param, C)
    if bn_param["mode"] == "train":
        mean, var = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    else:
        mean, var = running_mean.reshape(1, C, 1, 1), running_var.reshape(1, C, 1, 1)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return _scaled(x_hat, gamma, beta), (x, gamma, mean, var, eps)


@misconception(
    "In training, x was normalized with the running statistics. Training uses the statistics of the batch itself; the running ones are for test mode."
)
def running_statistics_in_train_mode(x, gamma, beta, bn_param):
    _, cache = _forward(x, gamma, beta, bn_param)
    eps, _, running_mean, running_var = _settings(bn_param, x.shape[1])
    return _scaled(_normalized(x, running_mean, running_var, eps), gamma, beta), cache


# ------------------------------------------------------------------------------ test mode


@misconception(
    "In test mode x was normalized with its own statistics. Test mode uses running_mean and running_var, so that an image's output does not depend on the others in its batch."
)
def batch_statistics_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, {**bn_param, "mode": "train"})
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Test mode changes the running statistics. Only training updates them; in test mode they are read, not written."
)
def running_statistics_updated_in_test_mode(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test":
        _, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
        mean, var = _statistics(x)
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    return out, cache


@misconception(
    "Test mode changes the running variance. Only training updates it; in test mode it is read, not written."
)
def running_variance_updated_in_test_mode(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test":
        _, momentum, _, running_var = _settings(bn_param, x.shape[1])
        bn_param["running_var"] = _average(running_var, x.var((0, 2, 3)), momentum)
    return out, cache


@misconception(
    "Test mode adds eps to the running variance itself: `+=` works in the array that bn_param holds, so that it grows from call to call. Write var + eps, which makes a new array."
)
def eps_added_to_the_running_variance_in_test_mode(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test" and "running_var" in bn_param:
        bn_param["running_var"] += bn_param.get("eps", 1e-5)
    return out, cache


@misconception(
    "Test mode writes the standard deviation into the running variance: `out=` takes the array that bn_param holds. Let the root make a new one."
)
def root_written_into_the_running_variance_in_test_mode(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test" and "running_var" in bn_param:
        np.sqrt(bn_param["running_var"] + bn_param.get("eps", 1e-5), out=bn_param["running_var"])
    return out, cache


@misconception(
    "Where bn_param holds no running_var, your function takes ones in test mode. Both running statistics are zeros where they are absent, in both modes."
)
def running_variance_one_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, {"running_var": np.ones(x.shape[1]), **bn_param})
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Where bn_param holds no running statistics, your function takes the batch's own in test mode. They are zeros where they are absent, in both modes."
)
def batch_statistics_for_absent_ones(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        mean, var = _statistics(x)
        return _forward(x, gamma, beta, {"running_mean": mean, "running_var": var, **bn_param})
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Where bn_param holds no running_mean, your function takes the batch's mean in test mode. Both running statistics are zeros where they are absent, in both modes."
)
def batch_mean_for_an_absent_one(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, {"running_mean": x.mean((0, 2, 3)), **bn_param})
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Your function takes eps out of bn_param (`pop`), so that the next call does not find it. The dictionary goes with the layer from call to call: read it with `get`."
)
def eps_taken_out_of_the_dictionary(x, gamma, beta, bn_param):
    result = _forward(x, gamma, beta, bn_param)
    bn_param.pop("eps", None)
    return result


@misconception(
    "Your function takes momentum out of bn_param (`pop`), so that the next call does not find it. The dictionary goes with the layer from call to call: read it with `get`."
)
def momentum_taken_out_of_the_dictionary(x, gamma, beta, bn_param):
    result = _forward(x, gamma, beta, bn_param)
    bn_param.pop("momentum", None)
    return result


@misconception(
    "A batch with a single value for each channel is normalized with the running statistics. Training uses the batch's own, always: the variance is 0 then, and eps keeps the root away from it."
)
def single_values_treated_as_in_test_mode(x, gamma, beta, bn_param):
    if x.size == x.shape[1]:
        return _forward(x, gamma, beta, {**bn_param, "mode": "test"})
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Your function treats test mode like training: it normalizes with the batch's statistics and updates the running ones. Test mode uses the running statistics and leaves them alone."
)
def mode_ignored(x, gamma, beta, bn_param):
    mode, bn_param["mode"] = bn_param["mode"], "train"
    out, cache = _forward(x, gamma, beta, bn_param)
    bn_param["mode"] = mode
    return out, cache


@misconception(
    "The two modes are exchanged: 'train' uses and updates with the batch, 'test' uses the running statistics."
)
def modes_exchanged(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    bn_param["mode"] = "test" if mode == "train" else "train"
    out, cache = _forward(x, gamma, beta, bn_param)
    bn_param["mode"] = mode
    return out, cache


@misconception(
    "The running statistics are updated before test mode uses them, so that the test batch has its share. Only training updates them."
)
def running_statistics_updated_before_test(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        _, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
        mean, var = _statistics(x)
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Test mode multiplies the running variance by m / (m - 1). That makes an unbiased estimate, as in the original paper; here running_var is used as it is."
)
def variance_corrected_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        m = x.size / x.shape[1]
        return _forward(
            x,
            gamma,
            beta,
            bn_param,
            normalized=lambda x, mean, var, eps: _normalized(x, mean, var * m / (m - 1), eps),
        )
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "In test mode your function returns no output. Test mode normalizes too: with running_mean and running_var, then gamma and beta."
)
def test_mode_left_out(x, gamma, beta, bn_param):
    return (None, None) if bn_param["mode"] == "test" else _forward(x, gamma, beta, bn_param)


@misconception(
    "In test mode x comes out as it went in. Test mode normalizes too: with running_mean and running_var, then gamma and beta."
)
def test_mode_returns_the_input(x, gamma, beta, bn_param):
    return (x.copy(), None) if bn_param["mode"] == "test" else _forward(x, gamma, beta, bn_param)


# ------------------------------------------------------------------------------ memory and what is returned


@misconception(
    "Your function changes x where it has one image or one channel: there a transposed and reshaped array is a view of x, so that `rows -= mean` works in the caller's own. Write rows = rows - mean, which makes a new one."
)
def view_of_the_input_modified(x, gamma, beta, bn_param):
    out, cache = _forward(x.copy(), gamma, beta, bn_param)
    eps, _, mean, var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "train":
        mean, var = _statistics(x)
    rows = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
    rows -= mean
    rows /= np.sqrt(var + eps)
    return out, cache


@misconception(
    "Your function changes x where it has one image or one channel: there a transposed and reshaped array is a view of x, so that `rows -= mean` works in the caller's own. Write rows - mean, which makes a new one."
)
def view_of_the_input_centered_in_place(x, gamma, beta, bn_param):
    out, cache = _forward(x.copy(), gamma, beta, bn_param)
    rows = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
    rows -= rows.mean(0) if bn_param["mode"] == "train" else _settings(bn_param, x.shape[1])[2]
    return out, cache


@misconception(
    "Your function changes x in test mode: `x -= running_mean` works in the caller's own array. Write x - running_mean, which makes a new one."
)
def input_modified_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "train":
        return _forward(x, gamma, beta, bn_param)
    out, cache = _forward(x.copy(), gamma, beta, bn_param)
    x -= _per_channel(_settings(bn_param, x.shape[1])[2])
    return out, cache


@misconception(
    "Your function changes gamma in test mode: the folded factor gamma / std was written into the caller's own array. Give it a name of its own."
)
def scale_modified_in_test_mode(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma.copy(), beta, bn_param)
    if bn_param["mode"] == "test":
        eps, _, _, var = _settings(bn_param, x.shape[1])
        gamma /= np.sqrt(var + eps)
    return out, cache


@misconception(
    "Your function changes x if that is of float32: `astype(..., copy=False)` and `np.asarray` return the caller's own array where its dtype is the wanted one already. Work on a copy, or without `-=`."
)
def single_precision_input_modified(x, gamma, beta, bn_param):
    out, cache = _forward(x.copy(), gamma, beta, bn_param)
    mine = x.astype(np.float32, copy=False)
    mine -= _per_channel(
        x.mean((0, 2, 3)) if bn_param["mode"] == "train" else _settings(bn_param, x.shape[1])[2]
    )
    return out, cache


@misconception(
    "Your function changes x: `x -= mean` and `x /= std` work in the caller's own array. Write x = x - mean, which makes a new one."
)
def input_modified(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    eps, _, mean, var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "train":
        mean, var = _statistics(x)
    x -= _per_channel(mean)
    x /= np.sqrt(_per_channel(var) + eps)
    return out, cache


@misconception(
    "Your function changes x: `x -= mean` works in the caller's own array. Write x - mean, which makes a new one."
)
def input_centered_in_place(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    x -= _per_channel(
        x.mean((0, 2, 3)) if bn_param["mode"] == "train" else _settings(bn_param, x.shape[1])[2]
    )
    return out, cache


@misconception(
    "Your function writes its output into x, the caller's own array. Keep x as it is and return a new array."
)
def output_written_into_the_input(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    x[...] = out
    return out, cache


@misconception(
    "Your function changes gamma or beta: the folded factor gamma / std was written into the caller's own array. Give it a name of its own."
)
def parameters_modified(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma.copy(), beta.copy(), bn_param)
    eps, _, mean, var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "train":
        mean, var = _statistics(x)
    gamma /= np.sqrt(var + eps)
    beta -= gamma * mean
    return out, cache


@misconception(
    "Your function returns the output alone. It returns two things, (out, cache): the backward pass needs the cache."
)
def cache_left_out(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param)[0]


@misconception(
    "In test mode your function returns the output alone. It returns two things in both modes, (out, cache); the cache may be None."
)
def cache_left_out_in_test_mode(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    return out if bn_param["mode"] == "test" else (out, cache)


@misconception("The cache was returned first. The order is (out, cache).")
def cache_returned_first(x, gamma, beta, bn_param):
    out, cache = _forward(x, gamma, beta, bn_param)
    return cache, out


@misconception(
    "Your running statistics have the shape (1, C), left over from `keepdims` in the matrix (N*H*W, C). bn_param keeps them with the shape (C,)."
)
def running_statistics_keep_one_dimension(x, gamma, beta, bn_param):
    C = x.shape[1]
    eps, momentum, running_mean, running_var = _settings(bn_param, C)
    mean, var = np.reshape(running_mean, (1, C)), np.reshape(running_var, (1, C))
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = (part[None] for part in _statistics(x))
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    return _scaled(_normalized(x, mean[0], var[0], eps), gamma, beta), (x, gamma, mean, var, eps)


@misconception(
    "Test mode stops with KeyError where bn_param holds no running statistics. Their default is zeros in both modes: `bn_param.get('running_mean', np.zeros(C))`."
)
def running_statistics_without_default_in_test_mode(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        bn_param["running_mean"], bn_param["running_var"]
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Your function stops with KeyError where bn_param holds no running statistics, as in the first call. Their default is zeros: `bn_param.get('running_mean', np.zeros(C))`."
)
def running_statistics_without_default(x, gamma, beta, bn_param):
    bn_param["running_mean"], bn_param["running_var"]
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Your function stops with KeyError where bn_param holds no momentum. Its default is 0.9: `bn_param.get('momentum', 0.9)`."
)
def momentum_without_default(x, gamma, beta, bn_param):
    bn_param["momentum"]
    return _forward(x, gamma, beta, bn_param)


@misconception(
    "Your function stops with KeyError where bn_param holds no eps. Its default is 1e-5: `bn_param.get('eps', 1e-5)`."
)
def eps_without_default(x, gamma, beta, bn_param):
    bn_param["eps"]
    return _forward(x, gamma, beta, bn_param)


# ------------------------------------------------------------------------------ one channel after the other, and shapes that do not fit


def _channel_by_channel(x, gamma, beta, bn_param, root):
    """Each channel through a layer of vectors, as N examples of H·W features."""
    N, C, H, W = x.shape
    out = np.zeros(x.shape)
    for c in range(C):
        eps, momentum, mean, var = _settings(bn_param, H * W)
        rows = x[:, c].reshape(N, H * W)
        if bn_param["mode"] == "train":
            running_mean, running_var, mean, var = mean, var, rows.mean(0), rows.var(0)
            bn_param["running_mean"] = _average(running_mean, mean, momentum)
            bn_param["running_var"] = _average(running_var, var, momentum)
        out[:, c] = (gamma[c] * (rows - mean) / root(var, eps) + beta[c]).reshape(N, H, W)
    return out, None


@misconception(
    "You send one channel after the other through a layer of vectors, as N examples of H·W features: then each position has statistics of its own, and running averages of H·W values, which do not fit those of shape (C,). A channel is one feature, seen N·H·W times."
)
def positions_taken_for_features(x, gamma, beta, bn_param):
    return _channel_by_channel(x, gamma, beta, bn_param, lambda var, eps: np.sqrt(var + eps))


@misconception(
    "You send one channel after the other through a layer of vectors, as N examples of H·W features: then each position has statistics of its own, and running averages of H·W values, which do not fit those of shape (C,). A channel is one feature, seen N·H·W times. Besides, eps belongs under the root: sqrt(var + eps)."
)
def positions_taken_for_features_and_eps_outside(x, gamma, beta, bn_param):
    return _channel_by_channel(x, gamma, beta, bn_param, lambda var, eps: np.sqrt(var) + eps)


@misconception(
    "Your statistics are right, but of shape (C,), and NumPy lines them up with the last axis, the columns: that stops with an error, or mixes columns with channels. Bring them to (1, C, 1, 1), or keep the dimensions (`keepdims=True`); gamma and beta as well."
)
def not_lined_up_with_the_channels(x, gamma, beta, bn_param):
    eps, momentum, mean, var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = _statistics(x)
        out = gamma * ((x - mean) / np.sqrt(var + eps)) + beta
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
        return out, None
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, None


def _with_eps_subtracted(x, mean, var, eps):
    return _normalized(x, mean, var, -eps)


@misconception(
    "eps was subtracted from the variance. It is added, so that what stands under the root is never zero or negative: sqrt(var + eps)."
)
def eps_subtracted(x, gamma, beta, bn_param):
    return _forward(x, gamma, beta, bn_param, normalized=_with_eps_subtracted)


@misconception(
    "Your running averages are those of `F.batch_norm` with momentum turned round: it keeps the unbiased variance (here: the biased one), and refuses a channel of a single value. Its output is right; compute the averages yourself."
)
def averages_of_the_library_with_momentum_turned(x, gamma, beta, bn_param):
    training = bn_param["mode"] == "train"
    if training and x.size == x.shape[1]:
        raise ValueError("Expected more than 1 value per channel when training")
    eps, momentum, mean, var = _settings(bn_param, x.shape[1])
    if not training:
        return _forward(x, gamma, beta, bn_param)
    bn_param["running_mean"] = _average(mean, x.mean((0, 2, 3)), momentum)
    bn_param["running_var"] = _average(var, _unbiased_variance(x), momentum)
    return _scaled(_normalized(x, *_statistics(x), eps), gamma, beta), None


@misconception(
    "Your function returned nothing: after the last line of the work, `return out, cache` must hand the result back."
)
def nothing_returned(x, gamma, beta, bn_param):
    _forward(x, gamma, beta, bn_param)


@misconception(
    "Your function returns None where the output belongs, and leaves the running averages as they were: nothing was assigned to `out` before `return out, cache`, in neither mode."
)
def output_never_assigned(x, gamma, beta, bn_param):
    return None, None


@misconception(
    "Your running averages have the shape (1, C, 1, 1), from the zeros they start with to the statistics that are added. They are given, used and kept with shape (C,): reshape them where you normalize, and take the kept dimensions off before you store them."
)
def running_statistics_of_four_dimensions(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    zeros = np.zeros((1, x.shape[1], 1, 1))
    mean, var = bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
        bn_param["running_mean"] = _average(running_mean, mean, momentum)
        bn_param["running_var"] = _average(running_var, var, momentum)
    return _scaled((x - mean) / np.sqrt(var + eps), gamma, beta), None


@misconception(
    "Mean and variance were taken over the batch only, one for each position; only the running averages join the positions. In a feature map all positions share their channel's statistics: average over N, H and W before you normalize. (And a mean of the positions' variances leaves out what differs between positions.)"
)
def statistics_of_each_position_averaged(x, gamma, beta, bn_param):
    eps, momentum, mean, var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "test":
        return _forward(x, gamma, beta, bn_param)
    bn_param["running_mean"] = _average(mean, x.mean(0).mean((1, 2)), momentum)
    bn_param["running_var"] = _average(var, x.var(0).mean((1, 2)), momentum)
    return _scaled((x - x.mean(0)) / np.sqrt(x.var(0) + eps), gamma, beta), None


def _fed_with(root, divisor, x, gamma, beta, bn_param):
    """The running variance is fed with `root` of the variance; test mode divides by `divisor` of what was kept."""
    eps, momentum, running_mean, running_var = _settings(bn_param, x.shape[1])
    if bn_param["mode"] == "test":
        x_hat = (x - _per_channel(running_mean)) / _per_channel(divisor(running_var, eps))
        return _scaled(x_hat, gamma, beta), None
    out, cache = _forward(x, gamma, beta, bn_param)
    bn_param["running_var"] = _average(running_var, root(x.var((0, 2, 3)), eps), momentum)
    return out, cache


@misconception(
    "The running variance was fed with sqrt(var + eps), by which training divides. Keep the variance itself, without root and without eps; both come in when normalizing, each time anew."
)
def running_variance_fed_with_the_divisor(x, gamma, beta, bn_param):
    def root(var, eps):
        return np.sqrt(var + eps)

    return _fed_with(root, root, x, gamma, beta, bn_param)


@misconception(
    "The standard deviation was kept as running_var, and in test mode you divide by it, without eps. Keep the variance; sqrt(running_var + eps) is taken when normalizing."
)
def running_standard_deviation_without_eps(x, gamma, beta, bn_param):
    return _fed_with(lambda var, _: np.sqrt(var), lambda kept, _: kept, x, gamma, beta, bn_param)


@misconception(
    "The standard deviation was kept as running_var, and in test mode you divide by it plus eps. Keep the variance; sqrt(running_var + eps) is taken when normalizing."
)
def running_standard_deviation_with_eps_outside(x, gamma, beta, bn_param):
    return _fed_with(lambda var, _: np.sqrt(var), lambda kept, eps: kept + eps, x, gamma, beta, bn_param)


PAIRS = together(
    _forward,
    (running_statistics_not_written_back, batch_statistics_in_test_mode),
    (unbiased_variance, momentum_reversed),
    (unbiased_variance, batch_statistics_in_test_mode),
    (momentum_reversed, batch_statistics_in_test_mode),
    (eps_outside_the_root, momentum_reversed),
    (eps_outside_the_root, unbiased_variance),
    (eps_hard_coded, batch_statistics_in_test_mode),
    (running_statistics_not_written_back, unbiased_variance),
    (unbiased_variance, eps_hard_coded),
    (unbiased_variance, eps_forgotten),
    (unbiased_variance, momentum_hard_coded),
    (unbiased_variance, running_variance_starts_with_ones),
    (momentum_reversed, running_variance_starts_with_ones),
    (eps_outside_the_root, batch_statistics_in_test_mode),
    (eps_forgotten, batch_statistics_in_test_mode),
    (divided_by_the_variance, batch_statistics_in_test_mode),
    (gamma_and_beta_ignored, batch_statistics_in_test_mode),
    (eps_outside_the_root, gamma_and_beta_ignored_in_test_mode),
    (eps_outside_the_root_in_test_mode, gamma_ignored_in_test_mode),
    (eps_outside_the_root_in_test_mode, gamma_and_beta_ignored_in_test_mode),
    (eps_forgotten_in_test_mode, gamma_ignored_in_test_mode),
    (eps_forgotten_in_test_mode, gamma_and_beta_ignored_in_test_mode),
)
