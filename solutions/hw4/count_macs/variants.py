"""Right solutions of `count_macs`, written in other ways: all of them must get full marks."""

import copy
import math

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from homework.judge import variant


@variant
def hooks_removed(model, input_shape):
    """Hooks on the model itself, removed again; modes are put back."""
    macs, handles = [], []

    def conv(layer, inputs, output):
        per_value = layer.in_channels // layer.groups * math.prod(layer.kernel_size)
        macs.append(per_value * math.prod(output.shape[1:]))

    def linear(layer, inputs, output):
        macs.append(layer.in_features * math.prod(output.shape[1:]))

    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            handles.append(layer.register_forward_hook(conv))
        elif isinstance(layer, nn.Linear):
            handles.append(layer.register_forward_hook(linear))
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            model(torch.randn(1, *input_shape))
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    return sum(macs)


@variant
def flops_halved(model, input_shape):
    """torch's own counter, in evaluation mode and put back."""
    training = model.training
    model.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros((1, *input_shape)))
    model.train(training)
    return counter.get_total_flops() // 2


@variant
def on_a_copy(model, input_shape):
    """Works on a copy, with its hooks, and leaves it behind."""
    twin = copy.deepcopy(model)
    twin.eval()
    counts = {"macs": 0}

    def hook(layer, args, out):
        k = layer.weight.shape
        counts["macs"] += int(torch.tensor(k[1:]).prod()) * out[0].numel()

    for layer in twin.modules():
        if type(layer) in (nn.Conv2d, nn.Linear):
            layer.register_forward_hook(hook)
    twin(torch.ones(input_shape).unsqueeze(0))
    return torch.tensor(counts["macs"])


@variant
def calls_replaced(model, input_shape):
    """Counts in `F.conv2d` and `F.linear` instead of in modules, and puts them back."""
    import torch.nn.functional as F

    conv, linear, total = F.conv2d, F.linear, [0]

    def my_conv(x, weight, *args, **kwargs):
        y = conv(x, weight, *args, **kwargs)
        total[0] += weight[0].numel() * y.numel()
        return y

    def my_linear(x, weight, bias=None):
        y = linear(x, weight, bias)
        total[0] += weight.shape[1] * y.numel()
        return y

    twin = copy.deepcopy(model).eval()
    F.conv2d, F.linear = my_conv, my_linear
    try:
        with torch.inference_mode():
            twin(torch.zeros(1, *input_shape))
    finally:
        F.conv2d, F.linear = conv, linear
    return total[0]


@variant
def patched_forward(model, input_shape):
    """Puts a wrapper around each layer's `forward`, on a copy."""
    twin, total = copy.deepcopy(model).eval(), []
    for layer in twin.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):

            def forward(x, layer=layer, inner=layer.forward):
                y = inner(x)
                inputs = layer.weight.numel() // layer.weight.shape[0]
                total.append(inputs * y.numel())
                return y

            layer.forward = forward
    with torch.no_grad():
        twin(torch.rand(1, *input_shape))
    return float(sum(total))
