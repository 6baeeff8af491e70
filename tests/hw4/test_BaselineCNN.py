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


def parameters(solution):
    """Shapes of all parameters, sorted, as text."""
    return sorted(str(tuple(p.shape)) for p in solution.BaselineCNN().parameters())


def count(solution):
    """The number of parameters."""
    return sum(p.numel() for p in solution.BaselineCNN().parameters())


def shapes(solution, X):
    """The shapes of what convolutions and linear layers read, in order, and of the output; how many layers run."""
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
    return [*seen, list(output.shape)], len(ran)


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
    X = rng.tensor(3, 3, 32, 32, dtype=torch.float32)
    agree(student.probe(shapes), reference.probe(shapes), X, names=("shapes", "number of layers"))


@points(0.75)
def test_pooling(student, reference, rng):
    """Max pooling, and nothing else between the layers."""
    X = torch.from_numpy(rng.generator.uniform(0.1, 1, (2, 3, 32, 32))).float()
    agree(student.probe(read), reference.probe(read), X, False, names=READ, rtol=1e-4, atol=1e-5)


@points(0.75)
def test_relu(student, reference, rng):
    """A ReLU after each convolution and each hidden linear layer."""
    X = torch.from_numpy(rng.generator.uniform(0.1, 1, (2, 3, 32, 32))).float()
    agree(student.probe(read), reference.probe(read), X, True, names=AFTER, rtol=1e-4, atol=1e-5)


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
        rtol=0.0,
        atol=0.06,
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
        rtol=0.0,
        atol=0.06,
    )
