"""Multiply-accumulate operations of a model, counted as it runs: hw4, section *MACs*."""

import copy

import torch
from torch import nn


def count_macs(model, input_shape):
    """MACs of all `Conv2d` and `Linear` layers for one input of `input_shape` (C, H, W); the model is left alone."""
    total = 0

    def add(layer, inputs, output):
        nonlocal total
        if isinstance(layer, nn.Conv2d):
            total += output.numel() * layer.weight[0].numel()
        elif isinstance(layer, nn.Linear):
            total += output.numel() * layer.in_features

    twin = copy.deepcopy(model).to("meta").eval()
    for layer in twin.modules():
        layer.register_forward_hook(add)
    with torch.no_grad():
        twin(torch.zeros(1, *input_shape, device="meta"))
    return total
