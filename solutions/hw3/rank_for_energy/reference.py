"""How many singular values carry a given share of a matrix's energy: hw3, section *A rank for each layer*."""

import numpy as np


def rank_for_energy(W, energy):
    """The smallest r whose r largest singular values, squared, make up at least `energy` of the sum of all squares."""
    squares = np.linalg.svd(W, compute_uv=False) ** 2
    shares = np.cumsum(squares) / np.sum(squares)
    return int(np.sum(shares < energy - 1e-12)) + 1
