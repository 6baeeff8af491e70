"""Weight pruning by magnitude: hw2, section *Pruning*."""

import numpy as np


def magnitude_mask(w, sparsity):
    """A mask of w's shape: False at the round(w.size * sparsity) weights of the smallest magnitude, True elsewhere."""
    mask = np.ones(w.size, dtype=bool)
    mask[np.argsort(np.abs(w), axis=None)[: round(w.size * sparsity)]] = False
    return mask.reshape(w.shape)
