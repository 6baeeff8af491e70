"""Right ways to write `spatial_batchnorm_backward` that students take. Each must get full marks.

Some come with a forward pass of their own, since what the cache holds is the student's choice.
"""

import numpy as np
import torch
import torch.nn.functional as F

from homework.judge import variant


def _forward_keeping(x, gamma, beta, bn_param):
    """The forward pass with what most students keep: x_hat, gamma, the centered values, the root and its inverse."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    xmu = x - mean[None, :, None, None]
    sqrtvar = np.sqrt(var[None, :, None, None] + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    out = gamma[None, :, None, None] * xhat + beta[None, :, None, None]
    return out, (xhat, gamma, xmu, ivar, sqrtvar, var, eps)


def _library(X, g, b, eps):
    """The library's own, of the batch twice: that has the same statistics, and a single value in a channel is refused."""
    return F.batch_norm(torch.cat([X, X]), None, None, g, b, training=True, eps=eps)[: len(X)]


def _forward_with_graph(x, gamma, beta, bn_param):
    """The forward pass in PyTorch; the cache is autograd's graph."""
    X, g, b = (torch.tensor(array, requires_grad=True) for array in (x, gamma, beta))
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        out = _library(X, g, b, eps)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * x.mean((0, 2, 3))
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var((0, 2, 3))
    else:
        out = F.batch_norm(X, torch.tensor(running_mean), torch.tensor(running_var), g, b, eps=eps)
    return out.detach().numpy(), {"out": out, "leaves": (X, g, b)}


def _forward_with_rows(x, gamma, beta, bn_param):
    """The forward pass over rows of channels, (N*H*W, C), and a cache of the vanilla version."""
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = bn_param.get("running_mean", np.zeros(C)), bn_param.get("running_var", np.zeros(C))
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = rows.mean(0), rows.var(0)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (rows - mean) / np.sqrt(var + eps)
    out = (gamma * x_hat + beta).reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return out, (rows, x_hat, mean, var, gamma, eps)


def _vanilla_backward(dout, cache):
    """The (N, D) version, node by node, as CS231n's assignment 2 has it."""
    x, x_hat, mean, var, gamma, eps = cache
    N = x.shape[0]
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
    dmean = np.sum(-dx_hat / np.sqrt(var + eps), axis=0) + dvar * np.sum(-2 * (x - mean), axis=0) / N
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / N + dmean / N
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@variant
def closed_form(dout, cache):
    """Simplified on paper: one line for dx."""
    x, gamma, mean, var, eps = cache
    N, C, H, W = dout.shape
    m = N * H * W
    inv = (1 / np.sqrt(var + eps)).reshape(1, C, 1, 1)
    x_hat = (x - mean.reshape(1, C, 1, 1)) * inv
    dbeta = np.sum(dout, axis=(0, 2, 3))
    dgamma = np.sum(dout * x_hat, axis=(0, 2, 3))
    dx = (gamma.reshape(1, C, 1, 1) * inv / m) * (
        m * dout - x_hat * dgamma.reshape(1, C, 1, 1) - dbeta.reshape(1, C, 1, 1)
    )
    return dx, dgamma, dbeta


@variant
def closed_form_with_means(dout, cache):
    """The same with averages: no m to get wrong."""
    x, gamma, mean, var, eps = cache
    std = np.sqrt(var + eps)[None, :, None, None]
    x_hat = (x - mean[None, :, None, None]) / std
    dx_hat = dout * gamma[None, :, None, None]
    axes = {"axis": (0, 2, 3), "keepdims": True}
    dx = (dx_hat - dx_hat.mean(**axes) - x_hat * (dx_hat * x_hat).mean(**axes)) / std
    return dx, np.einsum("nchw,nchw->c", dout, x_hat), np.einsum("nchw->c", dout)


@variant(also={"spatial_batchnorm_forward": _forward_keeping})
def graph_node_by_node(dout, cache):
    """The computational graph walked backwards (the well-known blog post), with a cache of intermediate values."""
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, _, H, W = dout.shape
    M = N * H * W
    sums = {"axis": (0, 2, 3), "keepdims": True}
    dbeta = np.sum(dout, axis=(0, 2, 3))
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3))
    dxhat = dout * gamma[None, :, None, None]
    divar = np.sum(dxhat * xmu, **sums)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var[None, :, None, None] + eps) * dsqrtvar
    dsq = 1.0 / M * np.ones(dout.shape) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dx1, **sums)
    dx2 = 1.0 / M * np.ones(dout.shape) * dmu
    return dx1 + dx2, dgamma, dbeta


