"""Four networks for pictures of 3 x 224 x 224, without trained weights, to be counted and timed in homework 4.

They contain no answers. You may read and use them; grading uses the original, whatever you change here.

| network | from | parameters | MACs |
| --- | --- | ---: | ---: |
| VGG16 | Simonyan and Zisserman, 2015 (configuration D) | 138,357,544 | 15,470,264,320 |
| ResNet50 | He et al., 2016 (stride on the 3 x 3 layer, as in torchvision) | 25,557,032 | 4,089,184,256 |
| MobileNetV1 | Howard et al., 2017 | 4,231,976 | 568,740,352 |
| SqueezeNet | Iandola et al., 2016 (version 1.0, pooling with ceil_mode) | 1,248,424 | 818,924,576 |

`with torch.device("meta"):` builds a network without memory for its weights: VGG16's have 553 MB.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


def VGG16() -> nn.Module:
    """Thirteen convolutions of 3 x 3, five poolings, three linear layers."""
    layers: list[nn.Module] = []
    before = 3
    for channels, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU()]
            before = channels
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 1000))


def _conv_bn(
    before: int, channels: int, kernel_size: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    padding = kernel_size // 2
    conv = nn.Conv2d(before, channels, kernel_size, stride, padding, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(channels)]


class Bottleneck(nn.Module):
    """1 x 1 to few channels, 3 x 3, 1 x 1 to four times as many, added to the input."""

    def __init__(self, before: int, channels: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(*_conv_bn(before, channels, 1), nn.ReLU(), *_conv_bn(channels, channels, 3, stride), nn.ReLU()),
            *_conv_bn(channels, 4 * channels, 1),
        )
        same = stride == 1 and before == 4 * channels
        self.shortcut = nn.Identity() if same else nn.Sequential(*_conv_bn(before, 4 * channels, 1, stride))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.layers(x) + self.shortcut(x))


def ResNet50() -> nn.Module:
    """A layer of 7 x 7, sixteen bottlenecks in four stages, global average pooling, one linear layer."""
    layers: list[nn.Module] = [*_conv_bn(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    before = 64
    for channels, repeats, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for number in range(repeats):
            layers.append(Bottleneck(before, channels, 1 if number else stride))
            before = 4 * channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def MobileNetV1() -> nn.Module:
    """A regular layer, thirteen depthwise separable ones, global average pooling, one linear layer."""
    layers: list[nn.Module] = [*_conv_bn(3, 32, 3, 2), nn.ReLU()]
    before = 32
    wide = [(512, 1)] * 5
    for channels, stride in (
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        *wide,
        (1024, 2),
        (1024, 1),
    ):
        layers += [*_conv_bn(before, before, 3, stride, groups=before), nn.ReLU()]
        layers += [*_conv_bn(before, channels, 1), nn.ReLU()]
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000))


class Fire(nn.Module):
    """The module of homework 3: few channels by 1 x 1, then two branches of 1 x 1 and 3 x 3 side by side."""

    def __init__(self, before: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(before, squeeze, 1)
        self.expand1, self.expand3 = nn.Conv2d(squeeze, expand, 1), nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.squeeze(x))
        return F.relu(torch.cat([self.expand1(x), self.expand3(x)], 1))


def SqueezeNet() -> nn.Module:
    """A layer of 7 x 7, eight fire modules, a layer of 1 x 1 in place of linear ones, global average pooling."""
    layers: list[nn.Module] = [nn.Conv2d(3, 96, 7, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True)]
    before = 96
    for number, squeeze in enumerate((16, 16, 32, 32, 48, 48, 64, 64), 1):
        layers.append(Fire(before, squeeze, 4 * squeeze))
        before = 8 * squeeze
        if number in (3, 7):
            layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
    layers += [nn.Dropout(), nn.Conv2d(512, 1000, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers)


NETWORKS = {"VGG16": VGG16, "ResNet50": ResNet50, "MobileNetV1": MobileNetV1, "SqueezeNet": SqueezeNet}
