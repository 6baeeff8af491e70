"""Hidden tests of hw4's `BaselineCNN` (6 points).

Names and the order of registration are free. To see what happens between the layers, all weights are set to values for
which a layer gives the mean of what it reads, and what the layers read is looked at, in the order in which they run.
"""

import torch

from homework.judge import agree, points

LAYERS = (*(f"convolution {n}" for n in range(1, 9)), *(f"linear layer {n}" for n in (1, 2, 3)))
AFTER = tuple(f"after {name}" for name in LAYERS)
READ = (*(f"input of {name}" for name in LAYERS), "output")
ZEROS = (*(f"share of zeros in the {name}" for name in READ), "share of maps that are all zero")
TOLERATED = 0.06  # by which a share may differ: values are dropped at random


def parameters(solution):
    """Shapes of all parameters, sorted, as text."""
    return sorted(str(tuple(p.shape)) for p in solution.BaselineCNN().parameters())


def count(solution):
    """The number of parameters."""
    return sum(p.numel() for p in solution.BaselineCNN().parameters())


def shapes(solution, X):
    """Shapes of what convolutions and linear layers read, in order, and of the output; how many run; their padding."""
    model = solution.BaselineCNN().eval()
    seen, ran = [], set()

    def look(layer, inputs):
        seen.append(list(inputs[0].shape))
        ran.add(layer)

    for layer in model.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_pre_hook(look)
    with torch.no_grad():
        output = model(X)
    padding = sorted({layer.padding_mode for layer in ran if isinstance(layer, torch.nn.Conv2d)})
    return [*seen, list(output.shape)], len(ran), padding


