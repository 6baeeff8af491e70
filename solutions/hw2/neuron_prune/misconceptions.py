"""Wrong solutions of `neuron_prune`, each with the sentence that a student whose answer equals it should read."""

import numpy as np

from homework.judge import misconception


def _others(W1, keep):
    return np.setdiff1d(np.arange(W1.shape[0]), keep)


# ------------------------------------------------------------------------------ which parts of the layers


@misconception(
    "The bias of the first layer still has an entry for every neuron. A hidden neuron is a row of W1, an entry of b1 and a column of W2: all three go."
)
def bias_not_pruned(W1, b1, W2, b2, keep):
    return W1[keep], b1, W2[:, keep], b2


@misconception(
    "The second layer still expects all hidden neurons. What a neuron sends on is a column of W2: it goes together with the neuron's row of W1."
)
def outgoing_weights_not_pruned(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2, b2


@misconception(
    "The first layer still computes all hidden neurons. A hidden neuron is a row of W1 and an entry of b1, which go together with its column of W2."
)
def incoming_weights_not_pruned(W1, b1, W2, b2, keep):
    return W1, b1, W2[:, keep], b2


@misconception(
    "You pruned rows of W2, which are outputs of the network. In PyTorch's layout W2 is (out, hidden): the hidden neurons are its columns."
)
def rows_of_the_second_layer(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[keep], b2


@misconception(
    "You pruned columns of W1, which are inputs of the network. In PyTorch's layout W1 is (hidden, in): the hidden neurons are its rows."
)
def columns_of_the_first_layer(W1, b1, W2, b2, keep):
    return W1[:, keep], b1[keep], W2[:, keep], b2


@misconception(
    "You took the weights for (in, out) matrices. PyTorch keeps them as (out, in): hidden neurons are rows of W1 and columns of W2."
)
def layout_transposed(W1, b1, W2, b2, keep):
    return W1[:, keep], b1[keep], W2[keep], b2


@misconception(
    "You pruned b2 as well. Its entries belong to the outputs of the network, and all of these stay."
)
def output_bias_pruned(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[:, keep], b2[keep]


@misconception(
    "You pruned the outputs of the network together with the hidden neurons: rows of W2 and entries of b2. All outputs stay; of W2 only columns go."
)
def outputs_pruned(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[keep][:, keep], b2[keep]


@misconception(
    "Where there are as many outputs as hidden neurons you pruned rows of W2. Its shape does not tell which axis is which, the layout does: W2 is (out, hidden), so the hidden neurons are always its columns."
)
def rows_of_a_square_second_layer(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[keep] if len(W2) == len(W1) else W2[:, keep], b2


@misconception(
    "Where there are as many outputs as hidden neurons you pruned b2 as well. That it has the length of b1 does not make its entries hidden neurons': they belong to the outputs, and all of these stay."
)
def output_bias_of_equal_length_pruned(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[:, keep], b2[keep] if len(b2) == len(b1) else b2


# ------------------------------------------------------------------------------ which neurons


@misconception("You removed the listed neurons and kept the others. `keep` lists those that stay.")
def listed_neurons_removed(W1, b1, W2, b2, keep):
    kept = _others(W1, keep)
    return W1[kept], b1[kept], W2[:, kept], b2


@misconception(
    "You kept the first `len(keep)` neurons. `keep` lists which ones stay, and they may stand anywhere."
)
def first_neurons_kept(W1, b1, W2, b2, keep):
    n = len(keep)
    return W1[:n], b1[:n], W2[:, :n], b2


@misconception(
    "You kept the neurons with the largest weights. Which ones stay has been decided already, by `keep`."
)
def largest_neurons_kept(W1, b1, W2, b2, keep):
    kept = np.argsort(-np.abs(W1).sum(axis=1))[: len(keep)]
    return W1[kept], b1[kept], W2[:, kept], b2


@misconception("You counted the neurons from 1. In Python the first one has the index 0.")
def counted_from_one(W1, b1, W2, b2, keep):
    kept = np.asarray(keep) - 1
    return W1[kept], b1[kept], W2[:, kept], b2


@misconception(
    "Your first layer has its neurons in another order than your second: a neuron's row of W1, its entry of b1 and its column of W2 must stand at the same place. A Boolean mask keeps the old order, indexing with `keep` takes the order of the list."
)
def second_layer_in_the_order_of_the_list(W1, b1, W2, b2, keep):
    kept = np.sort(keep)
    return W1[kept], b1[kept], W2[:, keep], b2


@misconception(
    "Your second layer has its neurons in another order than your first: a neuron's row of W1, its entry of b1 and its column of W2 must stand at the same place. Indexing with `keep` takes the order of the list, a Boolean mask keeps the old order."
)
def first_layer_in_the_order_of_the_list(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[:, np.sort(keep)], b2


@misconception(
    "Your biases stand in another order than their neurons: the row of W1 and the entry of b1 of a neuron must have the same place."
)
def biases_in_another_order(W1, b1, W2, b2, keep):
    return W1[keep], b1[np.sort(keep)], W2[:, keep], b2


# ------------------------------------------------------------------------------ removed, not silenced


@misconception(
    "You silenced the neurons but left them in: zeros cost as much time and memory as other numbers. Remove their rows of W1, their entries of b1 and their columns of W2."
)
def zeroed_not_removed(W1, b1, W2, b2, keep):
    others = _others(W1, keep)
    W1, b1, W2 = W1.copy(), b1.copy(), W2.copy()
    W1[others], b1[others], W2[:, others] = 0, 0, 0
    return W1, b1, W2, b2


@misconception(
    "You set the first layer of the neurons to zero and left them in. That is the right function, but nothing has become smaller: remove their rows of W1, their entries of b1 and their columns of W2."
)
def first_layer_zeroed(W1, b1, W2, b2, keep):
    others = _others(W1, keep)
    W1, b1 = W1.copy(), b1.copy()
    W1[others], b1[others] = 0, 0
    return W1, b1, W2, b2


@misconception(
    "You set the second layer's weights of the neurons to zero and left them in. That is the right function, but nothing has become smaller: remove their rows of W1, their entries of b1 and their columns of W2."
)
def second_layer_zeroed(W1, b1, W2, b2, keep):
    W2 = W2.copy()
    W2[:, _others(W1, keep)] = 0
    return W1, b1, W2, b2


@misconception(
    "You set the rows of W1 to zero and left the biases: such a neuron still sends ReLU(b1) on. And zeros are not removed: drop rows of W1, entries of b1 and columns of W2."
)
def rows_zeroed_biases_left(W1, b1, W2, b2, keep):
    W1 = W1.copy()
    W1[_others(W1, keep)] = 0
    return W1, b1, W2, b2


@misconception(
    "You added to b2 what the dropped neurons contribute by their biases. The statement drops that contribution too: the result is the network with these neurons masked, and b2 stays as it is."
)
def constant_contribution_kept(W1, b1, W2, b2, keep):
    others = _others(W1, keep)
    constant = W2[:, others] @ np.maximum(b1[others], 0)
    return W1[keep], b1[keep], W2[:, keep], b2 + constant


@misconception(
    "You made the remaining weights larger to make up for the dropped neurons. Dropout does so in training; here the network is to compute the same as with the neurons masked."
)
def rescaled(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[:, keep] * (len(b1) / len(keep)), b2


@misconception(
    "You returned the network as it was. Results of indexing are new arrays: they must be assigned, and returned."
)
def network_unchanged(W1, b1, W2, b2, keep):
    return W1, b1, W2, b2


@misconception(
    "Negative biases became zero in b1. The ReLU belongs to the neurons' outputs, not to their parameters: b1 keeps its entries as they are."
)
def relu_of_the_biases(W1, b1, W2, b2, keep):
    return W1[keep], np.maximum(b1[keep], 0), W2[:, keep], b2


@misconception("The output bias b2 is zero in your network. No output was pruned: b2 stays as it is.")
def output_bias_zeroed(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[:, keep], np.zeros_like(b2)


# ------------------------------------------------------------------------------ what is returned


@misconception("Your four parts come back in a dict. A tuple is asked for: W1, b1, W2, b2.")
def dict_for_tuple(W1, b1, W2, b2, keep):
    return {"W1": W1[keep], "b1": b1[keep], "W2": W2[:, keep], "b2": b2}


@misconception("The four parts come back in another order. It is W1, b1, W2, b2: layer by layer.")
def weights_before_biases(W1, b1, W2, b2, keep):
    return W1[keep], W2[:, keep], b1[keep], b2


@misconception(
    "Your function returns three parts. b2 belongs to the network too, although nothing of it is pruned."
)
def output_bias_left_out(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2[:, keep]


@misconception(
    "W1 comes back transposed. It stays in PyTorch's layout, (hidden, in): one row for each neuron that is kept."
)
def first_layer_transposed(W1, b1, W2, b2, keep):
    return W1[keep].T, b1[keep], W2[:, keep], b2


@misconception(
    "W2 comes back transposed. It stays in PyTorch's layout, (out, hidden): one column for each neuron that is kept."
)
def second_layer_transposed(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], W2.T[keep], b2


@misconception("b1 comes back as a matrix with one column. It stays a row of numbers, of shape (hidden,).")
def bias_as_column(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep].reshape(-1, 1), W2[:, keep], b2


@misconception(
    "Your function returned nothing: after the last line of the work, `return W1, b1, W2, b2` must hand the network back."
)
def nothing_returned(W1, b1, W2, b2, keep):
    _ = W1[keep], b1[keep], W2[:, keep], b2


# ------------------------------------------------------------------------------ inputs


@misconception(
    "Your network is right, but the weights of the one you were given were set to zero on the way. Whoever calls still needs them: index, and write into new arrays only."
)
def original_zeroed(W1, b1, W2, b2, keep):
    others = _others(W1, keep)
    W1[others], b1[others], W2[:, others] = 0, 0, 0
    return W1[keep], b1[keep], W2[:, keep], b2


@misconception(
    "Your network is right, but the caller's array was sorted: `np.asarray(keep)` makes no copy of an array, and `sort()` then changes the caller's. `np.sort(keep)` makes a new one; no order is needed, though."
)
def array_sorted(W1, b1, W2, b2, keep):
    keep = np.asarray(keep)
    keep.sort()
    return W1[keep], b1[keep], W2[:, keep], b2


@misconception(
    "Your network is right, but the caller's list was sorted: `keep.sort()` changes the list itself. `sorted(keep)` makes a new one; no order is needed, though."
)
def list_sorted(W1, b1, W2, b2, keep):
    keep.sort()
    return W1[keep], b1[keep], W2[:, keep], b2


# ------------------------------------------------------------------------------ ways to remove that go wrong


@misconception(
    "Where one neuron is kept, or the network has one input or output, your arrays lose a dimension: `squeeze()` removes every size of 1. Index with a list or array of one dimension, and nothing needs squeezing."
)
def squeezed(W1, b1, W2, b2, keep):
    return W1[keep].squeeze(), b1[keep].squeeze(), W2[:, keep].squeeze(), b2


@misconception(
    "You remove neurons one after the other, from the first on: after each removal the later ones move up, and their indices are no longer right. Remove all at once (`np.delete(W1, others, axis=0)`), or take those to keep, `W1[keep]`."
)
def removed_one_after_the_other(W1, b1, W2, b2, keep):
    for i in _others(W1, keep):
        W1, b1, W2 = np.delete(W1, i, 0), np.delete(b1, i), np.delete(W2, i, 1)
    return W1, b1, W2, b2


@misconception(
    "You index with zeros and ones: as whole numbers these are places, so that you get the first two neurons again and again. Make the mask Boolean (`dtype=bool`), or index with `keep` itself."
)
def mask_of_numbers_as_index(W1, b1, W2, b2, keep):
    mask = np.zeros(len(b1), dtype=int)
    mask[keep] = 1
    return W1[mask], b1[mask], W2[:, mask], b2


@misconception(
    "You deleted rows of W2, which are outputs of the network. In PyTorch's layout W2 is (out, hidden): the hidden neurons are its columns, axis 1."
)
def rows_of_the_second_layer_deleted(W1, b1, W2, b2, keep):
    return W1[keep], b1[keep], np.delete(W2, _others(W1, keep), axis=0), b2
