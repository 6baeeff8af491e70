"""Hidden tests of hw3's `FakeQuantize` (10 points).

Forward and backward pass are asked for apart. Values are made from steps, so that none lies within 0.1 steps of a tie, and
none within one step outside the outermost levels, where conventions about the gradient differ. The last 2 points are for what
the function is made for: the accuracy of the small network with quantized weights.
"""

from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from homework.judge import agree, points

DATA = Path(__file__).resolve().parents[2] / "source" / "hw3" / "data"


def tensor(rng, shape, steps, scale, dtype=torch.float32):
    """A tensor of these whole steps, as often as they fit, and 0.12 to 0.38 more or less."""
    size = int(np.prod(shape))
    values = np.resize(np.asarray(steps, dtype=np.float64), size)
    values += rng.generator.uniform(0.12, 0.38, size) * rng.generator.choice((-1.0, 1.0), size)
    return torch.from_numpy(rng.generator.permutation(values).reshape(shape) * scale).to(dtype)


def inside(bits, zero_point, ends=True):
    """All steps from the lowest to the highest level; `ends`: with the outermost ones."""
    return np.arange(-(2 ** (bits - 1)) + (not ends), 2 ** (bits - 1) - (not ends)) - zero_point


def above(bits, zero_point, count=6):
    """Steps of at least two beyond the highest level."""
    return 2 ** (bits - 1) - 1 - zero_point + 2 + np.arange(count)


def below(bits, zero_point, count=6):
    """Steps of at least two beyond the lowest level."""
    return -(2 ** (bits - 1)) - zero_point - 2 - np.arange(count)


def mixed(bits, zero_point):
    """Steps inside and outside on both sides."""
    return np.concatenate(
        [below(bits, zero_point), inside(bits, zero_point, ends=False), above(bits, zero_point)]
    )


def why_gradient(x, scale, zero_point, bits, upstream, answer):
    """Which values have a factor other than 1 within the levels, or than 0 beyond."""
    level = torch.round(x.double() / scale) + zero_point
    within = (level >= -(2 ** (bits - 1))) & (level <= 2 ** (bits - 1) - 1)
    factor = torch.as_tensor(answer).double() / upstream.double()
    some, one = factor[within], factor[within].median()
    if (factor[~within].abs() > 1e-5).any():
        beyond = "Where the level was clipped your gradient is not 0"
        return beyond + (
            "." if (some - 1).abs().max() < 1e-4 else ", and where it was not it is not what came in."
        )
    if (some.abs() < 1e-6).all():
        return "Your gradient is 0 everywhere, also where nothing was clipped. The factor is 1 there."
    if (some - one).abs().max() < 1e-4 * one.abs():
        return "Your gradient is multiplied by one number, the same for all values. The factor is 1 where nothing was clipped."
    if ((some.abs() < 1e-6) | ((some - 1).abs() < 1e-4)).all():
        return "Your gradient is 0 for some values that were not clipped: the mask is too narrow."
    return "Where nothing was clipped your gradient is not what came in: the factor is 1 for each value."


def why_values(x, scale, zero_point, bits, answer):
    """Whether values are on the levels, and which of them are wrong."""
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    level = torch.round(x.double() / scale) + zero_point
    mine = torch.as_tensor(answer).double() / scale + zero_point
    off = mine - level.clamp(lo, hi)
    if (mine - mine.round()).abs().max() > 1e-2:
        return "Your values are not (a whole number - zero_point) * scale: each lies on a level."
    if (mine < lo - 0.5).any() or (mine > hi + 0.5).any():
        return "Some of your values lie beyond the outermost levels: levels are clipped to lo and hi."
    within = (level >= lo) & (level <= hi)
    if (off[within].abs() < 0.5).all():
        known = (
            "Your values are right within the levels, and wrong" if within.any() else "Your values are wrong"
        )
        return f"{known} beyond them: there they are those of lo and hi."
    if (off.abs() < 1.5).all():
        return "Your values are off by one step where they are wrong: look at how x/scale is rounded."
    return None


def agree_why(student, reference, driver, why, *args):
    """`agree`, with `why` for the same inputs."""
    agree(student.probe(driver), reference.probe(driver), *args, why=partial(why, *args))


def forward(solution, x, scale, zero_point, bits):
    """The values."""
    return solution.FakeQuantize.apply(x, scale, zero_point, bits)


