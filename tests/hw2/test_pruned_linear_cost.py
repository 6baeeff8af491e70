"""Hidden tests of hw2's `pruned_linear_cost` (3 points).

MACs and parameters are asked for apart, dense and pruned; how the number of weights is rounded, and the keys, have tests
of their own, so that elsewhere 1 - sparsity is a binary fraction and other keys will do. No count ends in .5.
"""

import numpy as np
import torch

from homework.judge import agree, points


def count(solution, key, *args):
    """What stands at the key; in a dict of other keys, a tuple or an array of two, what stands in its place."""
    costs = solution.pruned_linear_cost(*args)
    if isinstance(costs, dict) and key in costs:
        return costs[key]
    if isinstance(costs, dict):
        costs = list(costs.values())
    if isinstance(costs, (tuple, list, np.ndarray, torch.Tensor)) and len(costs) == 2:
        return costs[("macs", "parameters").index(key)]
    return costs


def form(solution, *args):
    """The dict with a 1 for every count; what is no count, or no dict, as it is."""
    costs = solution.pruned_linear_cost(*args)
    if not isinstance(costs, dict):
        return costs
    numbers = (int, float, np.generic, np.ndarray, torch.Tensor)
    return {key: 1 if isinstance(n, numbers) and np.ndim(n) == 0 else n for key, n in costs.items()}


def check(student, reference, key, *layers):
    for layer in layers:
        agree(student.probe(count), reference.probe(count), key, *layer, rtol=0, atol=1e-3)


@points(0.5)
def test_macs_of_a_dense_layer(student, reference):
    """MACs at sparsity 0."""
    check(student, reference, "macs", (96, 40, 0.0))


@points(0.5)
def test_parameters_of_a_dense_layer(student, reference):
    """Parameters at sparsity 0."""
    check(student, reference, "parameters", (40, 96, 0.0))


@points(0.5)
def test_macs_of_a_pruned_layer(student, reference):
    """MACs where a part of the weights is pruned, or all."""
    check(student, reference, "macs", (40, 96, 0.25), (24, 56, 0.625), (32, 20, 1.0))


@points(0.5)
def test_parameters_of_a_pruned_layer(student, reference):
    """Parameters where a part of the weights is pruned, or all."""
    check(student, reference, "parameters", (96, 40, 0.25), (24, 56, 0.625), (32, 20, 1.0))


@points(0.25)
def test_rounding(student, reference):
    """The number of weights that are left is rounded, up or down, in the MACs."""
    check(student, reference, "macs", (7, 9, 0.4), (9, 7, 0.3))


@points(0.25)
def test_rounding_in_parameters(student, reference):
    """The number of weights that are left is rounded, up or down, in the parameters."""
    check(student, reference, "parameters", (9, 7, 0.4), (7, 9, 0.3))


@points(0.5)
def test_keys(student, reference):
    """A dict comes back, with the two keys asked for."""
    agree(student.probe(form), reference.probe(form), 48, 80, 0.5)
