"""Right ways to write `pruned_linear_cost` that students take. Each must get full marks."""

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import torch
import torch.nn as nn
from torch.nn.utils import prune

from homework.judge import variant


@variant
def removed_rounded(in_features, out_features, sparsity):
    """The weights that go are rounded; those that stay are the others."""
    weights = in_features * out_features
    removed = round(weights * sparsity)
    return {"macs": weights - removed, "parameters": weights - removed + out_features}


@variant
def half_always_up(in_features, out_features, sparsity):
    """`x.5` is rounded up, as at school."""
    kept = math.floor((1 - sparsity) * in_features * out_features + 0.5)
    return {"parameters": out_features + kept, "macs": kept}


@variant
def half_always_down(in_features, out_features, sparsity):
    """`x.5` is rounded down."""
    kept = math.ceil((1.0 - sparsity) * out_features * in_features - 0.5)
    result = {}
    result["macs"] = kept
    result["parameters"] = kept + out_features
    return result


@variant
def decimal_numbers(in_features, out_features, sparsity):
    """Without the errors of binary fractions."""
    kept = Decimal(in_features * out_features) * (1 - Decimal(str(sparsity)))
    kept = int(kept.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return {"macs": kept, "parameters": kept + out_features}


@variant
def numpy_rounding(in_features, out_features, sparsity):
    """`np.round` gives whole floats."""
    macs = np.round(np.prod([in_features, out_features]) * (1 - sparsity))
    return {"macs": macs, "parameters": macs + out_features}


@variant
def numpy_integers(in_features, out_features, sparsity):
    """NumPy's own integers."""
    weights = np.int64(in_features) * out_features
    kept = weights - np.rint(weights * sparsity).astype(np.int64)
    return {"macs": kept, "parameters": kept + np.int32(out_features)}


@variant
def counted_in_a_mask(in_features, out_features, sparsity):
    """A mask is made and its ones are counted."""
    mask = np.ones((out_features, in_features), dtype=bool)
    mask.reshape(-1)[: round(mask.size * sparsity)] = False
    kept = mask.sum()
    return {"macs": kept, "parameters": kept + np.zeros(out_features).size}


@variant
def counted_in_a_layer(in_features, out_features, sparsity):
    """A layer is pruned and what is left of it counted, in tensors."""
    layer = nn.Linear(in_features, out_features)
    prune.random_unstructured(layer, "weight", amount=float(sparsity))
    kept = layer.weight_mask.sum()
    return {"macs": kept, "parameters": kept + torch.tensor(layer.bias.numel())}