def read(solution, X, negative):
    """What each layer reads, in order, and the output: each as mean, smallest and largest value.

    A layer gives the mean of what it reads: over the channels at a place, or over all. With `negative` each one in turn
    gives the negative mean; then only smallest and largest value of what comes after it are returned, one pair for each.
    """
    model = solution.BaselineCNN().eval()
    seen, order = [], []

    def look(layer, inputs):
        seen.append(inputs[0].double())
        order.append(layer)

    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
                layer.weight.zero_()
                middle = (
                    layer.weight
                    if layer.weight.ndim == 2
                    else layer.weight[:, :, layer.weight.shape[2] // 2, layer.weight.shape[3] // 2]
                )
                middle.fill_(1 / layer.weight.shape[1])
                if layer.bias is not None:
                    layer.bias.zero_()
                layer.register_forward_pre_hook(look)
        seen.append(model(X).double())
        if not negative:
            return [[value.mean().item(), value.min().item(), value.max().item()] for value in seen]
        after = []
        for place, layer in enumerate(list(order)):
            layer.weight.neg_()
            seen.clear()
            seen.append(model(X).double())
            after.append([seen[place + 1].min().item(), seen[place + 1].max().item()])
            layer.weight.neg_()
    return after


def logits(solution, X):
    """The output where the last layer gives its biases, from -3 to 6, or values of its own."""
    model = solution.BaselineCNN().eval()
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
            if tuple(p.shape) == (10,):
                p.copy_(torch.arange(10.0) - 3)
        return model(X)


def dropped(solution, X, train):
    """The share of zeros in what each layer reads, and in the output, where nothing else makes zeros.

    Last, the share of maps that are all zero: where single values are dropped, there are none in maps of many values.
    """
    torch.manual_seed(4)  # the same draws for whoever drops the same, so that the few logits tell it, too
    model = solution.BaselineCNN().train(train)
    seen, maps = [], []

    def look(layer, inputs):
        zero = inputs[0] == 0
        seen.append(zero.double().mean().item())
        if zero.ndim == 4:
            maps.append(zero.flatten(2).all(2).double().mean().item())

    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
                layer.weight.zero_()
                if layer.bias is not None:
                    layer.bias.fill_(1.0)
                layer.register_forward_pre_hook(look)
        output = model(X)
    return [*seen, (output == 0).double().mean().item(), max(maps, default=0.0)]


def drops(found, training):
    """Where values are dropped that should not be, or the other way round; None where what is `found` is not known."""
    should = (0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0)
    if len(found) != len(READ) + 1:
        return None
    for name, share, one in zip(READ, found, should, strict=False):
        expected = 0.25 * one * training
        if not abs(share - expected) <= TOLERATED:
            mode = "training" if training else "evaluation"
            return (
                f"In {mode} mode {share:.0%} of the {name.removeprefix('input of ')}'s "
                f"{'values' if name == 'output' else 'inputs'} are zero, where nothing but dropout makes zeros. "
                f"{'A quarter should be dropped there' if expected else 'Nothing should be dropped there'}."
            )
    return None


def in_evaluation(student):
    """That values are dropped in evaluation mode, if they are."""
    return drops(student.probe(dropped)(torch.ones(24, 3, 32, 32), False), False)


@points(1)
def test_parameters(student, reference, rng):
    """747,690 parameters."""
    agree(student.probe(count), reference.probe(count), rtol=0.0, atol=0.0)


@points(0.75)
def test_layers(student, reference, rng):
    """Eight convolutions and three linear layers, each with weights and biases of the right shapes."""
    agree(student.probe(parameters), reference.probe(parameters))


@points(1)
def test_shapes(student, reference, rng):
    """The sizes of maps from layer to layer, each layer used once, and an output of (N, 10)."""
    names = "shapes", "number of layers", "padding"
    for n in (3, 1):
        X = rng.tensor(n, 3, 32, 32, dtype=torch.float32)
        agree(student.probe(shapes), reference.probe(shapes), X, names=names)


@points(0.75)
def test_pooling(student, reference, rng):
    """Max pooling, and nothing else between the layers."""
    X = torch.from_numpy(rng.generator.uniform(0.1, 30, (2, 3, 32, 32))).float()
    right = reference.probe(read)(X, False)

    def why(found):
        if said := in_evaluation(student):
            return said
        for place, (one, other) in enumerate(zip(found, right, strict=True)):
            if not torch.allclose(torch.tensor(one), torch.tensor(other), rtol=1e-4, atol=1e-5):
                before = (
                    f"Between {LAYERS[place - 1]} and the {READ[place]}" if place else "Before convolution 1"
                )
                return f"{before} something else happens than in the table: there are ReLU, 2 x 2 max pooling and dropout."
        return None

    agree(student.probe(read), reference.probe(read), X, False, names=READ, why=why, rtol=1e-4, atol=1e-5)


@points(0.75)
def test_relu(student, reference, rng):
    """A ReLU after each convolution and each hidden linear layer."""
    X = torch.from_numpy(rng.generator.uniform(0.1, 1, (2, 3, 32, 32))).float()

    def why(found):
        if said := in_evaluation(student):
            return said
        for place, (smallest, largest) in enumerate(found[: len(LAYERS) - 1]):
            if max(abs(smallest), abs(largest)) > 1e-5:
                return (
                    f"Where {LAYERS[place]} gives negative values, {smallest:.2g} to {largest:.2g} come out after it. "
                    "A ReLU makes them zero: is it missing, or is there another activation?"
                )
        return None

    agree(student.probe(read), reference.probe(read), X, True, names=AFTER, why=why, rtol=1e-4, atol=1e-5)


@points(0.75)
def test_logits(student, reference, rng):
    """The output are logits: nothing follows the last layer."""
    agree(student.probe(logits), reference.probe(logits), torch.ones(2, 3, 32, 32), rtol=1e-4)


@points(0.75)
def test_dropout(student, reference, rng):
    """Dropout of 25 % of the values after three poolings and two hidden layers, in training mode."""
    agree(
        student.probe(dropped),
        reference.probe(dropped),
        torch.ones(24, 3, 32, 32),
        True,
        names=ZEROS,
        why=lambda found: drops(found, True),
        rtol=0.0,
        atol=TOLERATED,
    )


@points(0.25)
def test_evaluation_mode(student, reference, rng):
    """No dropout in evaluation mode."""
    agree(
        student.probe(dropped),
        reference.probe(dropped),
        torch.ones(24, 3, 32, 32),
        False,
        names=ZEROS,
        why=lambda found: drops(found, False),
        rtol=0.0,
        atol=TOLERATED,
    )
