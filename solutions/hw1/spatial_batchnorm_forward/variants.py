"""Right ways to write `spatial_batchnorm_forward` that students take. Each must get full marks."""

import numpy as np
import torch
import torch.nn.functional as F

from homework.judge import variant


def _vanilla_forward(x, gamma, beta, bn_param):
    """Batch normalization of (N, D), as CS231n's assignment 2 has it."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    if bn_param["mode"] == "train":
        mean, var = x.mean(axis=0), x.var(axis=0)
        x_hat = (x - mean) / np.sqrt(var + eps)
        cache = (x, x_hat, mean, var, gamma, eps)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif bn_param["mode"] == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        cache = None
    else:
        raise ValueError(f"Invalid forward batchnorm mode {bn_param['mode']}")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return gamma * x_hat + beta, cache


@variant
def transposed_to_vanilla(x, gamma, beta, bn_param):
    """CS231n's hint: the channels moved last, every position a row, and back."""
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = _vanilla_forward(rows, gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@variant
def transposed_with_columns_before_rows(x, gamma, beta, bn_param):
    """The order of positions within a channel does not matter, as long as it is undone."""
    N, C, H, W = x.shape
    out, cache = _vanilla_forward(x.transpose(0, 3, 2, 1).reshape(N * W * H, C), gamma, beta, bn_param)
    return out.reshape(N, W, H, C).transpose(0, 3, 2, 1), cache


@variant
def channels_first_rows(x, gamma, beta, bn_param):
    """One row a channel, whose statistics run along it."""
    N, C, H, W = x.shape
    rows = np.swapaxes(x, 0, 1).reshape(C, -1)
    out, cache = _vanilla_forward(rows.T, gamma, beta, bn_param)
    return np.swapaxes(out.T.reshape(C, N, H, W), 0, 1), cache


@variant
def kept_dimensions(x, gamma, beta, bn_param):
    """`keepdims`, and flat statistics for the dictionary."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    _, C, _, _ = x.shape
    running_mean = bn_param.setdefault("running_mean", np.zeros(C))
    running_var = bn_param.setdefault("running_var", np.zeros(C))
    if mode == "train":
        mean = np.mean(x, axis=(0, 2, 3), keepdims=True)
        var = np.mean((x - mean) ** 2, axis=(0, 2, 3), keepdims=True)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean.reshape(C)
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var.reshape(C)
    else:
        mean = running_mean.reshape(1, C, 1, 1)
        var = running_var.reshape(1, C, 1, 1)
    x_hat = (x - mean) / np.sqrt(var + eps)
    out = gamma.reshape(1, -1, 1, 1) * x_hat + beta.reshape(1, -1, 1, 1)
    return out, {"x_hat": x_hat, "std": np.sqrt(var + eps), "gamma": gamma}


@variant
def running_statistics_in_place(x, gamma, beta, bn_param):
    """The caller's arrays are updated, not replaced."""
    C = x.shape[1]
    for name in ("running_mean", "running_var"):
        if name not in bn_param:
            bn_param[name] = np.zeros(C)
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        bn_param["running_mean"] *= momentum
        bn_param["running_mean"] += (1 - momentum) * mean
        bn_param["running_var"] *= momentum
        bn_param["running_var"] += (1 - momentum) * var
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    out = x - mean[None, :, None, None]
    out /= np.sqrt(var[None, :, None, None] + eps)
    out *= gamma[None, :, None, None]
    out += beta[None, :, None, None]
    return out, (x, mean, var, gamma, beta, eps)


@variant
def running_statistics_by_difference(x, gamma, beta, bn_param):
    """running += (1 - momentum) * (batch - running) is the same average; defaults are plain numbers."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean, running_var = bn_param.get("running_mean", 0.0), bn_param.get("running_var", 0.0)
    if bn_param["mode"] == "train":
        mean, var = np.mean(x, (0, 2, 3)), np.var(x, (0, 2, 3))
        running_mean = running_mean + (1 - momentum) * (mean - running_mean)
        running_var = running_var + (1 - momentum) * (var - running_var)
        bn_param.update(running_mean=running_mean, running_var=running_var)
    else:
        mean, var = running_mean, running_var
    shape = (1, x.shape[1], 1, 1)
    mean, var = (
        np.broadcast_to(mean, x.shape[1]).reshape(shape),
        np.broadcast_to(var, x.shape[1]).reshape(shape),
    )
    return (x - mean) * (var + eps) ** -0.5 * gamma.reshape(shape) + beta.reshape(shape), (x, mean, var)


@variant
def mean_of_squares(x, gamma, beta, bn_param):
    """Var[x] = E[x²] - E[x]²."""
    C = x.shape[1]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = bn_param.get("running_mean", np.zeros(C)), bn_param.get("running_var", np.zeros(C))
    if bn_param["mode"] == "train":
        batch_mean = x.mean(axis=(0, 2, 3))
        batch_var = (x**2).mean(axis=(0, 2, 3)) - batch_mean**2
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * batch_mean
        bn_param["running_var"] = momentum * var + (1 - momentum) * batch_var
        mean, var = batch_mean, batch_var
    scale = gamma / np.sqrt(var + eps)
    return (x - mean.reshape(1, C, 1, 1)) * scale.reshape(1, C, 1, 1) + beta.reshape(1, C, 1, 1), (
        x,
        mean,
        var,
    )


@variant
def folded_scale_and_shift(x, gamma, beta, bn_param):
    """One multiplication and one addition for each value, as on a device."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    statistics = {"running_mean": x.mean((0, 2, 3)), "running_var": x.var((0, 2, 3))}
    if bn_param["mode"] == "train":
        for key, value in statistics.items():
            bn_param[key] = momentum * bn_param.get(key, 0) + (1 - momentum) * value
    else:
        statistics = {key: bn_param.get(key, np.zeros(x.shape[1])) for key in statistics}
    a = gamma / np.sqrt(statistics["running_var"] + eps)
    b = beta - a * statistics["running_mean"]
    return a[:, np.newaxis, np.newaxis] * x + b[:, np.newaxis, np.newaxis], (x, a)


@variant
def loop_over_channels(x, gamma, beta, bn_param):
    """One channel after the other."""
    C = x.shape[1]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = np.array(bn_param.get("running_mean", np.zeros(C)))
    running_var = np.array(bn_param.get("running_var", np.zeros(C)))
    out = np.zeros(x.shape)
    cache = []
    for c in range(C):
        channel = x[:, c, :, :]
        if bn_param["mode"] == "train":
            mean, var = channel.mean(), channel.var()
            running_mean[c] = momentum * running_mean[c] + (1 - momentum) * mean
            running_var[c] = momentum * running_var[c] + (1 - momentum) * var
        else:
            mean, var = running_mean[c], running_var[c]
        normalized = (channel - mean) / np.sqrt(var + eps)
        out[:, c] = gamma[c] * normalized + beta[c]
        cache.append((channel, mean, var))
    bn_param["running_mean"], bn_param["running_var"] = running_mean, running_var
    return out, cache


@variant
def plain_python_loops(x, gamma, beta, bn_param):
    """Sums collected value by value."""
    N, C, H, W = x.shape
    positions = [(n, i, j) for n in range(N) for i in range(H) for j in range(W)]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = bn_param.get("running_mean", [0] * C), bn_param.get("running_var", [0] * C)
    if bn_param["mode"] == "train":
        batch_mean = [sum(x[n, c, i, j] for n, i, j in positions) / len(positions) for c in range(C)]
        batch_var = [
            sum((x[n, c, i, j] - batch_mean[c]) ** 2 for n, i, j in positions) / len(positions)
            for c in range(C)
        ]
        bn_param["running_mean"] = np.array(
            [momentum * mean[c] + (1 - momentum) * batch_mean[c] for c in range(C)]
        )
        bn_param["running_var"] = np.array(
            [momentum * var[c] + (1 - momentum) * batch_var[c] for c in range(C)]
        )
        mean, var = batch_mean, batch_var
    out = np.empty_like(x)
    for c in range(C):
        for n, i, j in positions:
            out[n, c, i, j] = gamma[c] * (x[n, c, i, j] - mean[c]) / (var[c] + eps) ** 0.5 + beta[c]
    return out, (x, mean, var)


@variant
def einsum(x, gamma, beta, bn_param):
    """Sums and products of channels by index letters."""
    N, C, H, W = x.shape
    m = N * H * W
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm, rv = bn_param.get("running_mean", np.zeros(C)), bn_param.get("running_var", np.zeros(C))
    if bn_param["mode"] == "train":
        mu = np.einsum("nchw->c", x) / m
        centered = x - mu[None, :, None, None]
        var = np.einsum("nchw,nchw->c", centered, centered) / m
        bn_param["running_mean"] = rm * momentum + mu * (1.0 - momentum)
        bn_param["running_var"] = rv * momentum + var * (1.0 - momentum)
    else:
        centered, var = x - rm[None, :, None, None], rv
    inverse = 1.0 / np.sqrt(var + eps)
    return np.einsum("nchw,c,c->nchw", centered, inverse, gamma) + beta[None, :, None, None], (
        centered,
        inverse,
        gamma,
    )


@variant
def broadcast_along_the_last_axis(x, gamma, beta, bn_param):
    """A view with channels last, where (C,) broadcasts by itself."""
    view = np.moveaxis(x, 1, -1)
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    bn_param.setdefault("running_mean", np.zeros_like(gamma))
    bn_param.setdefault("running_var", np.zeros_like(beta))
    if bn_param["mode"] == "test":
        out = gamma * (view - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + eps) + beta
        return np.moveaxis(out, -1, 1), None
    mean, std = view.mean((0, 1, 2)), view.std((0, 1, 2))
    bn_param["running_mean"] = momentum * bn_param["running_mean"] + (1 - momentum) * mean
    bn_param["running_var"] = momentum * bn_param["running_var"] + (1 - momentum) * std**2
    x_hat = (view - mean) / np.sqrt(std**2 + eps)
    return np.moveaxis(gamma * x_hat + beta, -1, 1), (x_hat, mean, std)


@variant
def library_function(x, gamma, beta, bn_param):
    """PyTorch normalizes; the running statistics are kept by hand, since PyTorch's convention is another."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = torch.as_tensor(bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype)))
    running_var = torch.as_tensor(bn_param.get("running_var", np.zeros(x.shape[1], x.dtype)))
    X, g, b = (torch.tensor(array) for array in (x, gamma, beta))
    if bn_param["mode"] == "train":
        twice = torch.cat(
            [X, X]
        )  # has the same statistics; `batch_norm` refuses a single value for each channel
        out = F.batch_norm(twice, None, None, g, b, training=True, eps=eps)[: len(X)]
        var, mean = torch.var_mean(X, dim=(0, 2, 3), unbiased=False)
        bn_param["running_mean"] = (momentum * running_mean + (1 - momentum) * mean).numpy()
        bn_param["running_var"] = (momentum * running_var + (1 - momentum) * var).numpy()
    else:
        out = F.batch_norm(X, running_mean, running_var, g, b, training=False, eps=eps)
    return out.numpy(), (X, g, b, eps)


@variant
def library_function_with_converted_statistics(x, gamma, beta, bn_param):
    """PyTorch keeps the statistics with 1 - momentum; Bessel's factor is taken out again."""
    N, C, H, W = x.shape
    m = 2 * N * H * W
    momentum = bn_param.get("momentum", 0.9)
    old_mean = np.asarray(bn_param.get("running_mean", np.zeros(C)), np.float64)
    old_var = np.asarray(bn_param.get("running_var", np.zeros(C)), np.float64)
    mean, var = torch.tensor(old_mean), torch.tensor(old_var)
    X = torch.tensor(x, dtype=torch.float64)
    out = F.batch_norm(
        torch.cat([X, X]),  # twice, since it refuses a single value for each channel
        mean,
        var,
        torch.tensor(gamma, dtype=torch.float64),
        torch.tensor(beta, dtype=torch.float64),
        training=bn_param["mode"] == "train",
        momentum=1 - momentum,
        eps=bn_param.get("eps", 1e-5),
    )[:N]
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = mean.numpy()
        bn_param["running_var"] = momentum * old_var + (var.numpy() - momentum * old_var) * (m - 1) / m
    return out.numpy(), (x, gamma, bn_param.get("eps", 1e-5))


@variant
def tensors_all_the_way(x, gamma, beta, bn_param):
    """Output and statistics stay torch tensors, the cache holds a graph."""
    X, g, b = (torch.tensor(array, requires_grad=True) for array in (x, gamma, beta))
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = torch.as_tensor(bn_param.get("running_mean", torch.zeros(x.shape[1])))
    var = torch.as_tensor(bn_param.get("running_var", torch.zeros(x.shape[1])))
    if bn_param["mode"] == "train":
        batch_mean, batch_var = X.mean(dim=(0, 2, 3)), X.var(dim=(0, 2, 3), correction=0)
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * batch_mean.detach()
        bn_param["running_var"] = momentum * var + (1 - momentum) * batch_var.detach()
        mean, var = batch_mean, batch_var
    x_hat = (X - mean.view(1, -1, 1, 1)) / torch.sqrt(var.view(1, -1, 1, 1) + eps)
    out = g.view(1, -1, 1, 1) * x_hat + b.view(1, -1, 1, 1)
    return out.detach(), (out, X, g, b)


@variant
def single_precision(x, gamma, beta, bn_param):
    """All work in float32."""
    x, gamma, beta = x.astype(np.float32), gamma.astype(np.float32), beta.astype(np.float32)
    N, C, H, W = x.shape
    out, cache = _vanilla_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2).astype(np.float32), cache


