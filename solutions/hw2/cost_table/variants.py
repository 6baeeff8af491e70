"""Right ways to write `cost_table` that students take. Each must get full marks."""

import math
from collections import namedtuple

import numpy as np
import torch
import torch.nn as nn

from homework.judge import variant


@variant
def formulas_in_branches(kind, H, W, c_in, c_out, kernel_size, t=4):
    """One formula for each place of the table, multiplied out."""
    k = kernel_size
    if kind == "regular":
        params = c_out * (c_in * k * k + 1)
        macs = H * W * c_in * c_out * k * k
        memory = 2 * macs + H * W * c_out
    elif kind == "depthwise":
        params = c_in * (k * k + 1)
        macs = H * W * c_in * k * k
        memory = 2 * macs + H * W * c_in
    elif kind == "pointwise":
        params = c_out * (c_in + 1)
        macs = H * W * c_in * c_out
        memory = 2 * macs + H * W * c_out
    elif kind == "separable":
        params = c_in * (k * k + 1) + c_out * (c_in + 1)
        macs = H * W * c_in * (k * k + c_out)
        memory = H * W * (2 * c_in * (k * k + c_out) + c_in + c_out)
    elif kind == "inverted":
        d = t * c_in
        params = d * (c_in + 1) + d * (k * k + 1) + c_out * (d + 1)
        macs = H * W * d * (c_in + k * k + c_out)
        memory = H * W * (2 * d * (c_in + k * k + c_out) + 2 * d + c_out)
    else:
        raise ValueError(f"unknown kind {kind!r}")
    return params, macs, memory


