"""Hidden tests of hw4's `count_macs` (10 points).

All sizes differ, and maps are not square. In the models for one mistake the layers that would hide it are missing.
"""

import math

import torch

from homework.judge import agree, points

EXACT = {"rtol": 0.0, "atol": 0.0}


def macs(solution, which, sizes, shape):
    """The count for a model of a kind."""
    nn = torch.nn
    a, b, c = sizes

    class Tokens(nn.Module):
        """(N, C, H, W) to (N, H * W, C), and a linear layer at each position."""

        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(a, b)

        def forward(self, x):
            return self.linear(x.flatten(2).transpose(1, 2))

    class Twice(nn.Module):
        """One convolution, used on a map and again on the smaller one, and a linear layer used twice."""

        def __init__(self):
            super().__init__()
            self.conv, self.linear = nn.Conv2d(a, a, 3, padding=1, bias=False), nn.Linear(a, a, bias=False)

        def forward(self, x):
            x = self.conv(nn.functional.max_pool2d(self.conv(x), 2))
            return self.linear(self.linear(x.mean((2, 3))))

    if which == "conv":
        layers = [
            nn.Conv2d(a, b, 3, bias=False),
            nn.Conv2d(b, c, (1, 2), bias=False),
            nn.Conv2d(c, 1, 1, bias=False),
        ]
    elif which == "biases":
        layers = [nn.Conv2d(a, b, 3), nn.Flatten(), nn.LazyLinear(c)]
    elif which == "strides":
        layers = [
            nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False),
            nn.MaxPool2d(2),
            nn.Conv2d(b, c, 1, bias=False),
        ]
    elif which == "kernels":
        layers = [
            nn.Conv2d(a, b, (5, 3), padding=(2, 1), bias=False),
            nn.Conv2d(b, c, (1, 4), dilation=(1, 2), bias=False),
        ]
    elif which == "groups":
        layers = [nn.Conv2d(a, 2 * a, 3, groups=a, bias=False), nn.Conv2d(2 * a, 4, 1, groups=2, bias=False)]
    elif which == "linear":
        layers = [
            nn.Flatten(),
            nn.Linear(a * shape[1] * shape[2], b, bias=False),
            nn.Linear(b, c, bias=False),
        ]
    elif which == "norm":
        layers = [
            nn.Conv2d(a, b, 1, bias=False),
            nn.BatchNorm2d(b),
            nn.Conv2d(b, c, 1, bias=False),
            nn.BatchNorm2d(c),
        ]
    elif which == "activation":
        layers = [nn.Conv2d(a, b, 1, bias=False), nn.ReLU(), nn.Conv2d(b, c, 1, bias=False), nn.ReLU()]
    elif which == "pooling":
        layers = [
            nn.Conv2d(a, b, 1, bias=False),
            nn.AvgPool2d(2),
            nn.Conv2d(b, c, 1, bias=False),
            nn.AdaptiveAvgPool2d(1),
        ]
    elif which in ("tokens", "twice"):
        layers = [{"tokens": Tokens, "twice": Twice}[which]()]
    elif which == "zeros":
        layers = [nn.Conv2d(a, b, 3, bias=False), nn.Flatten(), nn.LazyLinear(c, bias=False)]
    else:
        block = nn.Sequential(
            nn.Conv2d(b, b, 3, padding=1, groups=b), nn.BatchNorm2d(b), nn.ReLU(), nn.Conv2d(b, c, 1)
        )
        layers = [
            nn.Conv2d(a, b, 3, 2),
            nn.Sequential(block),
            nn.AdaptiveAvgPool2d((2, 1)),
            nn.Flatten(),
            nn.Dropout(),
            nn.Linear(2 * c, 9),
        ]
    model = nn.Sequential(*layers)
    model.eval()(torch.zeros(1, *shape))  # gives lazy layers their sizes
    if which == "zeros":
        with torch.no_grad():
            for weight in model.parameters():
                weight[::2] = 0
    found = solution.count_macs(model.train(), tuple(shape))
    return found.item() if isinstance(found, torch.Tensor) else found