@variant
def with_classes_and_noise(x, gamma, beta, bn_param):
    """A cache that is an object, prints, a warning, a parameter of the student's own in the dictionary."""
    import warnings
    from types import SimpleNamespace

    warnings.warn("batch statistics may be noisy", stacklevel=1)
    zeros = {"running_mean": np.zeros(x.shape[1]), "running_var": np.zeros(x.shape[1])}
    cache = SimpleNamespace(
        x=x, gamma=gamma, beta=beta, **{"eps": 1e-5, "momentum": 0.9, **zeros, **bn_param}
    )
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    per_channel = tuple(slice(None) if axis == 1 else None for axis in range(x.ndim))
    if cache.mode == "train":
        bn_param["calls"] = bn_param.get("calls", 0) + 1
        cache.mean, cache.var = x.mean(axes), np.square(x - x.mean(axes)[per_channel]).mean(axes)
        for name, value in (("running_mean", cache.mean), ("running_var", cache.var)):
            bn_param[name] = np.average(
                [bn_param.get(name, np.zeros(x.shape[1])), value],
                axis=0,
                weights=[cache.momentum, 1 - cache.momentum],
            )
    else:
        cache.mean, cache.var = np.asarray(cache.running_mean), np.asarray(cache.running_var)
    print(cache.mean, cache.var)
    cache.x_hat = np.divide(x - cache.mean[per_channel], np.sqrt(cache.var + cache.eps)[per_channel])
    return np.add(cache.x_hat * gamma[per_channel], beta[per_channel]), cache