@variant
def calls_itself(kind, H, W, c_in, c_out, kernel_size, t=4):
    """Blocks as sums of the function's own results."""

    def total(*costs):
        return tuple(map(sum, zip(*costs, strict=True)))

    if kind == "separable":
        return total(
            calls_itself("depthwise", H, W, c_in, c_in, kernel_size),
            calls_itself("pointwise", H, W, c_in, c_out, 1),
        )
    if kind == "inverted":
        return total(
            calls_itself("pointwise", H, W, c_in, t * c_in, 1),
            calls_itself("depthwise", H, W, t * c_in, t * c_in, kernel_size),
            calls_itself("pointwise", H, W, t * c_in, c_out, 1),
        )
    k = 1 if kind == "pointwise" else kernel_size
    groups, c_out = (c_in, c_in) if kind == "depthwise" else (1, c_out)
    weights = c_out * (c_in // groups) * k**2
    return weights + c_out, H * W * weights, H * W * (2 * weights + c_out)


@variant
def through_layers_of_torch(kind, H, W, c_in, c_out, kernel_size, t=4):
    """Parameters counted by PyTorch; every weight of a convolution takes part once at every position."""
    hidden = t * c_in
    layers = {
        "regular": lambda: [nn.Conv2d(c_in, c_out, kernel_size)],
        "depthwise": lambda: [nn.Conv2d(c_in, c_in, kernel_size, groups=c_in)],
        "pointwise": lambda: [nn.Conv2d(c_in, c_out, 1)],
        "separable": lambda: [
            nn.Conv2d(c_in, c_in, kernel_size, groups=c_in),
            nn.Conv2d(c_in, c_out, 1),
        ],
        "inverted": lambda: [
            nn.Conv2d(c_in, hidden, 1),
            nn.Conv2d(hidden, hidden, kernel_size, groups=hidden),
            nn.Conv2d(hidden, c_out, 1),
        ],
    }[kind]()
    parameters = sum(p.numel() for layer in layers for p in layer.parameters())
    macs = sum(layer.weight.numel() * H * W for layer in layers)
    written = sum(layer.out_channels * H * W for layer in layers)
    return [parameters, macs, 2 * macs + written]


@variant
def numpy_array(kind, H, W, c_in, c_out, kernel_size, t=4):
    """Costs as arrays that can be added; NumPy's integers come back."""

    def conv(inputs, outputs, k, groups=1):
        weights = outputs * inputs * k**2 // groups
        return np.array([weights + outputs, H * W * weights, H * W * (2 * weights + outputs)])

    table = {
        "regular": conv(c_in, c_out, kernel_size),
        "depthwise": conv(c_in, c_in, kernel_size, c_in),
        "pointwise": conv(c_in, c_out, 1),
    }
    table["separable"] = table["depthwise"] + table["pointwise"]
    table["inverted"] = (
        conv(c_in, t * c_in, 1)
        + conv(t * c_in, t * c_in, kernel_size, groups=t * c_in)
        + conv(t * c_in, c_out, 1)
    )
    return table[kind]


@variant
def whole_floats(kind, H, W, c_in, c_out, kernel_size, t=4):
    """`math.pow` gives floats that are whole."""
    area = math.pow(kernel_size, 2)
    stages = []
    if kind == "inverted":
        stages.append((c_in, t * c_in))
        c_in = t * c_in
    if kind in ("depthwise", "separable", "inverted"):
        stages.append((area, c_in))
    if kind in ("pointwise", "separable", "inverted"):
        stages.append((c_in, c_out))
    if kind == "regular":
        stages.append((c_in * area, c_out))
    parameters = macs = memory = 0.0
    for fan_in, channels in stages:
        parameters += fan_in * channels + channels
        macs += fan_in * channels * H * W
        memory += (2 * fan_in + 1) * channels * H * W
    return parameters, macs, memory


@variant
def tensors(kind, H, W, c_in, c_out, kernel_size, t=4):
    """Three tensors without dimensions."""
    k2, d = torch.tensor(kernel_size) ** 2, t * c_in
    fan_in = {
        "regular": torch.stack([c_in * k2]),
        "depthwise": torch.stack([k2]),
        "pointwise": torch.tensor([c_in]),
        "separable": torch.stack([k2, torch.tensor(c_in)]),
        "inverted": torch.stack([torch.tensor(c_in), k2, torch.tensor(d)]),
    }[kind]
    channels = torch.tensor(
        {"depthwise": [c_in], "separable": [c_in, c_out], "inverted": [d, d, c_out]}.get(kind, [c_out])
    )
    macs = H * W * (fan_in @ channels)
    return (fan_in + 1) @ channels, macs, 2 * macs + H * W * channels.sum()


@variant
def counted_layer_by_layer(kind, H, W, c_in, c_out, kernel_size, t=4):
    """Reads and writes counted as they happen: filter by filter, position by position in bulk."""
    parameters = macs = reads = writes = 0

    def layer(channels, kernel_elements):
        nonlocal parameters, macs, reads, writes
        for _ in range(channels):
            parameters += kernel_elements + 1
            for _ in range(H):
                macs += W * kernel_elements
                reads += W * kernel_elements * 2
                writes += W

    match kind:
        case "regular":
            layer(c_out, kernel_size * kernel_size * c_in)
        case "depthwise":
            layer(c_in, kernel_size * kernel_size)
        case "pointwise":
            layer(c_out, c_in)
        case "separable":
            layer(c_in, kernel_size * kernel_size)
            layer(c_out, c_in)
        case "inverted":
            layer(t * c_in, c_in)
            layer(t * c_in, kernel_size * kernel_size)
            layer(c_out, t * c_in)
    return parameters, macs, reads + writes


@variant
def named_tuple(kind, H, W, c_in, c_out, kernel_size, t=4):
    """A tuple with names is a tuple."""
    Costs = namedtuple("Costs", "parameters macs memory_accesses")

    def conv(c1, c2, k=1, depthwise=False):
        taps = k**2 * (1 if depthwise else c1)
        return Costs(c2 * taps + c2, H * W * c2 * taps, H * W * c2 * (2 * taps + 1))

    if kind == "regular":
        parts = [conv(c_in, c_out, kernel_size)]
    else:
        wide = c_in * t if kind == "inverted" else c_in
        parts = [conv(c_in, wide)] if kind == "inverted" else []
        parts += [conv(wide, wide, kernel_size, depthwise=True)] if kind != "pointwise" else []
        parts += [conv(wide, c_out)] if kind != "depthwise" else []
    return Costs._make(np.sum(parts, axis=0))
