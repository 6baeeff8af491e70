import torch


def cross_corr_2d(X, K):
    return torch.ones(1 << 20, 1 << 20)
