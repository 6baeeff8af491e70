"""Hidden tests of hw2's `neuron_prune` (7 points).

The four parts are asked for one by one, with the hidden neurons in sorted order, since theirs is free; then what the
network computes. A network whose neurons are silenced and not removed has the marks for its function.
"""

import numpy as np
import torch

from homework.judge import agree, points

NAMES = ("W1", "b1", "W2", "b2")


def part(solution, which, *args):
    """One of the four, its hidden neurons in sorted order; zero for the others."""
    parts = solution.neuron_prune(*args)
    if isinstance(parts, dict):
        parts = list(parts.values())
    if not isinstance(parts, (tuple, list)) or len(parts) != 4:
        return parts
    one = parts[which]
    if isinstance(one, torch.Tensor):
        one = one.detach()
    one = np.asarray(one)
    if which == 0 and one.ndim == 2:
        one = one[np.lexsort(one.T)]
    if which == 1:
        one = np.sort(one)
    if which == 2 and one.ndim == 2:
        one = one[:, np.lexsort(one)]
    return tuple(one if index == which else 0 for index in range(4))


def shapes(solution, *args):
    """Zeros of the four shapes."""
    parts = solution.neuron_prune(*args)
    if not isinstance(parts, (tuple, list)) or len(parts) != 4:
        return parts
    return tuple(np.zeros(np.shape(part)) for part in parts)


def outputs(solution, X, *args):
    """What the returned network makes of X."""
    parts = solution.neuron_prune(*args)
    if isinstance(parts, dict):
        parts = list(parts.values())
    if not isinstance(parts, (tuple, list)) or len(parts) != 4:
        return parts
    parts = [part.detach() if isinstance(part, torch.Tensor) else part for part in parts]
    W1, b1, W2, b2 = (np.asarray(part, dtype=np.float64) for part in parts)
    return np.maximum(X @ W1.T + b1, 0) @ W2.T + b2


def network(rng, inputs, hidden, outputs, dtype=np.float64):
    """W1, b1, W2, b2; every neuron has a positive bias, so that it says something where its weights are zero."""
    sizes = (hidden, inputs), (hidden,), (outputs, hidden), (outputs,)
    W1, b1, W2, b2 = (rng.array(*size, dtype=dtype) for size in sizes)
    return W1, np.abs(b1) + dtype(0.25), W2, b2


def check(student, reference, which, *args):
    agree(student.probe(part), reference.probe(part), which, *args, names=NAMES)


@points(1.25)
def test_first_layer(student, reference, rng):
    """W1 has the rows of the neurons that are kept."""
    check(student, reference, 0, *network(rng, 9, 6, 8), [0, 2, 5])


@points(1.25)
def test_bias_of_the_first_layer(student, reference, rng):
    """b1 has the entries of the neurons that are kept."""
    W1, b1, W2, b2 = network(rng, 8, 6, 9)
    b1[::2] *= -1  # a bias may have either sign
    check(student, reference, 1, W1, b1, W2, b2, [0, 3, 4, 5])


@points(1)
def test_second_layer(student, reference, rng):
    """W2 has the columns of the neurons that are kept."""
    check(student, reference, 2, *network(rng, 8, 7, 9), [1, 2, 4, 6])


@points(0.25)
def test_second_layer_with_as_many_outputs(student, reference, rng):
    """W2 has the columns of the neurons that are kept where there are as many outputs as neurons."""
    check(student, reference, 2, *network(rng, 5, 7, 7), [0, 2, 3, 6])


@points(0.25)
def test_bias_of_the_second_layer(student, reference, rng):
    """b2 is what it was."""
    check(student, reference, 3, *network(rng, 7, 5, 6), [0, 3, 4])


@points(0.25)
def test_bias_of_as_many_outputs(student, reference, rng):
    """b2 is what it was where there are as many outputs as neurons."""
    check(student, reference, 3, *network(rng, 8, 6, 6), [1, 2, 5])


@points(1.25)
def test_function(student, reference, rng):
    """The network computes what it computes with the other neurons masked."""
    args = rng.array(12, 9), *network(rng, 9, 7, 8), [0, 1, 4, 6]
    agree(student.probe(outputs), reference.probe(outputs), *args)


@points(0.75)
def test_neurons_in_any_order(student, reference, rng):
    """The same where the neurons are listed in another order than they stand in."""
    X, args = rng.array(12, 8), (*network(rng, 8, 7, 9), [5, 0, 2, 6])
    agree(student.probe(shapes), reference.probe(shapes), *args, names=NAMES)
    agree(student.probe(outputs), reference.probe(outputs), X, *args)


@points(0.25)
def test_array_of_neurons(student, reference, rng):
    """The same for `keep` as an array, weights in float32 or not contiguous, one neuron, or all."""
    W1, b1, W2, b2 = network(rng, 3, 5, 2, np.float32)
    for args in (
        (W1, b1, W2, b2, np.array([1, 3])),
        (W1[:, ::2], b1[::-1], W2.T.copy().T, b2, np.array([4])),
        (W1, b1, W2, b2, np.arange(5)),
    ):
        X = rng.array(10, args[0].shape[1])
        agree(student.probe(shapes), reference.probe(shapes), *args, names=NAMES)
        agree(student.probe(outputs), reference.probe(outputs), X, *args)


@points(0.5)
def test_inputs_are_left_alone(student, reference, rng):
    """The given network and `keep`, a list or an array, are the same after the call as before."""
    for keep in ([3, 0, 2], np.array([4, 1, 2])):
        args = 3, *network(rng, 6, 5, 7), keep  # of the values only b2: the others have had their tests
        agree(student.probe(part), reference.probe(part), *args, names=NAMES, untouched=True)
