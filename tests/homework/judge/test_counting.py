"""Ways to compute a convolution that look free, to hide weights, and to stop whoever repeats them."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from homework.judge.networks import NotCounted, Record
from homework.judge.recording import record
from tests.homework.judge.test_networks import CONV, HEAD, IMAGES, Net, recorded

N, K = len(IMAGES), 27  # pictures; products for one value of the convolution


def copies(x: torch.Tensor) -> torch.Tensor:
    """What the five filters multiply, each with its own copy: (N, 5 * 27, 8, 8)."""
    columns = F.unfold(x, 3, padding=1).reshape(N, 1, K, 8, 8)
    return columns.expand(N, 5, K, 8, 8).reshape(N, 5 * K, 8, 8)


def added_up(products: torch.Tensor) -> torch.Tensor:
    return products.reshape(N, 5, K, 8, 8).sum(2)


def with_factors(net: Net, x: torch.Tensor) -> torch.Tensor:
    """Additions with a factor: `add(total, part, alpha=w)`."""
    padded = F.pad(x, (1, 1, 1, 1))
    maps = []
    for number in range(5):
        total = torch.zeros(N, 8, 8)
        for c, i, j in product(range(3), repeat=3):
            part = padded[:, c, i : i + 8, j : j + 8]
            total = torch.add(total, part, alpha=0.1 * number + 0.01 * (9 * c + 3 * i + j))
        maps.append(total)
    return torch.stack(maps, 1)


def normalized(net: Net, x: torch.Tensor) -> torch.Tensor:
    """The factors of a batch normalization that changes nothing else."""
    scale = net.conv.weight.reshape(-1)
    return added_up(F.batch_norm(copies(x), torch.zeros(5 * K), torch.ones(5 * K), scale, eps=0.0))


def in_logarithms(net: Net, x: torch.Tensor) -> torch.Tensor:
    """Sums of logarithms are products."""
    factors = net.conv.weight.reshape(1, -1, 1, 1).expand(N, -1, 8, 8).clone()
    columns = copies(x)
    sizes = (columns.abs().clamp(min=1e-12).log() + factors.abs().log()).exp()
    return added_up(torch.where((columns > 0) == (factors > 0), sizes, -sizes))


def by_softmax(net: Net, x: torch.Tensor) -> torch.Tensor:
    """The logarithm of a sum is in every softmax."""
    factors = net.conv.weight.reshape(1, 5, K, 1, 1).expand(N, 5, K, 8, 8).clone()
    terms = copies(x).reshape(N, 5, K, 8, 8).abs().log() + factors.abs().log()
    return F.log_softmax(torch.cat([terms, torch.zeros(N, 5, 1, 8, 8)], 2), 2)[:, :, -1]


def into_memory(net: Net, x: torch.Tensor) -> torch.Tensor:
    """What is written into a tensor of zeros comes from the pictures all the same."""
    return net.conv(torch.zeros(N, 3, 8, 8).copy_(x))


def into_a_view(net: Net, x: torch.Tensor) -> torch.Tensor:
    place = torch.zeros(N, 3, 10, 10)
    place[:, :, 1:9, 1:9] = x
    return F.conv2d(place, net.conv.weight)


def into_an_output(net: Net, x: torch.Tensor) -> torch.Tensor:
    place = torch.empty(N, 3, 8, 8)
    torch.add(x, 0, out=place)
    return net.conv(place)


def into_averages(net: Net, x: torch.Tensor) -> torch.Tensor:
    """In training a normalization writes its averages, though its schema does not say so."""
    copy = torch.zeros(x.numel())
    F.batch_norm(torch.cat([x.reshape(1, -1)] * 2), copy, copy + 1, training=True, momentum=1.0)
    return net.conv(copy.view(x.shape))


def by_slopes(net: Net, x: torch.Tensor) -> torch.Tensor:
    """Products by the slopes of a PReLU, one for each value, and logarithms of products are sums."""
    total = torch.zeros(N, 5, 8, 8).exp()
    for part in copies(x).reshape(N, 5, K, 8, 8).exp().unbind(2):
        total = torch.ops.aten._prelu_kernel(-total, part).neg()
    return total.log()


@pytest.mark.parametrize(
    "how",
    [
        *(with_factors, normalized, in_logarithms, by_softmax, into_memory, into_a_view, into_an_output),
        *(into_averages, by_slopes),
    ],
)
def test_a_convolution_that_looks_free_is_counted(how: Any) -> None:
    found, _ = recorded(Net(how))
    free = 3 * (3 * 64 + 10)  # values of the picture and of the linear layer: so much may be added up
    assert found.macs >= CONV * 26 // 27 + HEAD - free


def test_numbers_that_are_packed_in_pairs_count_twice() -> None:
    found, _ = recorded(Net(lambda net, x: F.conv2d(x.double(), net.conv.weight.double(), padding=1).float()))
    assert found.macs == 2 * CONV + HEAD


class Hidden(nn.Module):
    """Its weights are in the averages of a normalization of zeros."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(2000, affine=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        zeros = (x[:, :1, 0, 0] * 0).expand(len(x), 2000)
        weights = self.norm(zeros)[:, : 10 * 192].reshape(len(x), 10, 192)
        return torch.bmm(weights, x.flatten(1)[:, :, None])[:, :, 0]


