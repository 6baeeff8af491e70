"""The references of hw2's pruning exercises against the world.

Masks are those of `torch.nn.utils.prune`; a pruned network is PyTorch's with a mask behind its ReLU; filters are those that
the FPGM pruner of `torch.ao` chooses, and one of them is nearest to a geometric median found by Weiszfeld's iteration. Then
what must hold for every input.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.ao.pruning._experimental.pruner.FPGM_pruner import FPGMPruner
from torch.nn.utils import prune

from homework.reference import reference

magnitude_mask = reference("magnitude_mask")
neuron_prune = reference("neuron_prune")
fpgm_select = reference("fpgm_select")

property_test = settings(deadline=None, derandomize=True, max_examples=100)
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=6)
# Few values, so that many are equal; zeros of both signs among them.
QUANTIZED = st.integers(-3, 3).map(lambda n: n / 4) | st.just(-0.0)


# ---------------------------------------------------------------------------------------------- magnitude_mask


@pytest.mark.parametrize("shape", [(19,), (6, 11), (5, 4, 3, 3)])
@pytest.mark.parametrize("sparsity", [0.0, 0.13, 0.3, 0.5, 0.86, 1.0])
def test_mask_is_that_of_pytorch(shape: tuple[int, ...], sparsity: float) -> None:
    w = np.random.default_rng(1).normal(size=shape)
    layer: Any = nn.Module()
    layer.weight = nn.Parameter(torch.tensor(w))
    prune.l1_unstructured(layer, "weight", amount=sparsity)
    assert np.array_equal(magnitude_mask(w, sparsity), layer.weight_mask.bool().numpy())


@given(w=hnp.arrays(np.float64, SHAPES, elements=QUANTIZED), sparsity=st.floats(0, 1))
@property_test
def test_as_many_go_as_asked_for_and_none_is_larger_than_one_that_stays(
    w: np.ndarray, sparsity: float
) -> None:
    before = w.copy()
    mask = magnitude_mask(w, sparsity)
    assert mask.dtype == bool and mask.shape == w.shape
    assert (~mask).sum() == round(w.size * sparsity)
    assert np.abs(w[~mask]).max(initial=0) <= np.abs(w[mask]).min(initial=np.inf)
    assert np.array_equal(w, before)


@given(w=hnp.arrays(np.float32, SHAPES, elements=st.floats(-9, 9, width=32)), data=st.data())
@property_test
def test_signs_and_scale_do_not_matter_and_masks_are_nested(w: np.ndarray, data: st.DataObject) -> None:
    w = np.abs(w) + np.arange(w.size, dtype=np.float32).reshape(w.shape) * 16  # no ties
    low, high = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    signs = data.draw(hnp.arrays(np.float32, w.shape, elements=st.sampled_from((-1, 1))))
    assert np.array_equal(magnitude_mask(w * signs, high), magnitude_mask(w * 4, high))
    assert (magnitude_mask(w, low) >= magnitude_mask(w, high)).all()


# ---------------------------------------------------------------------------------------------- neuron_prune


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[np.ndarray], list[int]]:
    """W1, b1, W2, b2 of Linear-ReLU-Linear, and the neurons to keep, in any order."""
    inputs, hidden, outputs = (draw(st.integers(1, 7)) for _ in range(3))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    shapes = (hidden, inputs), (hidden,), (outputs, hidden), (outputs,)
    keep = draw(st.lists(st.integers(0, hidden - 1), min_size=1, unique=True))
    return [generator.normal(size=shape) for shape in shapes], keep


@given(case=networks(), seed=st.integers(0, 2**32), as_array=st.booleans())
@property_test
def test_the_smaller_network_computes_what_the_masked_one_does(
    case: tuple[list[np.ndarray], list[int]], seed: int, as_array: bool
) -> None:
    network, keep = case
    before, kept_before = [part.copy() for part in network], list(keep)
    X = torch.from_numpy(np.random.default_rng(seed).normal(size=(5, network[0].shape[1])))
    mask = torch.zeros(len(network[1]), dtype=torch.float64)
    mask[keep] = 1
    W1, b1, W2, b2 = map(torch.from_numpy, network)
    masked = F.linear(F.relu(F.linear(X, W1, b1)) * mask, W2, b2)

    smaller = neuron_prune(*network, np.array(keep) if as_array else keep)
    hidden, (outputs, inputs) = len(keep), (len(W2), W1.shape[1])
    assert [part.shape for part in smaller] == [(hidden, inputs), (hidden,), (outputs, hidden), (outputs,)]
    W1, b1, W2, b2 = map(torch.from_numpy, smaller)
    assert torch.allclose(F.linear(F.relu(F.linear(X, W1, b1)), W2, b2), masked)

    assert all(map(np.array_equal, network, before)) and keep == kept_before
    for part in smaller:
        part += 1  # whoever trains the smaller network must not change the large one
    assert all(map(np.array_equal, network, before))


# ---------------------------------------------------------------------------------------------- fpgm_select


@pytest.mark.parametrize("seed", range(10))
def test_filters_are_those_of_pytorch_s_pruner(seed: int) -> None:
    generator = np.random.default_rng(seed)
    W = generator.normal(size=(6, 3, 5)) / 2 + generator.standard_t(2, size=(16, 6, 3, 5))
    model = nn.Sequential(nn.Conv2d(6, 16, (3, 5), dtype=torch.float64))
    model[0].weight.data = torch.from_numpy(W.copy())
    pruner = FPGMPruner(sparsity_level=5 / 16)
    pruner.prepare(model, [{"tensor_fqn": "0.weight"}])
    pruner.enable_mask_update = True
    pruner.step()
    mask = model[0].parametrizations.weight[0].mask
    assert set(fpgm_select(W, 5)) == set(torch.nonzero(~mask).flatten().tolist())


def test_the_first_choice_is_near_the_geometric_median() -> None:
    """FPGM's reason: the chosen filter is close to the point with the smallest sum of distances, not to the mean."""
    generator = np.random.default_rng(3)
    rows = generator.normal(size=(30, 4))
    rows[:6] += 40  # a few filters far away draw the mean along
    median = rows.mean(0)
    for _ in range(500):  # Weiszfeld
        weights = 1 / np.linalg.norm(rows - median, axis=1)
        median = weights @ rows / weights.sum()
    (chosen,) = fpgm_select(rows.reshape(30, 1, 2, 2), 1)
    order = np.argsort(np.linalg.norm(rows - median, axis=1)).tolist()
    assert order.index(chosen) < 3
    assert chosen != np.argmin(np.linalg.norm(rows - rows.mean(0), axis=1))


