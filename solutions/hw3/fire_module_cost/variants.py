"""Right solutions of `fire_module_cost`, written in other ways: all of them must get full marks."""

import numpy as np
import torch
from torch import nn

from homework.judge import variant


@variant
def layer_by_layer(c_in, squeeze, expand1, expand3, H, W):
    """Each layer by itself."""
    parameters = macs = 0
    for a, b, k in ((c_in, squeeze, 1), (squeeze, expand1, 1), (squeeze, expand3, 3)):
        parameters += a * b * k**2 + b
        macs += a * b * k * k * H * W
    return parameters, macs


@variant
def with_a_helper(c_in, squeeze, expand1, expand3, H, W):
    """A function for one convolution, and a list as the result."""

    def conv(a, b, k):
        return np.array([(a * k * k + 1) * b, a * k * k * b * H * W])

    return list(conv(c_in, squeeze, 1) + conv(squeeze, expand1, 1) + conv(squeeze, expand3, 3))


@variant
def counted_by_torch(c_in, squeeze, expand1, expand3, H, W):
    """Builds the layers and counts their parameters; the MACs from the weights and places."""
    layers = [nn.Conv2d(c_in, squeeze, 1), nn.Conv2d(squeeze, expand1, 1), nn.Conv2d(squeeze, expand3, 3)]
    parameters = sum(p.numel() for layer in layers for p in layer.parameters())
    return parameters, H * W * sum(layer.weight.numel() for layer in layers)


@variant
def factored(c_in, squeeze, expand1, expand3, H, W):
    """The squeeze layer's width taken out."""
    weights = squeeze * (c_in + expand1 + 9 * expand3)
    return weights + (squeeze + expand1 + expand3), H * W * weights


@variant
def as_tensors(c_in, squeeze, expand1, expand3, H, W):
    """Numbers of torch."""
    sizes = torch.tensor([c_in * squeeze, squeeze * expand1, squeeze * expand3 * 9])
    return sizes.sum() + squeeze + expand1 + expand3, (sizes * (H * W)).sum()


@variant
def from_shapes(c_in, squeeze, expand1, expand3, H, W):
    """From the shapes of the weights; whole floats."""
    shapes = [(squeeze, c_in, 1, 1), (expand1, squeeze, 1, 1), (expand3, squeeze, 3, 3)]
    weights = sum(np.prod(shape, dtype=np.float64) for shape in shapes)
    return weights + sum(shape[0] for shape in shapes), weights * H * W