class Counters(nn.Module):
    """Its weights are called like the counters of batch normalization, and are read."""

    def __init__(self) -> None:
        super().__init__()
        for number in range(200):
            self.register_buffer(f"n{number}_num_batches_tracked", torch.tensor(float(number)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weights = torch.stack([value for _, value in self.named_buffers()])
        return x.flatten(1) @ weights[:192, None].expand(192, 10)


class InCode(nn.Module):
    """Its weights are numbers in the code."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = x.flatten(1)
        total = values[:, :10] * 0
        for number in range(150):
            total = total + values[:, number : number + 10] * (0.5 + number / 100)
        return total


class InManyChannels(Hidden):
    """And a convolution of one value has as many channels as there are averages."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ones = torch.ones(2000, 1, 1, 1)
        return super().forward(x) + F.conv2d(x.mean((1, 2, 3), keepdim=True), ones)[:, :10, 0, 0]


class InAnOrder(nn.Module):
    """Its weights are the places of a ramp that a list names."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pieces = torch.arange(100.0).unbind()
        return x.flatten(1) @ torch.stack([pieces[7 * k * k % 100] for k in range(1920)]).view(192, 10)


class InWideNumbers(nn.Module):
    """Two of its weights are in each number of 64 bits."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("packed", torch.arange(1 << 40, (1 << 40) + 960))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) @ torch.cat([self.packed * 2.0**-40, (self.packed - (1 << 40)).float()]).view(
            192, 10
        )


class InBits(InWideNumbers):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) @ self.packed.view(torch.float32).view(192, 10)


@pytest.mark.parametrize(
    ("model", "least"),
    [
        *((Hidden(), 3900), (Counters(), 200), (InCode(), 80)),
        *((InManyChannels(), 3900), (InAnOrder(), 900)),
    ],
)
def test_hidden_weights_count_as_parameters(model: nn.Module, least: int) -> None:
    assert recorded(model)[0].parameters >= least


def test_numbers_of_64_bits_count_twice_and_are_not_read_as_others() -> None:
    assert recorded(InWideNumbers())[0].parameters == 2 * 960
    with pytest.raises(NotCounted, match="bits of numbers"):
        recorded(InBits())


def test_what_is_made_of_nothing_must_be_the_same_for_all_pictures() -> None:
    """Else it comes from the pictures, in a way that is not known here: the next use of it differs."""
    found, _ = recorded(Net(lambda net, x: net.conv(x) + torch.zeros(8).add(1.0)))
    found.replay(IMAGES)
    found._fixed = dict.fromkeys(found._fixed, b"another")
    with pytest.raises(NotCounted, match="could not be repeated"):
        found.replay(IMAGES)


def test_memory_that_is_shared_only_where_numbers_are_is_noticed() -> None:
    """Of channels last, `roll` keeps the order on a CPU but not on the meta device: there `reshape` makes a copy."""
    shape, results = [4, 3, 8, 8], [{"tensor": ["result", number, 0]} for number in range(6)]
    last = {"memory_format": {"word": "torch.channels_last"}}
    steps: list[Any] = [
        ["aten.empty.memory_format", [shape], last],
        ["aten.roll.default", [results[0], [1], [2]], {}],
        ["aten.permute.default", [results[1], [0, 2, 3, 1]], {}],
        ["aten.reshape.default", [results[2], [4, 192]], {}],
        ["aten.copy_.default", [results[1], IN], {}],
        ["aten.mm.default", [results[3], {"tensor": ["weight", "w"]}], {}],
    ]
    found = Record(
        {"steps": steps, "output": results[5], "constants": []}, {"w": torch.ones(192, 10)}, IMAGES
    )
    assert found.macs == 0, "torch has changed: look for another operator"
    found.replay(IMAGES)
    with pytest.raises(NotCounted, match="could not be repeated"):
        found.replay(IMAGES + 1)


def test_what_a_record_names_changes_no_operator() -> None:
    model = Net(lambda net, x: net.conv(x))
    weights = dict(model.state_dict())
    found = record(SimpleNamespace(Build=lambda: model), "Build", "own", weights, IMAGES)
    found["steps"].append(["aten.celu.__setattr__", ["default", 5], {}])
    with pytest.raises(NotCounted):
        Record(found, weights, IMAGES)
    assert callable(torch.ops.aten.celu.default)


