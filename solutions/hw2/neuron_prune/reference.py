"""Neuron pruning: hw2, section *Pruning*."""

import numpy as np


def neuron_prune(W1, b1, W2, b2, keep):
    """The weights and biases of Linear-ReLU-Linear without the hidden neurons that are not in `keep`.

    A hidden neuron is a row of W1 (hidden, in), an entry of b1 and a column of W2 (out, hidden).
    """
    keep = np.asarray(keep)
    return W1[keep], b1[keep], W2[:, keep], b2.copy()