LAYERS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 8), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)),
    elements=QUANTIZED,
)


def sums(W: np.ndarray) -> list[float]:
    """Of each filter the sum of its distances, in loops."""
    return [sum(float(((a - b) ** 2).sum()) ** 0.5 for b in W) for a in W]


@given(W=LAYERS, data=st.data())
@property_test
def test_as_many_filters_are_chosen_and_none_is_farther_than_one_that_stays(
    W: np.ndarray, data: st.DataObject
) -> None:
    n = data.draw(st.integers(0, len(W)))
    before = W.copy()
    chosen = fpgm_select(W, n)
    assert isinstance(chosen, list) and len(set(chosen)) == len(chosen) == n
    totals = sums(W)
    stay = [total for index, total in enumerate(totals) if index not in chosen]
    assert max((totals[index] for index in chosen), default=0) <= min(stay, default=np.inf) + 1e-9
    assert np.array_equal(W, before)


@given(seed=st.integers(0, 2**32), shift=st.floats(-5, 5), scale=st.floats(0.1, 10))
@property_test
def test_moving_scaling_and_reordering_filters_changes_nothing(seed: int, shift: float, scale: float) -> None:
    """Norms do change when all filters are moved."""
    generator = np.random.default_rng(seed)
    W, order = generator.normal(size=(9, 3, 2, 3)), generator.permutation(9)
    chosen = set(fpgm_select(W, 4))
    assert set(fpgm_select(scale * W + shift, 4)) == chosen
    assert {int(order[index]) for index in fpgm_select(W[order], 4)} == chosen
