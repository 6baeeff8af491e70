"""Right solutions of `count_parameters`, written in other ways: all of them must get full marks."""

import math

import numpy as np
import torch

from homework.judge import variant


@variant
def by_name(model):
    """Goes over names."""
    total = 0
    for _, parameter in model.named_parameters():
        if parameter.requires_grad:
            total += parameter.nelement()
    return total


@variant
def by_identity(model):
    """Goes over modules, and remembers what it has seen."""
    seen, total = set(), 0
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            if id(parameter) not in seen and parameter.requires_grad:
                seen.add(id(parameter))
                total += math.prod(parameter.shape)
    return total


@variant
def as_one_vector(model):
    """Puts all parameters into one vector."""
    parts = [parameter.detach().flatten() for parameter in model.parameters() if parameter.requires_grad]
    return torch.tensor(len(torch.cat(parts)) if parts else 0)


@variant
def with_numpy(model):
    """NumPy's product of shapes."""
    shapes = [tuple(p.shape) for p in model.parameters() if p.requires_grad]
    return np.sum([np.prod(shape, dtype=np.int64) for shape in shapes], dtype=np.int64)


@variant
def what_an_optimizer_gets(model):
    """A set of the parameters."""
    return sum(len(p.detach().reshape(-1)) for p in {p for p in model.parameters() if p.requires_grad})
