"""Right ways to write `neuron_prune` that students take. Each must get full marks."""

import numpy as np
import torch
import torch.nn as nn

from homework.judge import variant


@variant
def boolean_mask(W1, b1, W2, b2, keep):
    """A mask keeps the neurons in their old order."""
    mask = np.zeros(len(b1), dtype=bool)
    mask[keep] = True
    return W1[mask, :], b1[mask], W2[:, mask], b2


@variant
def neurons_deleted(W1, b1, W2, b2, keep):
    """What is not kept is deleted."""
    dropped = np.setdiff1d(np.arange(W1.shape[0]), keep)
    return (
        np.delete(W1, dropped, axis=0),
        np.delete(b1, dropped),
        np.delete(W2, dropped, axis=1),
        np.copy(b2),
    )


@variant
def taken_in_reverse(W1, b1, W2, b2, keep):
    """The order of the neurons is free."""
    order = sorted(keep, reverse=True)
    return W1.take(order, axis=0), b1.take(order), W2.take(order, axis=1), b2


@variant
def selection_matrix(W1, b1, W2, b2, keep):
    """A matrix with one row for each neuron that stays."""
    S = np.eye(W1.shape[0], dtype=W1.dtype)[list(keep)]
    return [S @ W1, S @ b1, W2 @ S.T, b2]


@variant
def neuron_by_neuron(W1, b1, W2, b2, keep):
    """Loops that fill new arrays."""
    hidden = len(keep)
    new_W1, new_b1 = np.zeros((hidden, W1.shape[1])), np.zeros(hidden)
    new_W2 = np.zeros((W2.shape[0], hidden))
    for new, old in enumerate(keep):
        new_W1[new] = W1[old]
        new_b1[new] = b1[old]
        for out in range(W2.shape[0]):
            new_W2[out, new] = W2[out, old]
    return new_W1, new_b1, new_W2, b2


@variant
def lists_of_rows(W1, b1, W2, b2, keep):
    """Rows collected in lists; the second layer's by way of its transpose."""
    rows, biases, columns = [], [], []
    for neuron in range(W1.shape[0]):
        if neuron in keep:
            rows.append(W1[neuron])
            biases.append(b1[neuron])
            columns.append(W2.T[neuron])
    return np.array(rows), np.array(biases), np.array(columns).T, np.array(b2)


@variant
def index_select(W1, b1, W2, b2, keep):
    """PyTorch inside and outside."""
    W1, b1, W2, b2 = (torch.from_numpy(np.ascontiguousarray(part)) for part in (W1, b1, W2, b2))
    index = torch.as_tensor(np.array(keep))
    return W1.index_select(0, index), b1[index], W2.index_select(1, index), b2


@variant
def smaller_layers(W1, b1, W2, b2, keep):
    """Layers of PyTorch, whose parameters come back."""
    first = nn.Linear(W1.shape[1], len(keep), dtype=torch.float64)
    second = nn.Linear(len(keep), W2.shape[0], dtype=torch.float64)
    with torch.no_grad():
        first.weight.copy_(torch.tensor(W1[keep]))
        first.bias.copy_(torch.tensor(b1[keep]))
        second.weight.copy_(torch.tensor(W2[:, keep]))
        second.bias.copy_(torch.tensor(b2))
    return first.weight, first.bias, second.weight, second.bias
