"""Hidden tests of hw2's `adder2d_forward` (10 points).

What is right is asked for in parts, so that one slip keeps the other parts' marks: the distance at one position, for one
channel and for many, without its sign; the sign alone; which rows and columns of the input an output value depends on,
whatever is computed from them; and everything together. Without stride and padding the tests rely on the defaults. Where the
kernel's shape is not the point it is square. Inputs
are float32 but where the title says otherwise.
"""

import numpy as np
import torch

from homework.judge import agree, as_tensor, points


def single(rng, *shape, **options):
    """A float32 tensor."""
    return rng.tensor(*shape, dtype=torch.float32, **options)


def distances(solution, position, X, W, **options):
    """For each image and filter the value at the first (0) or last (-1) position, without its sign."""
    Y = solution.adder2d_forward(X, W, **options)
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)):
        return Y
    Y = as_tensor(Y)
    if Y.numel() == 0 or Y.numel() % (len(X) * len(W)):
        return Y
    return Y.reshape(len(X), len(W), -1)[:, :, position].abs()


def signs(solution, X, W):
    """Whether no output value is positive, and whether they differ."""
    Y = solution.adder2d_forward(X, W)
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)) or np.size(Y) == 0:
        return Y
    Y = as_tensor(Y)
    return torch.stack([Y.max() <= 0, Y.min() < Y.max()])


def shape(solution, X, W):
    """Zeros in the shape of Y."""
    Y = solution.adder2d_forward(X, W)
    return np.zeros(tuple(Y.shape)) if isinstance(Y, (torch.Tensor, np.ndarray)) else Y


def anything(solution, X, W, **options):
    """Whether something comes back; what it is does not show."""
    return solution.adder2d_forward(X, W, **options) is not None


def dependence(solution, X, W, **options):
    """For each output value, the rows and columns of the input that change it (1) and those that do not (0)."""
    Y = solution.adder2d_forward(X.clone(), W.clone(), **options)
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)):
        return Y
    Y = as_tensor(Y)
    depends = []
    for axis in (2, 3):
        for index in range(X.shape[axis]):
            moved = X.clone()
            moved.select(axis, index).add_(10)
            change = as_tensor(solution.adder2d_forward(moved, W.clone(), **options)) - Y
            depends.append((change.abs() > 1e-3).float())
    return torch.stack(depends, -1)


@points(1)
def test_one_position(student, reference, rng):
    """At the first position, the absolute differences of window and filter are added up (the sign is not looked at)."""
    X, W = single(rng, 1, 1, 5, 6, scale=3), single(rng, 1, 1, 3, 3, scale=3)
    agree(student.probe(distances), reference.probe(distances), 0, X, W)


@points(1)
def test_sign(student, reference, rng):
    """The output is a similarity: never positive."""
    X, W = single(rng, 2, 3, 5, 4, scale=2), single(rng, 4, 3, 2, 2, scale=2)
    agree(student.probe(signs), reference.probe(signs), X, W)


@points(0.75)
def test_every_position(student, reference, rng):
    """Each position at which the kernel fits has one output value, which depends on the inputs under the kernel."""
    for (H, width), (kh, kw) in (((4, 6), (2, 3)), ((6, 5), (3, 2))):
        X, W = single(rng, 1, 1, H, width), single(rng, 1, 1, kh, kw)
        agree(student.probe(dependence), reference.probe(dependence), X, W)


@points(1)
def test_channels_and_filters(student, reference, rng):
    """At the last position: the distances of all channels are added, each filter has its own output channel."""
    X, W = single(rng, 1, 3, 4, 6), single(rng, 5, 3, 2, 2)
    agree(student.probe(distances), reference.probe(distances), -1, X, W)


@points(0.5)
def test_batch(student, reference, rng):
    """Each image of the batch is worked on by itself."""
    X, W = single(rng, 4, 1, 5, 6), single(rng, 2, 1, 3, 3)
    agree(student.probe(distances), reference.probe(distances), 0, X, W)


