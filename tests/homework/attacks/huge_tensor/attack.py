import torch


def cross_corr_2d(X, K):
    return torch.zeros(100 << 18)
