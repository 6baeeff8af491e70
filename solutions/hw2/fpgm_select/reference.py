"""Filter pruning via geometric median (He et al., 2019): hw2, section *Pruning*."""

import numpy as np


def fpgm_select(W, n):
    """The indices of the n filters of W (F, C, kh, kw) with the smallest sum of Euclidean distances to all filters."""
    filters = W.reshape(len(W), -1)
    distances = np.linalg.norm(filters[:, None] - filters[None], axis=2)  # (F, F)
    return np.argsort(distances.sum(axis=1))[:n].tolist()