@variant(also={"spatial_batchnorm_forward": _forward_keeping})
def closed_form_from_kept_values(dout, cache):
    """x_hat and the inverse root taken from the cache, dx summed in another order."""
    xhat, gamma, _, ivar, *_ = cache
    dgamma, dbeta = np.sum(xhat * dout, axis=(0, 2, 3)), np.sum(dout, axis=(0, 2, 3))
    m = np.prod(dout.shape) // dout.shape[1]
    dx = dout - dbeta[None, :, None, None] / m
    dx -= xhat * dgamma[None, :, None, None] / m
    dx *= gamma[None, :, None, None] * ivar
    return [dx, dgamma, dbeta]


@variant
def paper_formulas(dout, cache):
    """The chain rule of the paper (section 3), with all its terms."""
    x, gamma, mean, var, eps = cache
    C = dout.shape[1]
    m = dout[:, 0].size
    g, mu, v = (array.reshape(1, C, 1, 1) for array in (gamma, mean, var + eps))
    axes = (0, 2, 3)
    dxhat = dout * g
    dvar = np.sum(dxhat * (x - mu) * (-0.5) * v ** (-1.5), axis=axes, keepdims=True)
    dmu = np.sum(dxhat * -1 / np.sqrt(v), axis=axes, keepdims=True)
    dmu = dmu + dvar * np.sum(-2 * (x - mu), axis=axes, keepdims=True) / m
    dx = dxhat / np.sqrt(v) + dvar * 2 * (x - mu) / m + dmu / m
    return dx, np.sum(dout * (x - mu) / np.sqrt(v), axis=axes), np.sum(dout, axis=axes)


@variant
def without_the_term_that_is_zero(dout, cache):
    """The mean's path through the variance is left out: the deviations from the mean add up to nothing."""
    x, gamma, mean, var, eps = cache
    xc = x - mean[:, None, None]
    istd = (var + eps)[:, None, None] ** -0.5
    dxhat = gamma[:, None, None] * dout
    dvar = -0.5 * (dxhat * xc).sum((0, 2, 3), keepdims=True) * istd**3
    dmean = -(dxhat * istd).sum((0, 2, 3), keepdims=True)
    count = x.shape[0] * x.shape[2] * x.shape[3]
    dx = dxhat * istd + (2 * xc * dvar + dmean) / count
    return dx, (dout * xc * istd).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@variant(also={"spatial_batchnorm_forward": _forward_with_rows})
def reshaped_to_vanilla(dout, cache):
    """CS231n's hint: the channels moved last, every position a row, and back."""
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = _vanilla_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@variant
def channels_first_rows(dout, cache):
    """One row a channel."""
    x, gamma, mean, var, eps = cache
    N, C, H, W = dout.shape
    d = dout.swapaxes(0, 1).reshape(C, N * H * W)
    xc = x.swapaxes(0, 1).reshape(C, N * H * W) - mean[:, None]
    s = np.sqrt(var + eps)[:, None]
    dgamma = (d * xc / s).sum(1)
    dx = gamma[:, None] / s * (d - d.mean(1, keepdims=True) - xc * (d * xc).mean(1, keepdims=True) / s**2)
    return dx.reshape(C, N, H, W).swapaxes(0, 1), dgamma, d.sum(1)


@variant
def loop_over_channels(dout, cache):
    """One channel after the other."""
    x, gamma, mean, var, eps = cache
    _, C, _, _ = x.shape
    dx = np.zeros_like(dout)
    dgamma, dbeta = np.zeros(C), np.zeros(C)
    for c in range(C):
        d, std = dout[:, c], np.sqrt(var[c] + eps)
        x_hat = (x[:, c] - mean[c]) / std
        dgamma[c] = np.sum(d * x_hat)
        dbeta[c] = np.sum(d)
        dx[:, c] = gamma[c] * (d - d.mean() - x_hat * np.mean(d * x_hat)) / std
    return dx, dgamma, dbeta


