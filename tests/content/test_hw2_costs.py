"""The references of hw2's two counting exercises against the world.

Parameters are counted in PyTorch's layers, MACs by PyTorch's flop counter, memory accesses by arrays that note each read
and write of a convolution in loops; and MobileNet assembled from the two functions has its published size. Then what must
hold for every size.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn as nn
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils import prune
from torch.utils.flop_counter import FlopCounterMode

from homework.reference import reference

cost_table = reference("cost_table")
pruned_linear_cost = reference("pruned_linear_cost")

KINDS = ("regular", "depthwise", "pointwise", "separable", "inverted")
SIZES = [(6, 9, 4, 7, 3, 4), (9, 5, 8, 3, 5, 6), (7, 8, 5, 2, 1, 3), (1, 1, 1, 1, 1, 1)]

property_test = settings(deadline=None, derandomize=True, max_examples=100)
small = st.integers(1, 40)


def convolutions(kind: str, c_in: int, c_out: int, kernel_size: int, t: int) -> list[nn.Conv2d]:
    """The layers of `kind`, padded to keep the size."""

    def depthwise(channels: int) -> nn.Conv2d:
        return nn.Conv2d(channels, channels, kernel_size, padding=kernel_size // 2, groups=channels)

    wide = t * c_in
    layers: dict[str, list[nn.Conv2d]] = {
        "regular": [nn.Conv2d(c_in, c_out, kernel_size, padding=kernel_size // 2)],
        "depthwise": [depthwise(c_in)],
        "pointwise": [nn.Conv2d(c_in, c_out, 1)],
        "separable": [depthwise(c_in), nn.Conv2d(c_in, c_out, 1)],
        "inverted": [nn.Conv2d(c_in, wide, 1), depthwise(wide), nn.Conv2d(wide, c_out, 1)],
    }
    return layers[kind]


class Noted:
    """An array that counts how often its values are read and written."""

    def __init__(self, values: Any) -> None:
        self.values = np.array(values, dtype=float)
        self.reads = self.writes = 0

    def __getitem__(self, place: tuple[int, ...]) -> float:
        self.reads += 1
        return float(self.values[place])

    def __setitem__(self, place: tuple[int, ...], value: float) -> None:
        self.writes += 1
        self.values[place] = value


def convolve(X: Noted, layer: nn.Conv2d) -> tuple[Noted, int, int]:
    """The layer's output, computed in loops on the padded X; the MACs; and the reads and writes of X, weights and output."""
    weights, biases = Noted(layer.weight.detach().numpy()), layer.bias
    assert biases is not None
    padding = layer.kernel_size[0] // 2
    padded = Noted(np.pad(X.values, ((0, 0), (padding, padding), (padding, padding))))
    filters, depth, kh, kw = weights.values.shape
    Y = Noted(np.zeros((filters, *X.values.shape[1:])))
    macs = 0
    for f, i, j in np.ndindex(Y.values.shape):
        first = f // (filters // layer.groups) * depth  # of the channels that this filter sees
        total = biases[f].item()
        for c, a, b in product(range(depth), range(kh), range(kw)):
            total += weights[f, c, a, b] * padded[first + c, i + a, j + b]
            macs += 1
        Y[f, i, j] = total
    return Y, macs, weights.reads + padded.reads + Y.writes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", SIZES)
def test_parameters_and_macs_are_those_that_pytorch_counts(kind: str, sizes: tuple[int, ...]) -> None:
    H, W, c_in, c_out, kernel_size, t = sizes
    block = nn.Sequential(*convolutions(kind, c_in, c_out, kernel_size, t))
    with FlopCounterMode(display=False) as counter:
        Y = block(torch.zeros(1, c_in, H, W))
    parameters, macs, _ = cost_table(kind, H, W, c_in, c_out, kernel_size, t)
    assert Y.shape[2:] == (H, W)
    assert parameters == sum(parameter.numel() for parameter in block.parameters())
    assert 2 * macs == counter.get_total_flops()


@pytest.mark.parametrize("kind", KINDS)
def test_macs_and_memory_accesses_are_those_of_loops(kind: str) -> None:
    H, W, c_in, c_out, kernel_size, t = 4, 3, 2, 3, 3, 2
    layers = convolutions(kind, c_in, c_out, kernel_size, t)
    generator = np.random.default_rng(0)
    maps = Noted(generator.normal(size=(c_in, H, W)))
    X, counted = torch.from_numpy(maps.values.copy()).float()[None], np.zeros(2, dtype=int)
    for layer in layers:
        maps, macs, accesses = convolve(maps, layer)
        counted += macs, accesses
    Y = nn.Sequential(*layers)(X)[0].detach().numpy()
    assert np.allclose(maps.values, Y, atol=1e-5), "the loops compute something else"
    assert tuple(counted) == cost_table(kind, H, W, c_in, c_out, kernel_size, t)[1:]


