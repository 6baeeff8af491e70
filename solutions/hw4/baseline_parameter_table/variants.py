"""Right solutions of `baseline_parameter_table`, written in other ways: all of them must get full marks."""

import itertools

import numpy as np
import torch
from torch import nn

from homework.judge import variant


@variant
def literals():
    """Computed on paper."""
    counts = (896, 9248, 18496, 36928, 73856, 147584, 147584, 147584, 131328, 32896, 10 * 129)
    return [(str(number), count) for number, count in enumerate(counts)]


@variant
def from_layers():
    """Builds the layers, and counts."""
    c = [3, 32, 32, 64, 64, 128, 128, 128, 128]
    layers = [nn.Conv2d(a, b, 3) for a, b in itertools.pairwise(c)]
    layers += [nn.Linear(512, 256), nn.Linear(256, 128), nn.Linear(128, 10)]
    return [(repr(layer), sum(p.numel() for p in layer.parameters())) for layer in layers]


@variant
def with_numpy():
    """Numbers of NumPy, lists in place of tuples."""
    c_in, c_out = np.array([3, 32, 32, 64, 64, 128, 128, 128]), np.array([32, 32, 64, 64, 128, 128, 128, 128])
    n_in, n_out = np.array([512, 256, 128]), np.array([256, 128, 10])
    counts = np.concatenate([(9 * c_in + 1) * c_out, (n_in + 1) * n_out])
    return [["layer", count] for count in counts]


@variant
def a_tuple_of_tensors():
    """Tensors for numbers, a tuple for the list; names may repeat."""
    shapes = [(32, 3, 9), (32, 32, 9), (64, 32, 9), (64, 64, 9), (128, 64, 9), *3 * [(128, 128, 9)]]
    shapes += [(256, 512, 1), (128, 256, 1), (10, 128, 1)]
    return tuple(("weights and biases", torch.tensor(a * b * k + a)) for a, b, k in shapes)