def test_a_convolution_that_copies_its_windows_is_refused_where_they_are_too_large() -> None:
    step: list[Any] = [
        "aten.convolution.default",
        [{"tensor": ["images"]}, {"tensor": ["weight", "k"]}, None],
        {},
    ]
    step[1] += [[1, 1], [300, 300], [1, 1], False, [0, 0], 1]
    images, kernel = IMAGES.double(), torch.ones(1, 3, 8, 8, dtype=torch.float64)
    found = {"steps": [step], "output": {"tensor": ["result", 0, 0]}, "constants": []}
    with pytest.raises(NotCounted, match="too much"):
        Record(found, {"k": kernel}, images)


def test_the_pictures_of_others_stay_as_they_are() -> None:
    found, _ = recorded(Net(lambda net, x: net.conv(x.sub_(1.0))))
    images = IMAGES.clone()
    found.replay(images)
    assert torch.equal(images, IMAGES)


IN = {"tensor": ["images"]}


@pytest.mark.parametrize(
    "step",
    [
        ["aten.relu.default", [{"tensor": ["result", -1, 0]}], {}],
        ["aten.relu.default", [{"tensor": ["pictures", 0, 0]}], {}],
        ["aten.relu.default", [{"tensor": ["constant", -1]}], {}],
        ["aten._reshape_alias.default", [IN, [1 << 30], [1]], {}],
        ["aten.as_strided.default", [IN, [1 << 30], [1]], {}],
        ["aten.native_batch_norm.default", [IN, IN, None, IN, IN, False, 0.1, 1e-5], {}],
        ["aten.max_pool2d_with_indices.default", [IN, [1 << 16, 1 << 16], [1, 1], [1 << 15, 1 << 15]], {}],
        ["aten.arange.default", [1 << 50], {}],
        ["aten._weight_norm_interface.default", [IN, {"tensor": ["weight", "head.bias"]}, 0], {}],
        ["aten._weight_norm_interface.default", [IN, {"tensor": ["weight", "conv.weight"]}], {"dim": 3}],
        ["aten.replication_pad2d.default", [IN, [1 << 20] * 4], {}],
        ["aten.linspace.default", [0.0, 1.0, 1 << 50], {}],
        ["aten.ones.default", [[1 << 27]], {}],
        ["aten.clone.default", [torch.ones(3)], {}],
        ["aten.clone.default", ["images"], {}],
        ["aten.unbind.int", [{"tensor": ["constant", 0]}], {}],
    ],
)
def test_a_step_that_reads_foreign_memory_or_never_ends_is_refused(step: Any) -> None:
    model = Net(lambda net, x: net.conv(x))
    weights = dict(model.state_dict())
    found = record(SimpleNamespace(Build=lambda: model), "Build", "own", weights, IMAGES)
    found["steps"].append(step)
    found["constants"].append(torch.zeros(5000, 0))
    with pytest.raises(NotCounted):
        Record(found, weights, IMAGES)


def test_pieces_of_nothing_take_memory_too() -> None:
    model = Net(lambda net, x: net.conv(x))
    weights = dict(model.state_dict())
    found = record(SimpleNamespace(Build=lambda: model), "Build", "own", weights, IMAGES)
    at = len(found["steps"])
    found["steps"].append(["aten.zeros.default", [[1000, 0]], {}])
    found["steps"] += [["aten.unbind.int", [{"tensor": ["result", at, 0]}], {}]] * 70
    with pytest.raises(NotCounted, match="too large"):
        Record(found, weights, IMAGES)


def test_a_division_that_would_end_the_process_is_refused() -> None:
    smallest, minus = torch.full((3,), -(1 << 63)), torch.full((3,), -1)
    model = Net(lambda net, x: net.conv(x))
    weights = {**model.state_dict(), "a": smallest, "b": minus}
    found = record(SimpleNamespace(Build=lambda: model), "Build", "own", dict(model.state_dict()), IMAGES)
    operands = [{"tensor": ["weight", name]} for name in "ab"]
    found["steps"].append(["aten.div.Tensor_mode", operands, {"rounding_mode": {"word": "trunc"}}])
    with pytest.raises(NotCounted):
        Record(found, weights, IMAGES)


def test_too_much_work_is_refused() -> None:
    size = 1 << 12
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 10))
    weights = dict(model.state_dict())
    found = record(SimpleNamespace(Build=lambda: model), "Build", "own", weights, IMAGES)
    at = len(found["steps"])
    found["steps"] += [["aten.ones.default", [[size, size]], {}]]
    found["steps"] += [["aten.mm.default", [{"tensor": ["result", at, 0]}] * 2, {}]]
    with pytest.raises(NotCounted, match="too much"):
        Record(found, weights, IMAGES)