def test_mobilenet_has_its_published_size() -> None:
    """MobileNet (Howard et al., 2017), table 1: 569 million multiply-adds and 4.2 million parameters."""
    first = cost_table("regular", 112, 112, 3, 32, 3)
    blocks = [(112, 32, 64), (56, 64, 128), (56, 128, 128), (28, 128, 256), (28, 256, 256), (14, 256, 512)]
    blocks += [(14, 512, 512)] * 5 + [(7, 512, 1024), (7, 1024, 1024)]
    separable = [cost_table("separable", size, size, c_in, c_out, 3) for size, c_in, c_out in blocks]
    last = pruned_linear_cost(1024, 1000, 0.0)
    # Batch norm has a scale and a shift where a convolution here has one bias.
    biases = 32 + sum(c_in + c_out for _, c_in, c_out in blocks)
    assert first[1] + sum(macs for _, macs, _ in separable) + last["macs"] == 568_740_352
    parameters = first[0] + sum(parameters for parameters, _, _ in separable) + last["parameters"]
    assert parameters + biases == 4_231_976


@given(c=small, H=small, W=small, k=st.integers(1, 7))
@property_test
def test_with_one_number_of_channels_the_formulas_are_the_known_ones(c: int, H: int, W: int, k: int) -> None:
    HW = H * W
    assert cost_table("regular", H, W, c, c, k) == (
        c * (c * k**2 + 1),
        HW * c**2 * k**2,
        HW * c * (2 * c * k**2 + 1),
    )
    assert cost_table("separable", H, W, c, c, k) == (
        c * (k**2 + c + 2),
        HW * c * (k**2 + c),
        2 * HW * c * (k**2 + c + 1),
    )
    assert cost_table("inverted", H, W, c, c, 3) == (
        8 * c**2 + 45 * c,
        HW * (8 * c**2 + 36 * c),
        HW * (16 * c**2 + 81 * c),
    )


@given(H=small, W=small, c_in=small, c_out=small, k=st.integers(1, 7), t=st.integers(1, 8))
@property_test
def test_what_holds_between_the_kinds(H: int, W: int, c_in: int, c_out: int, k: int, t: int) -> None:
    def cost(kind: str, c_in: int, c_out: int, k: int) -> np.ndarray:
        return np.array(cost_table(kind, H, W, c_in, c_out, k, t))

    assert (cost("pointwise", c_in, c_out, k) == cost("regular", c_in, c_out, 1)).all()
    assert (cost("depthwise", c_in, c_out, k) == c_in * cost("regular", 1, 1, k)).all()
    separable = cost("separable", c_in, c_out, k)
    assert (separable == cost("depthwise", c_in, c_in, k) + cost("pointwise", c_in, c_out, k)).all()
    expansion = cost("pointwise", c_in, t * c_in, k)
    assert (cost("inverted", c_in, c_out, k) == expansion + cost("separable", t * c_in, c_out, k)).all()
    # 3.2: the ratio 1/c_out + 1/k².
    assert separable[1] / cost("regular", c_in, c_out, k)[1] == pytest.approx(1 / c_out + 1 / k**2)
    for kind in KINDS:
        assert all(type(count) is int for count in cost_table(kind, H, W, c_in, c_out, k, t))


def test_an_inverted_bottleneck_costs_a_regular_layer_s_macs_at_36_channels() -> None:
    for c, cheaper in ((35, False), (36, False), (37, True)):
        inverted, regular = (cost_table(kind, 10, 10, c, c, 3)[1] for kind in ("inverted", "regular"))
        assert (inverted < regular) is cheaper and (inverted == regular) is (c == 36)


# ---------------------------------------------------------------------------------------------- pruned_linear_cost


def test_costs_of_the_statement() -> None:
    assert pruned_linear_cost(1024, 512, 0.0) == {"macs": 524288, "parameters": 524800}
    assert pruned_linear_cost(1024, 512, 0.3) == {"macs": 367002, "parameters": 367514}
    assert pruned_linear_cost(512, 1024, 0.0) == {"macs": 524288, "parameters": 525312}


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.3, 0.77, 1.0])
def test_counts_are_those_of_a_layer_pruned_by_pytorch(sparsity: float) -> None:
    layer = nn.Linear(37, 23)
    prune.l1_unstructured(layer, "weight", amount=sparsity)
    left = int(layer.weight.count_nonzero())
    with FlopCounterMode(display=False) as counter:
        layer(torch.zeros(1, 37))
    cost = pruned_linear_cost(37, 23, sparsity)
    assert cost == {"macs": left, "parameters": left + layer.bias.numel()}
    assert 2 * pruned_linear_cost(37, 23, 0.0)["macs"] == counter.get_total_flops()


@given(inputs=small, outputs=small, sparsity=st.floats(0, 1))
@property_test
def test_the_nearest_number_of_weights_is_left(inputs: int, outputs: int, sparsity: float) -> None:
    cost = pruned_linear_cost(inputs, outputs, sparsity)
    assert list(cost) == ["macs", "parameters"] and all(type(count) is int for count in cost.values())
    assert abs(cost["macs"] - inputs * outputs * (1 - sparsity)) <= 0.5
    assert cost["parameters"] - cost["macs"] == outputs