@points(0.25)
def test_one_row_or_column(student, reference, rng):
    """The output keeps its four dimensions where the kernel is as high or as wide as the input."""
    X = single(rng, 2, 3, 4, 6)
    for kh, kw in ((4, 2), (2, 6)):
        agree(student.probe(shape), reference.probe(shape), X, single(rng, 5, 3, kh, kw))


@points(1)
def test_everything_without_stride_and_padding(student, reference, rng):
    """Images, channels, filters and positions together, for wide and for tall inputs and kernels."""
    X, W = single(rng, 2, 3, 5, 8), single(rng, 4, 3, 2, 3)
    agree(student.adder2d_forward, reference.adder2d_forward, X, W)
    X, W = single(rng, 1, 2, 7, 6, scale=2), single(rng, 3, 2, 4, 2, shift=1)
    agree(student.adder2d_forward, reference.adder2d_forward, X, W)


@points(0.75)
def test_stride(student, reference, rng):
    """The stride moves the windows, in both directions, whether or not it ends at the edge."""
    for stride, (H, width), (kh, kw) in ((2, (8, 10), (3, 3)), (3, (6, 11), (2, 2)), (3, (8, 7), (2, 2))):
        X, W = single(rng, 1, 1, H, width), single(rng, 1, 1, kh, kw)
        agree(student.probe(dependence), reference.probe(dependence), X, W, stride=stride)


@points(0.75)
def test_padding(student, reference, rng):
    """Padding surrounds the input on all four sides, so that there are more windows."""
    for padding, (H, width), (kh, kw) in ((1, (3, 5), (2, 2)), (2, (5, 4), (3, 3))):
        X, W = single(rng, 1, 1, H, width), single(rng, 1, 1, kh, kw)
        agree(student.probe(dependence), reference.probe(dependence), X, W, padding=padding)


@points(1)
def test_padded_zeros_count(student, reference, rng):
    """Padded positions are zeros like others: their distance to the filter is added (the sign is not looked at)."""
    for padding, (H, width), (kh, kw) in ((1, (4, 6), (2, 2)), (2, (6, 5), (3, 3))):
        X, W = single(rng, 1, 1, H, width, shift=2), single(rng, 1, 1, kh, kw)
        for position in (0, -1):
            agree(student.probe(distances), reference.probe(distances), position, X, W, padding=padding)


@points(1)
def test_everything_with_stride_and_padding(student, reference, rng):
    """Images, channels, filters and positions together, with stride and padding."""
    X, W = single(rng, 2, 3, 7, 8), single(rng, 4, 3, 3, 2)
    agree(student.adder2d_forward, reference.adder2d_forward, X, W, stride=2, padding=1)
    X, W = single(rng, 3, 2, 9, 5), single(rng, 1, 2, 2, 4)
    agree(student.adder2d_forward, reference.adder2d_forward, X, W, stride=3, padding=2)


@points(0.5)
def test_views_of_other_tensors(student, reference, rng):
    """Inputs and filters whose memory is not contiguous (the sign is not looked at)."""
    X, W = single(rng, 2, 7, 6, 3).permute(0, 3, 2, 1), single(rng, 4, 6, 2, 2)[:, ::2]
    for position in (0, -1):
        agree(student.probe(distances), reference.probe(distances), position, X, W)


@points(0.25)
def test_double_precision(student, reference, rng):
    """Tensors of float64 (the sign is not looked at)."""
    X, W = rng.tensor(2, 3, 4, 5), rng.tensor(2, 3, 3, 3)
    agree(student.probe(distances), reference.probe(distances), 0, X, W)


@points(0.25)
def test_inputs_are_left_alone(student, reference, rng):
    """X and W are the same after the call as before, also with padding (the sign is not looked at)."""
    X, W = single(rng, 2, 3, 6, 4), single(rng, 3, 3, 2, 2)
    agree(student.probe(distances), reference.probe(distances), 0, X, W, untouched=True)
    agree(student.probe(anything), reference.probe(anything), X, W, padding=1, untouched=True)
