"""Spatial batch normalization, backward (Ioffe and Szegedy, 2015): hw1, section *Spatial batch norm*."""

import numpy as np


def spatial_batchnorm_backward(dout, cache):
    """Take dout of shape (N, C, H, W) to dx of the same shape, dgamma and dbeta of shape (C,)."""
    x, gamma, mean, var, eps = cache
    std = np.sqrt(var + eps)[:, None, None]
    x_hat = (x - mean[:, None, None]) / std
    dgamma, dbeta = (dout * x_hat).sum((0, 2, 3)), dout.sum((0, 2, 3))
    m = dout.size / dout.shape[1]
    dx = gamma[:, None, None] / std * (dout - (x_hat * dgamma[:, None, None] + dbeta[:, None, None]) / m)
    return dx, dgamma, dbeta