@variant
def plain_python_loops(dout, cache):
    """Every sum collected value by value."""
    x, gamma, mean, var, eps = cache
    N, C, H, W = x.shape
    m = N * H * W
    dx, dgamma, dbeta = np.zeros((N, C, H, W)), np.zeros((C,)), np.zeros((C,))
    for c in range(C):
        for n in range(N):
            for i in range(H):
                for j in range(W):
                    dgamma[c] += dout[n, c, i, j] * (x[n, c, i, j] - mean[c]) / (var[c] + eps) ** 0.5
                    dbeta[c] += dout[n, c, i, j]
        for n in range(N):
            for i in range(H):
                for j in range(W):
                    x_hat = (x[n, c, i, j] - mean[c]) / (var[c] + eps) ** 0.5
                    dx[n, c, i, j] = gamma[c] / (var[c] + eps) ** 0.5
                    dx[n, c, i, j] *= dout[n, c, i, j] - dbeta[c] / m - x_hat * dgamma[c] / m
    return dx, dgamma, dbeta


@variant
def projection(dout, cache):
    """dx is the part of gamma * dout / std that neither the constant nor x_hat can take up (with eps: almost)."""
    x, gamma, mean, var, eps = cache
    columns = np.moveaxis(dout, 1, -1).reshape(-1, dout.shape[1])
    x_hat = (np.moveaxis(x, 1, -1).reshape(columns.shape) - mean) / np.sqrt(var + eps)
    m = len(columns)
    ones = np.ones((m, 1))
    dx = columns - ones @ (ones.T @ columns) / m
    for c in range(dout.shape[1]):
        dx[:, c] -= np.outer(x_hat[:, c], x_hat[:, c]) @ columns[:, c] / m
    dx = dx * gamma / np.sqrt(var + eps)
    N, C, H, W = dout.shape
    return np.moveaxis(dx.reshape(N, H, W, C), -1, 1), (columns * x_hat).sum(0), columns.sum(0)


@variant
def jacobian(dout, cache):
    """The Jacobian of each channel, times dout."""
    x, gamma, mean, var, eps = cache
    dx = np.empty(x.shape)
    for c, (g, mu, v) in enumerate(zip(gamma, mean, var, strict=True)):
        xc = (x[:, c] - mu).ravel()
        m, s = xc.size, np.sqrt(v + eps)
        J = g * ((np.eye(m) - 1 / m) / s - np.outer(xc, xc) / (m * s**3))
        dx[:, c] = (J @ dout[:, c].ravel()).reshape(x[:, c].shape)
    x_hat = (x - mean[:, None, None]) / np.sqrt(var + eps)[:, None, None]
    return dx, np.add.reduce(dout * x_hat, axis=(0, 2, 3)), dout.sum((0, 2, 3))


@variant
def autograd_inside(dout, cache):
    """The forward pass again in PyTorch, differentiated there."""
    x, gamma, _, _, eps = cache
    X, g = torch.tensor(x, requires_grad=True), torch.tensor(gamma, requires_grad=True)
    b = torch.zeros(len(gamma), dtype=g.dtype, requires_grad=True)
    out = _library(X, g, b, eps)
    return tuple(grad.numpy() for grad in torch.autograd.grad(out, (X, g, b), torch.tensor(dout)))


@variant(also={"spatial_batchnorm_forward": _forward_with_graph})
def autograd_of_the_forward(dout, cache):
    """The forward pass's own graph; gradients stay tensors."""
    X, g, b = cache["leaves"]
    cache["out"].backward(torch.tensor(dout))
    return X.grad, g.grad, b.grad


@variant
def with_noise(dout, cache):
    """Prints, warnings, and an inner function."""
    import warnings

    x, gamma, mean, var, eps = cache
    warnings.warn("slow", stacklevel=1)
    print(x.shape, dout.shape)

    def total(values):
        return values.sum(axis=3).sum(axis=2).sum(axis=0)

    def spread(values):
        return np.tile(values.reshape(1, -1, 1, 1), (x.shape[0], 1, *x.shape[2:]))

    inverse = spread(1 / np.sqrt(var + eps))
    x_hat = (x - spread(mean)) * inverse
    dgamma, dbeta = total(dout * x_hat), total(dout)
    m = x.size / x.shape[1]
    return spread(gamma) * inverse * (dout - spread(dbeta / m) - x_hat * spread(dgamma / m)), dgamma, dbeta
