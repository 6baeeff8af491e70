"""Hidden tests of hw2's `adder2d_gradients` (8 points).

The surrogates of the statement are asked for, never the derivative of the forward pass: no numeric gradient appears here. dX
and dW are asked for apart, and each in parts: the rule at one window, its sign, the sums over windows, images and filters,
stride, padding. Where the sign is not the point it is not looked at; where the clip is not the point the differences are so
small that nothing is clipped, at any stage. Without stride and padding the tests rely on the defaults.
Kernels are square but in two tests. Inputs are float32
but where the title says otherwise.
"""

import numpy as np
import torch

from homework.judge import agree, as_tensor, points

NAMES = ("dX", "dW")
DX, DW = 0, 1


def single(rng, *shape, **options):
    """A float32 tensor."""
    return rng.tensor(*shape, dtype=torch.float32, **options)


def near(rng, *shape):
    """A float32 tensor of values from -0.45 to 0.45: differences of two are never clipped."""
    return torch.from_numpy(rng.generator.uniform(-0.45, 0.45, shape)).float()


def inputs(rng, X, W, stride=1, padding=0, scale=0.1):
    """X and W of the given shapes, near each other, and an upstream gradient that fits: sums are small, too."""
    rows, columns = ((X[axis] + 2 * padding - W[axis]) // stride + 1 for axis in (2, 3))
    return near(rng, *X), near(rng, *W), single(rng, X[0], W[0], rows, columns, scale=scale)


def gradient(solution, which, X, W, dY, **options):
    """One of the two gradients, without its sign."""
    found = solution.adder2d_gradients(X, W, dY, **options)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return found
    part = found[which]
    return as_tensor(part).abs() if isinstance(part, (torch.Tensor, np.ndarray)) else part


def sign(solution, which, X, W, dY):
    """The signs of one of the two gradients."""
    found = solution.adder2d_gradients(X, W, dY)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return found
    part = found[which]
    return as_tensor(part).sign() if isinstance(part, (torch.Tensor, np.ndarray)) else part


def anything(solution, X, W, dY, **options):
    """Whether something comes back; what it is does not show."""
    return solution.adder2d_gradients(X, W, dY, **options) is not None


def far(rng, *shape):
    """X and W whose differences are all larger than 1, of either sign."""
    W = single(rng, *shape)
    difference = torch.from_numpy(rng.generator.uniform(1.5, 4, shape)).float()
    difference.view(-1)[::2] *= -1
    return W + difference, W


@points(0.5)
def test_weights_at_one_window(student, reference, rng):
    """dW at one window, for small and for large differences."""
    for X, W in ((near(rng, 1, 1, 3, 3), near(rng, 1, 1, 3, 3)), far(rng, 1, 1, 2, 2)):
        agree(student.probe(gradient), reference.probe(gradient), DW, X, W, single(rng, 1, 1, 1, 1) + 3)


@points(0.25)
def test_sign_of_the_weights(student, reference, rng):
    """The sign of dW."""
    X, W = far(rng, 1, 1, 3, 3)
    agree(student.probe(sign), reference.probe(sign), DW, X, W, torch.ones(1, 1, 1, 1))


@points(0.5)
def test_weights_meet_every_window(student, reference, rng):
    """dW adds up over all positions and all images."""
    args = inputs(rng, (3, 1, 5, 7), (1, 1, 3, 3))
    agree(student.probe(gradient), reference.probe(gradient), DW, *args)


@points(0.25)
def test_weights_of_every_filter_and_channel(student, reference, rng):
    """dW has a value for each weight of each filter and channel."""
    args = inputs(rng, (1, 3, 2, 2), (5, 3, 2, 2))
    agree(student.probe(gradient), reference.probe(gradient), DW, *args)


@points(0.5)
def test_weights_with_stride(student, reference, rng):
    """dW with a stride that does or does not end at the edge."""
    for stride, X, W in ((2, (2, 1, 8, 10), (1, 1, 3, 3)), (3, (1, 2, 7, 8), (3, 2, 2, 2))):
        args = inputs(rng, X, W, stride)
        agree(student.probe(gradient), reference.probe(gradient), DW, *args, stride=stride)


@points(0.5)
def test_weights_with_padding(student, reference, rng):
    """dW with padding: zeros are inputs like others."""
    for padding, X, W in ((1, (2, 1, 3, 5), (1, 1, 2, 2)), (2, (1, 2, 5, 4), (3, 2, 3, 3))):
        args = inputs(rng, X, W, padding=padding)
        agree(student.probe(gradient), reference.probe(gradient), DW, *args, padding=padding)


@points(0.5)
def test_input_at_one_window(student, reference, rng):
    """dX at one window, for small differences."""
    X, W = near(rng, 1, 1, 3, 3), near(rng, 1, 1, 3, 3)
    agree(student.probe(gradient), reference.probe(gradient), DX, X, W, torch.full((1, 1, 1, 1), 0.7))


@points(0.75)
def test_clip_of_the_input(student, reference, rng):
    """dX at one window, for large differences: each is clipped before dY multiplies it."""
    X, W = far(rng, 1, 1, 3, 3)
    agree(student.probe(gradient), reference.probe(gradient), DX, X, W, single(rng, 1, 1, 1, 1) + 5)


@points(0.25)
def test_sign_of_the_input(student, reference, rng):
    """The sign of dX."""
    X, W = far(rng, 1, 1, 2, 2)
    agree(student.probe(sign), reference.probe(sign), DX, X, W, torch.ones(1, 1, 1, 1))


@points(0.75)
def test_overlapping_windows(student, reference, rng):
    """dX adds up over all windows that an input value lies in; sums may be large."""
    args = inputs(rng, (2, 1, 5, 6), (1, 1, 2, 2), scale=3)
    agree(student.probe(gradient), reference.probe(gradient), DX, *args)


@points(0.5)
def test_input_of_every_filter_and_channel(student, reference, rng):
    """dX adds up over the filters, and has a value for each channel."""
    args = inputs(rng, (1, 3, 2, 2), (5, 3, 2, 2))
    agree(student.probe(gradient), reference.probe(gradient), DX, *args)


@points(0.5)
def test_input_with_stride(student, reference, rng):
    """dX with a stride that does or does not end at the edge; what no window reaches has gradient zero."""
    for stride, X, W in ((2, (2, 1, 8, 10), (1, 1, 3, 3)), (3, (1, 2, 7, 8), (3, 2, 2, 2))):
        args = inputs(rng, X, W, stride)
        agree(student.probe(gradient), reference.probe(gradient), DX, *args, stride=stride)


@points(0.5)
def test_input_with_padding(student, reference, rng):
    """dX with padding has the shape of X."""
    for padding, X, W in ((1, (2, 1, 3, 5), (1, 1, 2, 2)), (2, (1, 2, 5, 4), (3, 2, 3, 3))):
        args = inputs(rng, X, W, padding=padding)
        agree(student.probe(gradient), reference.probe(gradient), DX, *args, padding=padding)


@points(1)
def test_everything(student, reference, rng):
    """Both gradients, with their signs, small and large differences, stride and padding."""
    for stride, padding, X, W in ((2, 1, (2, 3, 7, 8), (4, 3, 3, 2)), (3, 2, (3, 2, 9, 5), (1, 2, 2, 4))):
        _, _, dY = inputs(rng, X, W, stride, padding)
        args = single(rng, *X), single(rng, *W, shift=0.5), dY
        options = {"stride": stride, "padding": padding}
        agree(student.adder2d_gradients, reference.adder2d_gradients, *args, **options, names=NAMES)


@points(0.25)
def test_views_of_other_tensors(student, reference, rng):
    """Tensors whose memory is not contiguous."""
    X, W = near(rng, 2, 7, 6, 3).permute(0, 3, 2, 1), near(rng, 4, 6, 2, 3)[:, ::2]
    dY = single(rng, 2, 5, 4, 5).transpose(1, 2)
    for which in (DX, DW):
        agree(student.probe(gradient), reference.probe(gradient), which, X, W, dY)


@points(0.25)
def test_double_precision(student, reference, rng):
    """Tensors of float64."""
    args = [part.double() for part in inputs(rng, (2, 1, 4, 3), (3, 1, 2, 2))]
    for which in (DX, DW):
        agree(student.probe(gradient), reference.probe(gradient), which, *args)


@points(0.25)
def test_inputs_are_left_alone(student, reference, rng):
    """X, W and dY are the same after the call as before, also with padding."""
    args = inputs(rng, (2, 3, 4, 5), (4, 3, 2, 2))
    agree(student.probe(gradient), reference.probe(gradient), DW, *args, untouched=True)
    args = inputs(rng, (2, 3, 4, 5), (4, 3, 2, 2), padding=1)
    agree(student.probe(anything), reference.probe(anything), *args, padding=1, untouched=True)