def traces(solution, shape, training):
    """What is not as before in a model, in one mode, after it was counted."""
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(shape[0], 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(5)
    )
    model.eval()(torch.zeros(1, *shape))
    model.train(training)
    model[0].bias.requires_grad_(False)
    model[0].weight.grad = torch.ones_like(model[0].weight)

    def state():
        modules = list(model.modules())
        names = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
        return {
            "mode": [m.training for m in modules],
            "hooks": [len(getattr(m, name)) for m in modules for name in names],
            "keys": list(model.state_dict()),
            "buffers": [buffer.tolist() for name, buffer in model.named_buffers() if "total_ops" not in name],
            "parameters": [p.detach().flatten()[:3].tolist() for p in model.parameters()],
            "gradients": [None if p.grad is None else p.grad.sum().item() for p in model.parameters()],
            "requires_grad": [p.requires_grad for p in model.parameters()],
        }

    before = state()
    solution.count_macs(model, tuple(shape))
    if any(tensor.is_meta for tensor in [*model.parameters(), *model.buffers()]):
        return ["on the meta device"]
    after = state()
    changed = [name for name in before if before[name] != after[name]]
    if "gradients" in changed and not any(after["gradients"]):
        changed[changed.index("gradients")] = "gradients removed"
    return changed


def check(student, reference, which, sizes, shape, why=None):
    right = reference.probe(macs)(which, sizes, shape)

    def times(found):
        if found > 2 * right and found % right == 0:
            n = found // right
            return f"Your result is {n:.0f} times the number. Is it for a batch of {n:.0f}? Count one input."
        return why(found) if why else None

    agree(student.probe(macs), reference.probe(macs), which, sizes, shape, why=times, **EXACT)


def also(what, layers, right):
    """A sentence for a count that is `right` and some MACs more for each value of `layers`, their sizes (C, H, W)."""
    values = sum(math.prod(one) for one in layers)

    def why(found):
        for_each = (found - right) / values
        if for_each in (1, 2, 3, 4, 5, 8, 9):
            return f"{what} is counted, with {for_each:.0f} for each value. By the convention of the text it costs nothing."
        return None

    return why


@points(1.5)
def test_convolutions(student, reference, rng):
    """Convolutions without biases, on maps that are not square."""
    check(student, reference, "conv", (3, 5, 7), (3, 9, 12))
    check(student, reference, "conv", (2, 11, 4), (2, 13, 6))


@points(0.5)
def test_linear(student, reference, rng):
    """Linear layers."""
    check(student, reference, "linear", (2, 13, 6), (2, 4, 5))


@points(0.25)
def test_zeros(student, reference, rng):
    """Weights that are zero count like others."""
    check(student, reference, "zeros", (2, 8, 6), (2, 9, 5))


@points(0.75)
def test_biases(student, reference, rng):
    """Layers with biases."""
    check(student, reference, "biases", (2, 4, 6), (2, 8, 7))


@points(1)
def test_strides_and_pooling(student, reference, rng):
    """Strides, padding and pooling: later layers have smaller maps."""
    check(student, reference, "strides", (3, 8, 5), (3, 16, 12))


@points(0.75)
def test_kernels(student, reference, rng):
    """Kernels that are not square, and one with dilation."""
    check(student, reference, "kernels", (3, 4, 6), (3, 9, 11))


@points(0.75)
def test_groups(student, reference, rng):
    """Grouped convolutions."""
    check(student, reference, "groups", (6, 0, 0), (6, 7, 9))


@points(0.75)
def test_nothing_else_counts(student, reference, rng):
    """Batch normalization, activations and pooling."""
    norm = also("Batch normalization", [(5, 6, 8), (4, 6, 8)], 48 * 35)
    check(student, reference, "norm", (3, 5, 4), (3, 6, 8), norm)
    check(
        student,
        reference,
        "activation",
        (3, 5, 4),
        (3, 8, 6),
        also("Activation", [(5, 8, 6), (4, 8, 6)], 48 * 35),
    )
    pooling = also("Pooling", [(5, 3, 5), (4, 1, 1)], 60 * 15 + 15 * 20)
    check(student, reference, "pooling", (3, 5, 4), (3, 6, 10), pooling)


@points(0.75)
def test_positions(student, reference, rng):
    """A linear layer over (N, L, d), at each of the L positions."""
    check(student, reference, "tokens", (6, 5, 0), (6, 3, 7))


@points(0.75)
def test_reused(student, reference, rng):
    """A layer that is used twice."""
    check(student, reference, "twice", (4, 0, 0), (4, 8, 6))


@points(0.75)
def test_a_network(student, reference, rng):
    """A small network with layers of all kinds."""
    check(student, reference, "network", (3, 6, 10), (3, 15, 11))


@points(1.5)
def test_model_is_left_alone(student, reference, rng):
    """A model is as before, in either mode: modes, hooks, averages, keys, weights, gradients."""
    for training in (True, False):
        agree(student.probe(traces), reference.probe(traces), (3, 7, 6), training)
