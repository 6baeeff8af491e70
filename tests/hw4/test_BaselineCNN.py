"""Hidden tests of hw4's `BaselineCNN` (6 points).

Names and the order of registration are free. To see what happens between the layers, all weights are set to values for
which a layer gives the mean of what it reads, and what the layers read is looked at, in the order in which they run.
"""

import torch

from homework.judge import agree, points


def parameters(solution):
    """Shapes of all parameters, sorted, as text."""
    return sorted(str(tuple(p.shape)) for p in solution.BaselineCNN().parameters())


def count(solution):
    """The number of parameters."""
    return sum(p.numel() for p in solution.BaselineCNN().parameters())


def shapes(solution, X):
    """The shapes of what convolutions and linear layers read, in order, and of the output."""
    model = solution.BaselineCNN().eval()
    seen = []
    for layer in model.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_pre_hook(lambda layer, inputs: seen.append(list(inputs[0].shape)))
    with torch.no_grad():
        return [*seen, list(model(X).shape)]


def read(solution, X, conv, linear):
    """Mean, smallest and largest value of what each layer reads, and of the output.

    A convolution gives the mean of its channels, times `conv`, a linear layer the mean of its inputs, times `linear`.
    """
    model = solution.BaselineCNN().eval()
    seen = []
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
                layer.weight.zero_()
                middle = (
                    layer.weight
                    if layer.weight.ndim == 2
                    else layer.weight[:, :, layer.weight.shape[2] // 2, layer.weight.shape[3] // 2]
                )
                middle.fill_((conv if layer.weight.ndim == 4 else linear) / layer.weight.shape[1])
                if layer.bias is not None:
                    layer.bias.zero_()
                layer.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0].double()))
        seen.append(model(X).double())
    return [[value.mean().item(), value.min().item(), value.max().item()] for value in seen]


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
    """The share of zeros in what each layer reads, where nothing else makes zeros."""
    model = solution.BaselineCNN().train(train)
    seen = []
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
                layer.weight.zero_()
                if layer.bias is not None:
                    layer.bias.fill_(1.0)
                layer.register_forward_pre_hook(
                    lambda layer, inputs: seen.append((inputs[0] == 0).double().mean().item())
                )
        model(X)
    return seen


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
    """The sizes of maps from layer to layer, and an output of (N, 10)."""
    agree(student.probe(shapes), reference.probe(shapes), rng.tensor(3, 3, 32, 32, dtype=torch.float32))


@points(0.75)
def test_pooling(student, reference, rng):
    """Max pooling, and nothing else between the layers."""
    X = torch.from_numpy(rng.generator.uniform(0.1, 1, (2, 3, 32, 32))).float()
    agree(student.probe(read), reference.probe(read), X, 1.0, 1.0, rtol=1e-4, atol=1e-5)


@points(0.75)
def test_relu(student, reference, rng):
    """A ReLU after each convolution and each hidden linear layer."""
    X = torch.from_numpy(rng.generator.uniform(0.1, 1, (2, 3, 32, 32))).float()
    for conv, linear in ((-1.0, 1.0), (1.0, -1.0)):
        agree(student.probe(read), reference.probe(read), X, conv, linear, rtol=1e-4, atol=1e-5)


@points(0.75)
def test_logits(student, reference, rng):
    """The output are logits: nothing follows the last layer."""
    agree(student.probe(logits), reference.probe(logits), torch.ones(2, 3, 32, 32), rtol=1e-4)


@points(0.75)
def test_dropout(student, reference, rng):
    """Dropout of 25 % after three poolings and two hidden layers, in training mode."""
    agree(
        student.probe(dropped), reference.probe(dropped), torch.ones(24, 3, 32, 32), True, rtol=0.0, atol=0.06
    )


@points(0.25)
def test_evaluation_mode(student, reference, rng):
    """No dropout in evaluation mode."""
    agree(
        student.probe(dropped),
        reference.probe(dropped),
        torch.ones(24, 3, 32, 32),
        False,
        rtol=0.0,
        atol=0.06,
    )
