"""What a network computes is found out without trusting it: counts by hand, ways to hide products, forged records."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from homework.judge.networks import NotCounted, Record
from homework.judge.recording import record

IMAGES = torch.linspace(-1, 1, 4 * 3 * 8 * 8).reshape(4, 3, 8, 8)


class Net(nn.Module):
    """A convolution from 3 to 5 channels, as `how` computes it, average pooling, one linear layer."""

    def __init__(self, how: Any) -> None:
        super().__init__()
        self.conv, self.head, self.how = nn.Conv2d(3, 5, 3, padding=1, bias=False), nn.Linear(5, 10), how

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(F.relu(self.how(self, x)).mean((2, 3)))


CONV, HEAD = 8 * 8 * 5 * 27, 50


def recorded(model: nn.Module, **more: Any) -> tuple[Record, dict[str, Any]]:
    weights = {  # as hw4's tests take them from a file
        name: (value.float() if value.is_floating_point() else value).clone()
        for name, value in model.state_dict().items()
    }
    found = record(SimpleNamespace(Build=lambda: model, **more), "Build", "own", weights, IMAGES)
    return Record(found, weights, IMAGES), found


def windows(net: Net, x: torch.Tensor) -> torch.Tensor:
    return (net.conv.weight.flatten(1) @ F.unfold(x, 3, padding=1)).reshape(len(x), 5, 8, 8)


def multiplied(net: Net, x: torch.Tensor) -> torch.Tensor:
    columns = F.unfold(x, 3, padding=1)[:, None]
    return (columns * net.conv.weight.flatten(1)[None, :, :, None]).sum(2).reshape(len(x), 5, 8, 8)


def shifted(net: Net, x: torch.Tensor) -> torch.Tensor:
    padded, total = F.pad(x, (1, 1, 1, 1)), 0
    for i in range(3):
        for j in range(3):
            part = padded[:, None, :, i : i + 8, j : j + 8] * net.conv.weight[None, :, :, i, j, None, None]
            total = total + part.sum(2)
    return total


@pytest.mark.parametrize("how", [lambda net, x: net.conv(x), windows, multiplied, shifted])
def test_a_convolution_costs_the_same_however_it_is_written(how: Any) -> None:
    found, _ = recorded(Net(how))
    assert found.macs == CONV + HEAD
    assert found.parameters == 135 + 60


@pytest.mark.parametrize(
    ("how", "operator"),
    [
        (lambda net, x: torch.fft.irfft2(torch.fft.rfft2(net.conv(x)), s=(8, 8)), "fft"),
        (
            lambda net, x: (
                torch.cdist(net.conv(x).flatten(2), torch.zeros(4, 5, 64)).mean(2).view(4, 5, 1, 1)
            ),
            "cdist",
        ),
        (lambda net, x: net.conv(x) + torch.rand(1), "rand"),
        (lambda net, x: net.conv(x).take(torch.arange(4 * 5 * 64)).view(4, 5, 8, 8), "take"),
    ],
)
def test_an_operator_without_a_rule_is_refused_by_name(how: Any, operator: str) -> None:
    with pytest.raises(NotCounted, match=operator):
        recorded(Net(how))


def standardized(net: Net, x: torch.Tensor) -> torch.Tensor:
    weight = net.conv.weight
    weight = (weight - weight.mean((1, 2, 3), keepdim=True)) / (weight.std((1, 2, 3), keepdim=True) + 1e-5)
    return F.conv2d(x, weight, padding=1)


def masked(net: Net, x: torch.Tensor) -> torch.Tensor:
    weight = net.conv.weight.masked_fill(net.conv.weight.abs() < 0.05, 0.0)
    return F.conv2d(x, torch.where(weight > 1.0, 1.0, weight), padding=1)


def normalized_pictures(net: Net, x: torch.Tensor) -> torch.Tensor:
    return net.conv((x - x.mean((1, 2, 3), keepdim=True)) / x.std((1, 2, 3), keepdim=True))


def printed(net: Net, x: torch.Tensor) -> torch.Tensor:
    assert x.max() < 100 and not (x == 7).any()
    print(x.mean().item())
    return net.conv(x)


def in_inference_mode(net: Net, x: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return F.layer_norm(net.conv(x), (5, 8, 8))


MAPS, PICTURE = 8 * 8 * 5, 8 * 8 * 3


@pytest.mark.parametrize(
    ("how", "more"),
    [
        (standardized, 0),  # of weights alone
        (masked, 0),
        (printed, 0),
        (normalized_pictures, 2 * PICTURE),  # squares, and quotients
        (lambda net, x: F.normalize(net.conv(x)), 2 * MAPS),
        (lambda net, x: F.glu(torch.cat([net.conv(x)] * 2, 1), 1), 2 * MAPS),
        (lambda net, x: F.logsigmoid(F.hardshrink(F.softshrink(net.conv(x)))), 0),
        (lambda net, x: net.conv(x) + torch.linspace(-1, 1, 8), 0),
        (in_inference_mode, 0),
        (lambda net, x: F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), net.conv.weight), 0),
        (lambda net, x: F.conv2d(F.pad(x, (1, 1, 1, 1), "replicate"), net.conv.weight), 0),
    ],
)
def test_what_honest_networks_contain_is_counted(how: Any, more: int) -> None:
    model = Net(how)
    found, _ = recorded(model)
    assert found.macs == CONV + HEAD + more
    assert found.parameters == 135 + 60
    with torch.no_grad():
        assert torch.allclose(found.replay(IMAGES.flip(3)), model(IMAGES.flip(3)), atol=1e-5)


def test_weight_normalization_is_counted_as_weights() -> None:
    conv = nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 5, 3, padding=1, bias=False))
    model = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 10))
    found, _ = recorded(model)
    assert (found.macs, found.parameters) == (CONV + HEAD, 5 + 135 + 60)


def test_weights_that_are_not_in_the_file_count_as_parameters() -> None:
    hidden = torch.randn(5, 3, 3, 3)
    found, _ = recorded(Net(lambda net, x: F.conv2d(x, hidden, padding=1)))
    assert found.parameters == 135 + 135 + 60
    assert found.read_besides == 135


def test_global_pooling_of_maps_in_channels_last_is_counted() -> None:
    conv = nn.Conv2d(3, 5, 3, padding=1, bias=False)
    model = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 10))
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    found, _ = recorded(model)
    assert (found.macs, found.parameters) == (CONV + HEAD, 135 + 60)
    with torch.no_grad():
        assert torch.allclose(found.replay(IMAGES.flip(3)), model(IMAGES.flip(3)), atol=1e-5)


def test_what_numpy_computes_is_not_repeated_on_other_images() -> None:
    model = Net(lambda net, x: torch.from_numpy(net.conv(x).numpy() * 2.0))
    found, _ = recorded(model)
    other = IMAGES.flip(0)
    with torch.no_grad():
        assert not torch.allclose(found.replay(other), model(other), atol=1e-4)


def test_a_number_that_is_read_from_the_pictures_is_not_repeated_on_others() -> None:
    model = Net(lambda net, x: net.conv(x) * float(x[0].square().mean()))
    found, _ = recorded(model)
    other = 2 * IMAGES
    with torch.no_grad():
        assert not torch.allclose(found.replay(other), model(other), atol=1e-4)


def test_a_replay_gives_the_networks_logits() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(6, 4, 1)
    )
    model = nn.Sequential(*model, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 10))
    found, _ = recorded(model)
    with torch.no_grad():
        assert torch.allclose(found.replay(IMAGES + 1), model(IMAGES + 1), atol=1e-5)
    assert found.parameters == sum(p.numel() for p in model.parameters()), "the averages do not count"


def test_statistics_that_are_read_as_weights_count() -> None:
    class Sly(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.head = nn.BatchNorm2d(3), nn.Linear(3, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.norm(x).mean((2, 3)) * self.norm.running_var)

    found, _ = recorded(Sly())
    assert found.parameters == 3 + 3 + 3 + 40


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["steps"].append(["aten.mm.default", [{"tensor": ["result", 99, 0]}], {}]),
        lambda found: found["steps"].insert(0, ["os.system.default", ["true"], {}]),
        lambda found: found["steps"].insert(0, ["aten.zeros.default", [[1 << 40]], {}]),
        lambda found: found["steps"].extend([["aten.ones.default", [[1]], {}]] * 3000),
        lambda found: found.update(output={"tensor": ["weight", "nothing"]}),
        lambda found: found.update(output=3),
        lambda found: found.update(steps=[3]),
        lambda found: found["steps"].insert(0, ["aten.__class__.default", [], {}]),
    ],
)
def test_a_forged_record_is_refused(change: Any) -> None:
    model = Net(lambda net, x: net.conv(x))
    weights = dict(model.state_dict())
    found = record(SimpleNamespace(Build=lambda: model), "Build", "own", weights, IMAGES)
    change(found)
    with pytest.raises(NotCounted):
        Record(found, weights, IMAGES)


def test_weights_that_do_not_fit_are_told() -> None:
    model = Net(lambda net, x: net.conv(x))
    weights = dict(model.state_dict())
    solution = SimpleNamespace(Build=lambda **_: model, own={"width": 1})
    del weights["head.bias"]
    assert record(solution, "Build", "own", weights, IMAGES)["missing"] == ["head.bias"]
    weights["head.bias"] = torch.zeros(11)
    assert record(solution, "Build", "own", weights, IMAGES)["problem"] == "shapes"
    solution.own = 3
    assert record(solution, "Build", "own", weights, IMAGES)["problem"] == "arguments"
