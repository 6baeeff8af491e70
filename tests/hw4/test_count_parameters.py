"""Hidden tests of hw4's `count_parameters` (6 points). All sizes differ."""

import torch

from homework.judge import agree, points


def changes(solution, a, b):
    """The count of a model of which a part is frozen, and what is not as before."""
    model = torch.nn.Sequential(torch.nn.Linear(a, b), torch.nn.BatchNorm1d(b), torch.nn.Linear(b, a))
    model[2].requires_grad_(False)
    model[0].weight.grad = torch.ones(b, a)

    def state():
        trained = [p.requires_grad for p in model.parameters()]
        return {
            "trained": trained,
            "gradients": [None if p.grad is None else p.grad.sum().item() for p in model.parameters()],
            "mode": [m.training for m in model.modules()],
            "keys": list(model.state_dict()),
        }

    before = state()
    found = solution.count_parameters(model)
    after = state()
    changed = [name for name in before if before[name] != after[name]]
    return found, [f"{name}: {sum(after[name])}" if name == "trained" else name for name in changed]


def number(solution, which, sizes):
    """The count alone."""
    a, b, c = sizes
    nn = torch.nn
    if which == "frozen":
        model = nn.Sequential(nn.Linear(a, b), nn.Linear(b, c), nn.Linear(c, a))
        model[1].requires_grad_(False)
        model[2].bias.requires_grad_(False)
    elif which == "shared":
        model = nn.Sequential(nn.Linear(a, b), nn.Linear(b, a), nn.Linear(a, b))
        model[2].weight = model[0].weight
    elif which == "buffers":
        model = nn.Sequential(
            nn.Conv2d(a, b, 1, bias=False), nn.BatchNorm2d(b), nn.BatchNorm2d(b, affine=False)
        )
        model.register_buffer("mean", torch.ones(c))
    elif which == "own":
        model = nn.Module()
        model.scale = nn.Parameter(torch.ones(b, 1, 1))
        model.inner = nn.Sequential(
            nn.Conv2d(a, b, 3), nn.Sequential(nn.ReLU(), nn.Conv2d(b, c, (1, 2), bias=False))
        )
    elif which == "everything":
        model = nn.Sequential(
            nn.Conv2d(a, b, 3), nn.BatchNorm2d(b), nn.Sequential(nn.Conv2d(b, b, 3), nn.Conv2d(b, c, 1))
        )
        model[2][1].weight.requires_grad_(False)
        model[2].twice = nn.Conv2d(b, b, 3, bias=False)
        model[2].twice.weight = model[2][0].weight
        model.norm = nn.BatchNorm2d(b)  # its weights have the values of the other one's
    else:
        model = nn.Sequential(nn.Conv2d(a, b, 3), nn.ReLU(), nn.Flatten(), nn.Linear(b, c))
    return solution.count_parameters(model)


EXACT = {"rtol": 0.0, "atol": 0.0}


@points(1.5)
def test_layers(student, reference, rng):
    """A convolution and a linear layer, with biases."""
    for sizes in ((3, 7, 11), (5, 13, 2)):
        agree(student.probe(number), reference.probe(number), "plain", sizes, **EXACT)


@points(1)
def test_frozen(student, reference, rng):
    """A model of which a part is frozen."""
    agree(student.probe(number), reference.probe(number), "frozen", (6, 9, 14), **EXACT)


@points(1)
def test_shared(student, reference, rng):
    """Two layers that share their weights."""
    agree(student.probe(number), reference.probe(number), "shared", (8, 5, 3), **EXACT)


@points(1)
def test_buffers(student, reference, rng):
    """Batch normalization, and a buffer of the model's own."""
    agree(student.probe(number), reference.probe(number), "buffers", (4, 10, 17), **EXACT)


@points(0.5)
def test_nested(student, reference, rng):
    """Modules inside of modules, and a parameter of the model's own."""
    agree(student.probe(number), reference.probe(number), "own", (3, 6, 8), **EXACT)


@points(0.5)
def test_everything(student, reference, rng):
    """All of this in one model."""
    agree(student.probe(number), reference.probe(number), "everything", (3, 5, 9), **EXACT)


@points(0.5)
def test_model_is_left_alone(student, reference, rng):
    """The model is as before: what is trained, gradients, its mode, its state_dict."""
    agree(student.probe(changes), reference.probe(changes), 5, 8, names=("number", "changes"), **EXACT)