def gradient(solution, x, scale, zero_point, bits, upstream):
    """The gradient of x for the gradient `upstream` of the values."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(solution.FakeQuantize.apply(x, scale, zero_point, bits), x, upstream)[0]


def gradient_or_not(solution, x, scale, zero_point, bits, upstream):
    """The gradient, or that the backward pass failed."""
    x = x.detach().requires_grad_()
    y = solution.FakeQuantize.apply(x, scale, zero_point, bits)
    try:
        return torch.autograd.grad(y, x, upstream)[0]
    except RuntimeError:
        return "your backward pass fails"


def gradients_of_two_calls(solution, first, second, upstream):
    """Both gradients, where the second call comes before the first way back."""
    xs = [x.detach().requires_grad_() for x, *_ in (first, second)]
    ys = [
        solution.FakeQuantize.apply(x, *numbers[1:]) for x, numbers in zip(xs, (first, second), strict=True)
    ]
    return torch.autograd.grad([ys[0], ys[1]], xs, [upstream, 2 * upstream])


def through_two_layers(solution, x, W1, W2, scale, zero_point, bits):
    """The gradients of two layers' weights that are quantized on the way."""
    W1, W2 = W1.detach().requires_grad_(), W2.detach().requires_grad_()
    hidden = torch.tanh(x @ solution.FakeQuantize.apply(W1, scale, zero_point, bits))
    loss = (hidden @ solution.FakeQuantize.apply(W2, scale, zero_point, bits)).square().sum()
    return torch.autograd.grad(loss, (W1, W2))


def share_right(solution, weights, numbers, biases, pictures, labels, bits):
    """The accuracy of the small network with quantized weights."""
    w = [
        torch.as_tensor(solution.FakeQuantize.apply(weight, scale, zero_point, bits)).float()
        for weight, (scale, zero_point) in zip(weights, numbers, strict=True)
    ]
    x = F.max_pool2d(F.relu(F.conv2d(pictures.float() / 255, w[0], biases[0], padding=1)), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, w[1], biases[1], padding=1)), 2)
    logits = F.linear(F.relu(F.linear(x.flatten(1), w[2], biases[2])), w[3], biases[3])
    return (logits.argmax(1) == labels).double().mean().item()


@points(1)
def test_values_between_the_levels(student, reference, rng):
    """Forward: values within the levels, zero point 0."""
    for scale, bits in ((0.3, 4), (2.7, 5)):
        x = tensor(rng, (31,), inside(bits, 0, ends=False), scale)
        agree_why(student, reference, forward, why_values, x, scale, 0, bits)


@points(0.5)
def test_values_with_zero_points(student, reference, rng):
    """Forward: values within the levels, other zero points."""
    for scale, zero_point, bits in ((0.3, -5, 4), (1.9, 2, 3)):
        x = tensor(rng, (31,), inside(bits, zero_point, ends=False), scale)
        agree_why(student, reference, forward, why_values, x, scale, zero_point, bits)


@points(0.75)
def test_values_beyond_the_levels(student, reference, rng):
    """Forward: values beyond the outermost levels."""
    for scale, zero_point, bits in ((0.3, 3, 4), (2.2, -1, 3)):
        x = tensor(rng, (29,), above(bits, zero_point), scale)
        agree_why(student, reference, forward, why_values, x, scale, zero_point, bits)
        x = tensor(rng, (29,), below(bits, zero_point), scale)
        agree_why(student, reference, forward, why_values, x, scale, zero_point, bits)


@points(0.25)
def test_values_of_eight_bits(student, reference, rng):
    """Forward: eight bits, values within the levels and beyond."""
    for zero_point in (-40, 21):
        x = tensor(rng, (290,), mixed(8, zero_point), 0.05)
        agree_why(student, reference, forward, why_values, x, 0.05, zero_point, 8)


@points(0.25)
def test_values_of_fewer_bits(student, reference, rng):
    """Forward: two to six bits, values within the levels and beyond."""
    for bits, zero_point in ((2, -1), (3, 2), (5, -9), (6, 11)):
        x = tensor(rng, (2 ** (bits - 1) + 25,), mixed(bits, zero_point), 0.7)
        agree_why(student, reference, forward, why_values, x, 0.7, zero_point, bits)


@points(0.75)
def test_gradient_within_the_levels(student, reference, rng):
    """Backward: values within the levels, of either sign, for a small and a large scale."""
    for scale, zero_point, bits in ((0.04, 1, 4), (3.1, -2, 5)):
        x = tensor(rng, (2**bits,), inside(bits, zero_point, ends=False), scale)
        g = rng.tensor(2**bits, scale=3, dtype=torch.float32)
        agree_why(student, reference, gradient_or_not, why_gradient, x, scale, zero_point, bits, g)


@points(0.25)
def test_gradient_at_the_ends(student, reference, rng):
    """Backward: values of the lowest and the highest level that are not clipped."""
    scale, zero_point, bits = 0.6, 2, 4
    ends = inside(bits, zero_point)[[0, -1]]
    x = torch.tensor((ends + np.array((0.25, -0.25))) * scale, dtype=torch.float32)
    g = rng.tensor(2, shift=2, dtype=torch.float32)
    agree_why(student, reference, gradient, why_gradient, x, scale, zero_point, bits, g)


@points(0.75)
def test_gradient_above(student, reference, rng):
    """Backward: values above the highest level among others."""
    for scale, zero_point, bits in ((0.04, 0, 4), (3.1, 2, 3)):
        steps = np.concatenate([inside(bits, zero_point, ends=False), above(bits, zero_point)])
        x, g = tensor(rng, (30,), steps, scale), rng.tensor(30, scale=3, dtype=torch.float32)
        agree_why(student, reference, gradient, why_gradient, x, scale, zero_point, bits, g)


