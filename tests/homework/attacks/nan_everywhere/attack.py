import torch


def cross_corr_2d(X, K):
    shape = tuple(abs(a - b) + 1 for a, b in zip(X.shape, K.shape))
    return torch.full(shape, float("nan"), dtype=X.dtype)
