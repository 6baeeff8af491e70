"""Right ways to write `fpgm_select` that students take. Each must get full marks."""

import heapq
import math

import numpy as np
import torch
from scipy.spatial.distance import cdist, pdist, squareform

from homework.judge import variant


@variant
def double_loop(W, n):
    """The definition, filter by filter."""
    totals = []
    for i in range(W.shape[0]):
        total = 0.0
        for j in range(W.shape[0]):
            total += np.sqrt(np.sum((W[i] - W[j]) ** 2))
        totals.append(total)
    return sorted(range(len(totals)), key=lambda i: totals[i])[:n]


@variant
def norm_of_each_difference(W, n):
    """`np.linalg.norm` without an axis flattens; an array comes back."""
    totals = np.array([sum(np.linalg.norm(a - b) for b in W) for a in W])
    return np.argsort(totals)[:n]


@variant
def last_of_equals(W, n):
    """Of equal sums the later ones; indices in descending order of the sum."""
    filters = W.reshape(W.shape[0], -1).astype(np.float64)
    totals = np.sqrt(((filters[:, None, :] - filters[None, :, :]) ** 2).sum(-1)).sum(0)
    order = np.argsort(-totals, kind="stable")
    return list(order[len(order) - n :])


@variant
def gram_matrix(W, n):
    """Distances from scalar products."""
    X = W.reshape(len(W), -1).astype(float)
    squares = (X**2).sum(1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * X @ X.T, 0))
    return np.argsort(distances.sum(1))[:n].astype(np.int32)


@variant
def argpartition(W, n):
    """No need to sort all sums; where all filters go there is nothing to part."""
    rows = np.reshape(W, (len(W), -1))
    totals = np.array([np.linalg.norm(rows - row, axis=1).sum() for row in rows])
    if n >= len(W):
        return list(range(len(W)))
    return [int(index) for index in np.argpartition(totals, n)[:n]]


@variant
def mean_distance_to_the_others(W, n):
    """The mean over the other filters orders them as the sum does."""
    F = W.shape[0]
    rows = W.reshape(F, -1)
    means = {}
    for i in range(F):
        others = [math.dist(rows[i], rows[j]) for j in range(F) if j != i]
        means[i] = sum(others) / len(others)
    return heapq.nsmallest(n, means, key=means.get)


@variant
def cdist_of_scipy(W, n):
    """SciPy's distances; a tuple comes back."""
    flat = W.reshape(W.shape[0], -1)
    return tuple(np.argsort(cdist(flat, flat, "euclidean").sum(axis=0))[:n])


@variant
def pdist_of_scipy(W, n):
    """Each pair once, then the square form; the indices sorted."""
    totals = squareform(pdist(W.reshape(len(W), -1))).sum(axis=1)
    return np.sort(totals.argsort()[:n])


@variant
def cdist_of_torch(W, n):
    """PyTorch inside and outside."""
    flat = torch.as_tensor(np.array(W), dtype=torch.float64).flatten(1)
    totals = torch.cdist(flat, flat, compute_mode="donot_use_mm_for_euclid_dist").sum(1)
    return torch.topk(totals, n, largest=False).indices


@variant
def one_after_the_other(W, n):
    """The smallest, then the smallest of the others, in a list; distances are those to all filters throughout."""
    rows = W.reshape(len(W), -1).astype(float)
    totals = np.sum([np.linalg.norm(rows - row, axis=1) for row in rows], axis=0)
    chosen = []
    while len(chosen) < n:
        totals[chosen] = np.inf
        chosen.append(np.argmin(totals))
    return chosen