@points(0.75)
def test_gradient_below(student, reference, rng):
    """Backward: values below the lowest level among others."""
    for scale, zero_point, bits in ((0.04, 0, 4), (3.1, 2, 3)):
        steps = np.concatenate([inside(bits, zero_point, ends=False), below(bits, zero_point)])
        x, g = tensor(rng, (30,), steps, scale), rng.tensor(30, scale=3, dtype=torch.float32)
        agree_why(student, reference, gradient, why_gradient, x, scale, zero_point, bits, g)


@points(0.75)
def test_gradient_with_zero_points(student, reference, rng):
    """Backward: zero points near the ends of the levels."""
    for scale, zero_point, bits in ((0.2, -7, 4), (0.2, 6, 4), (1.3, 14, 5)):
        x = tensor(rng, (60,), mixed(bits, zero_point), scale)
        g = rng.tensor(60, scale=3, dtype=torch.float32)
        agree_why(student, reference, gradient, why_gradient, x, scale, zero_point, bits, g)


@points(0.25)
def test_gradient_of_eight_bits(student, reference, rng):
    """Backward: eight bits, values within the levels and beyond."""
    for zero_point in (30, -55):
        x, g = tensor(rng, (280,), mixed(8, zero_point), 0.7), rng.tensor(280, dtype=torch.float32)
        agree_why(student, reference, gradient, why_gradient, x, 0.7, zero_point, 8, g)


@points(0.25)
def test_gradient_of_fewer_bits(student, reference, rng):
    """Backward: two to six bits."""
    for bits, zero_point in ((2, 0), (3, -2), (6, 9)):
        size = 2**bits + 12
        x, g = tensor(rng, (size,), mixed(bits, zero_point), 0.7), rng.tensor(size, dtype=torch.float32)
        agree_why(student, reference, gradient, why_gradient, x, 0.7, zero_point, bits, g)


@points(0.5)
def test_two_calls_before_one_way_back(student, reference, rng):
    """Backward: two calls, with other numbers, before the first gradient is asked for."""
    first = tensor(rng, (5, 6), mixed(3, 1), 0.4), 0.4, 1, 3
    second = tensor(rng, (5, 6), mixed(4, -2), 1.2), 1.2, -2, 4
    g = rng.tensor(5, 6, dtype=torch.float32)
    agree(student.probe(gradients_of_two_calls), reference.probe(gradients_of_two_calls), first, second, g)


@points(0.25)
def test_two_layers(student, reference, rng):
    """Backward: the weights of two layers in a row."""
    W1, W2 = (tensor(rng, shape, mixed(3, 1), 0.2, torch.float64) for shape in ((4, 7), (7, 3)))
    args = rng.tensor(5, 4, scale=0.5), W1, W2, 0.2, 1, 3
    agree(student.probe(through_two_layers), reference.probe(through_two_layers), *args)


@points(0.25)
def test_views_and_double_precision(student, reference, rng):
    """Tensors of float64, of several dimensions, whose memory is not contiguous."""
    x = tensor(rng, (4, 5, 6), mixed(4, 2), 0.3, torch.float64).permute(2, 0, 1)
    g = rng.tensor(4, 6, 5).transpose(0, 1)
    agree_why(student, reference, forward, why_values, x, 0.3, 2, 4)
    agree_why(student, reference, gradient, why_gradient, x, 0.3, 2, 4, g)


@points(0.5)
def test_inputs_are_left_alone(student, reference, rng):
    """x and the gradient that comes in are the same after the calls as before."""
    x, g = tensor(rng, (6, 5), mixed(4, -1), 0.3), rng.tensor(6, 5, dtype=torch.float32)
    agree(student.probe(gradient), reference.probe(gradient), x, 0.3, -1, 4, g, untouched=True)


@points(2)
def test_weights_of_the_network(student, reference, rng):
    """The small network is as accurate with your quantized weights, of 8 and of 3 bits, as with the reference's."""
    names = ("conv1", "conv2", "fc1", "fc2")
    with np.load(DATA / "network.npz") as files:
        weights, biases = ([files[f"{name}.{kind}"] for name in names] for kind in ("weight", "bias"))
    with np.load(DATA / "fashion.npz") as files:
        pictures, labels = files["test_pictures"][600:, None], files["test_labels"][600:].astype(np.int64)
    biases = [torch.from_numpy(bias) for bias in biases]
    for bits in (8, 3):
        numbers = [reference.linear_quantize(weight, bits)[1:] for weight in weights]
        args = [torch.from_numpy(weight) for weight in weights], numbers, biases
        args = *args, torch.from_numpy(pictures), torch.from_numpy(labels), bits
        agree(student.probe(share_right), reference.probe(share_right), *args, rtol=0.0, atol=0.01)
