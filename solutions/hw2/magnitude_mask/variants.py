"""Right ways to write `magnitude_mask` that students take. Each must get full marks."""

import heapq
import math

import numpy as np
import torch
from torch.nn.utils import prune

from homework.judge import variant


@variant
def argpartition(w, sparsity):
    """No need to sort all of them; where all are pruned there is nothing to part."""
    flat = np.abs(w).reshape(-1)
    k = int(np.round(flat.size * sparsity))
    if k == flat.size:
        return np.zeros_like(w, dtype=bool)
    mask = np.full(flat.shape, True)
    mask[np.argpartition(flat, k)[:k]] = False
    return mask.reshape(w.shape)


@variant
def largest_first(w, sparsity):
    """Those that stay are marked, from the largest down: of equals the other ones stay."""
    keep = w.size - round(w.size * sparsity)
    mask = np.zeros(w.shape, dtype=bool)
    order = np.argsort(-np.abs(w).ravel(), kind="stable")
    mask.ravel()[order[:keep]] = True
    return mask


@variant
def last_of_equals_pruned(w, sparsity):
    """Of equal magnitudes those that come last go."""
    flat = np.abs(w).flatten()
    order = np.lexsort((-np.arange(flat.size), flat))
    mask = np.ones(flat.size) > 0
    for index in order[: int(np.floor(w.size * sparsity + 0.5))]:
        mask[index] = False
    return mask.reshape(w.shape)


@variant
def half_down(w, sparsity):
    """`x.5` is rounded down; the places are found one by one."""
    k = math.ceil(w.size * sparsity - 0.5)
    mask = np.ones(w.shape, dtype=np.bool_)
    places = sorted(np.ndindex(w.shape), key=lambda place: abs(w[place]))
    for place in places[:k]:
        mask[place] = False
    return mask


@variant
def kept_share_rounded(w, sparsity):
    """The weights that stay are counted and rounded."""
    keep = round((1 - sparsity) * w.size)
    ranks = np.argsort(np.argsort(np.abs(w), axis=None))
    return (ranks >= w.size - keep).reshape(w.shape)


@variant
def threshold_with_ties_counted(w, sparsity):
    """A threshold, and of the weights that equal it as many as are still wanted."""
    k = round(w.size * sparsity)
    magnitudes = np.abs(w)
    if k == 0:
        return np.full(w.shape, True)
    threshold = np.sort(magnitudes, axis=None)[k - 1]
    mask = magnitudes >= threshold
    equal = np.argwhere(magnitudes == threshold)
    for place in equal[: k - np.count_nonzero(~mask)]:
        mask[tuple(place)] = False
    return mask


@variant
def squares(w, sparsity):
    """Squares are in the order of magnitudes."""
    order = np.argsort(np.square(w.astype(np.float64)).reshape(-1))
    pruned = order[: np.rint(sparsity * w.size).astype(int)]
    return ~np.isin(np.arange(w.size), pruned).reshape(w.shape)


@variant
def heap(w, sparsity):
    """The largest ones from a heap."""
    keep = w.size - round(w.size * sparsity)
    largest = heapq.nlargest(keep, range(w.size), key=lambda index: abs(w.flat[index]))
    mask = np.zeros(w.size, bool)
    mask[list(largest)] = True
    mask.shape = w.shape
    return mask


@variant
def smallest_removed_again_and_again(w, sparsity):
    """A loop that takes the smallest of those that are left."""
    left = np.abs(w).astype(float)
    mask = np.ones_like(w, dtype=bool)
    for _ in range(round(w.size * sparsity)):
        place = np.unravel_index(np.argmin(left), w.shape)
        mask[place] = False
        left[place] = np.inf
    return mask


@variant
def topk_of_torch(w, sparsity):
    """PyTorch inside, NumPy outside."""
    flat = torch.from_numpy(np.ascontiguousarray(w)).abs().flatten()
    mask = torch.ones(flat.numel(), dtype=torch.bool)
    mask[flat.topk(round(w.size * sparsity), largest=False).indices] = False
    return mask.view(w.shape).numpy()


@variant
def pruning_of_torch(w, sparsity):
    """The library's own; a mask that is a tensor of booleans."""
    layer = torch.nn.Module()
    layer.weight = torch.nn.Parameter(torch.tensor(w).contiguous())
    prune.l1_unstructured(layer, "weight", amount=round(w.size * sparsity))
    return layer.weight_mask.bool()
