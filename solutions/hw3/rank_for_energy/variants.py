"""Right solutions of `rank_for_energy`, written in other ways: all of them must get full marks."""

import numpy as np
import torch

from homework.judge import variant


@variant
def searched(W, energy):
    """A binary search in the cumulated shares."""
    s = np.linalg.svd(W, compute_uv=False)
    cumulated = np.cumsum(s**2)
    return np.searchsorted(cumulated / cumulated[-1], energy - 1e-12) + 1


@variant
def loop(W, energy):
    """Adds one after the other until it is enough."""
    _, s, _ = np.linalg.svd(W)
    total, found = (s * s).sum(), 0.0
    for r, value in enumerate(s, start=1):
        found += value * value
        if found >= (energy - 1e-12) * total:
            return r
    return len(s)


@variant
def first_true(W, energy):
    """argmax finds the first that is True."""
    s = np.linalg.svd(np.asarray(W), full_matrices=False)[1]
    shares = np.cumsum(s**2) / np.sum(s**2)
    return int(np.argmax(shares + 1e-12 >= energy)) + 1


@variant
def through_eigenvalues(W, energy):
    """The squares are the eigenvalues of W W^T, without a singular value decomposition."""
    squares = np.linalg.eigvalsh(W @ W.T)[::-1].clip(min=0)
    return int(np.count_nonzero(np.cumsum(squares) < (energy - 1e-12) * squares.sum())) + 1


@variant
def what_is_left(W, energy):
    """From the end: the error of the best approximation of each rank."""
    s = np.linalg.svd(W, compute_uv=False)
    left = [np.sum(s[r:] ** 2) / np.sum(s**2) for r in range(len(s) + 1)]
    return next(r for r in range(1, len(s) + 1) if left[r] <= 1 - energy + 1e-12)


@variant
def through_torch(W, energy):
    """In torch, in float64; the rank is a tensor."""
    s = torch.linalg.svdvals(torch.tensor(np.asarray(W), dtype=torch.float64))
    shares = torch.cumsum(s**2, 0) / torch.linalg.matrix_norm(torch.tensor(np.asarray(W))) ** 2
    return (shares < energy - 1e-12).sum() + 1


@variant
def by_norms(W, energy):
    """Norms of the vectors of the largest singular values, against the whole matrix's."""
    s = np.linalg.svd(W, compute_uv=False)
    r = 1
    while np.linalg.norm(s[:r]) ** 2 / np.linalg.norm(W) ** 2 < energy - 1e-12:
        r += 1
    return r
