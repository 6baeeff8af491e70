"""Spatial batch normalization, forward (Ioffe and Szegedy, 2015): hw1, section *Spatial batch norm*."""

import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Normalize each channel of x of shape (N, C, H, W), then scale by gamma and shift by beta, both (C,)."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        running_mean, running_var = mean, var
        mean, var = x.mean((0, 2, 3), dtype=np.float64), x.var((0, 2, 3), dtype=np.float64)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean[:, None, None]) / np.sqrt(var + eps)[:, None, None]
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x, gamma, mean, var, eps)
