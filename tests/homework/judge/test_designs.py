"""Honest networks of unusual designs: what they cost by the rules that the statement of hw4 prints."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from homework.judge.networks import NotCounted, Record
from tests.homework.judge.test_networks import CONV, HEAD, IMAGES, Net, recorded


class Kept(Net):
    """With other tensors in its file, or other layers."""

    def __init__(self, how: Any, **more: Any) -> None:
        super().__init__(how)
        for name, one in more.items():
            if isinstance(one, nn.Module):
                self.add_module(name, one)
            else:
                self.register_buffer(name, one)


def from_codebook(net: Any, x: torch.Tensor) -> torch.Tensor:
    """Weights that share their values, as in deep compression."""
    return F.conv2d(x, net.values[net.numbers.long()], padding=1)


def shuffled(net: Any, x: torch.Tensor) -> torch.Tensor:
    return net.conv(x[:, [2, 0, 1]])


def in_half(net: Any, x: torch.Tensor) -> torch.Tensor:
    return net.narrow(x.half()).float()


def in_double(net: Any, x: torch.Tensor) -> torch.Tensor:
    return net.wide(x.double()).float()


def attending(net: Any, x: torch.Tensor) -> torch.Tensor:
    x = net.conv(x).flatten(2).transpose(1, 2)
    return net.attention(x, x, x, need_weights=False)[0].transpose(1, 2).reshape(len(x), 5, 8, 8)


def of_one_weight(net: Any, x: torch.Tensor) -> torch.Tensor:
    """Spectral normalization: a product of a matrix with a vector, of weights alone."""
    first = F.normalize(torch.mv(net.conv.weight.flatten(1), net.v), dim=0)
    return F.conv2d(
        x, net.conv.weight / torch.vdot(first, torch.mv(net.conv.weight.flatten(1), net.v)), padding=1
    )


WEIGHTS = 5 * 27 + 60
LAYER = {"dtype": torch.float16, "padding": 1, "bias": False}
# A head of attention: four linear layers of 5 x 5, two products of 64 x 64 x 5, and both factors are scaled.
ATTENTION = 4 * 64 * 25 + 2 * 64 * 64 * 5 + 2 * 64 * 5


@pytest.mark.parametrize(
    ("model", "parameters", "macs"),
    [
        (Net(lambda net, x: F.rrelu(net.conv(x))), WEIGHTS, CONV + HEAD),
        (Kept(lambda net, x: net.slope(net.conv(x)), slope=nn.RReLU(inplace=True)), WEIGHTS, CONV + HEAD),
        (
            Kept(from_codebook, values=torch.rand(4), numbers=torch.arange(135).reshape(5, 3, 3, 3) % 4),
            WEIGHTS + 4 + 135,
            CONV + HEAD,
        ),
        (Net(shuffled), WEIGHTS + 3, CONV + HEAD),
        (Kept(in_half, narrow=nn.Conv2d(3, 5, 3, **LAYER)), WEIGHTS + 135, CONV + HEAD),
        (
            Kept(in_double, wide=nn.Conv2d(3, 5, 3, **LAYER | {"dtype": torch.float64})),
            WEIGHTS + 135,
            2 * CONV + HEAD,
        ),
        (
            Kept(attending, attention=nn.MultiheadAttention(5, 1, batch_first=True)),
            WEIGHTS + 4 * 30,
            CONV + ATTENTION + HEAD,
        ),
        (Kept(of_one_weight, v=torch.rand(27)), WEIGHTS + 27, CONV + HEAD),
        (nn.DataParallel(Net(lambda net, x: net.conv(x))), WEIGHTS, CONV + HEAD),
    ],
    ids=["rrelu", "in_place", "codebook", "shuffled", "half", "double", "attention", "spectral", "parallel"],
)
def test_a_design_costs_what_the_statement_says(model: nn.Module, parameters: int, macs: int) -> None:
    found, _ = recorded(model.eval())
    assert (found.parameters, found.macs) == (parameters, macs)
    with torch.no_grad():
        difference = found.replay(IMAGES) - model(IMAGES)
    assert float(difference.abs().max()) <= found.precision


@pytest.mark.filterwarnings("ignore:.*torch.jit.trace.*is deprecated")
def test_a_traced_network_is_counted() -> None:
    class Plain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.head = nn.Conv2d(3, 5, 3, padding=1, bias=False), nn.Linear(5, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(F.relu(self.conv(x)).mean((2, 3)))  # type: ignore[no-any-return]

    traced = torch.jit.trace(Plain().eval(), IMAGES)  # type: ignore[no-untyped-call]
    assert recorded(traced)[0].macs == CONV + HEAD


def test_what_depends_on_the_picture_looks_nothing_up() -> None:
    """A table could hold any function of it."""
    table = torch.rand(2, 1)
    model = Kept(lambda net, x: net.conv(x) + net.table[(x[:, :1] > 0).long()][..., 0], table=table)
    with pytest.raises(NotCounted, match="looks values up"):
        recorded(model)


def test_whole_numbers_in_the_code_count_from_the_65th_on() -> None:
    def numbers(net: Any, x: torch.Tensor) -> torch.Tensor:
        scale = torch.cat([torch.arange(n, n + 1) for n in range(50)])
        return net.conv(x) + scale[:5, None, None] * 0.1

    assert recorded(Net(numbers))[0].parameters == WEIGHTS + 2 * 50 + 1 - 64


@pytest.mark.parametrize("dtypes", [None, [], {"conv.weight": "torch.quint8"}, {"conv.weight": 3, "x": {}}])
def test_dtypes_that_are_none_are_ignored(dtypes: Any) -> None:
    model = Net(lambda net, x: net.conv(x))
    _, found = recorded(model)
    found["dtypes"] = dtypes
    assert Record(found, model.state_dict(), IMAGES).macs == CONV + HEAD
