"""Hidden tests of hw1's `spatial_batchnorm_backward` (15 points).

The cache is the student's own: every driver calls the student's forward pass in train mode, with all settings given, then
the backward pass. Slips of the forward pass in running statistics, momentum, defaults, gamma, beta and test mode cost
nothing here. One in the normalization itself must, but `test_derivative` accepts the derivative of a wrong forward pass.

dx is asked for in parts: an upstream gradient that is orthogonal to the constant or to the deviations from the mean leaves
one path out, and the two tests of one path take dx without its scale, so that a slip in gamma or std keeps their marks.
Where eps is not the point, the spread is so large that eps = 1e-5 cannot be seen.

Values are compared at 1e-5, as everywhere, and once at the 1e-6 that the statement asks for: what works in float32
loses that test alone.
"""

import numpy as np
import torch

from homework.judge import agree, as_tensor, points

NAMES = ("dx", "dgamma", "dbeta")


def features(rng, *shape, scale=3.0):
    """Feature maps of shape (N, C, H, W) whose channels differ in mean and spread."""
    channel = np.arange(shape[1])[:, None, None]
    return scale * (rng.array(*shape) * (1 + channel / 4) + 1.5 * channel - 1)


def without(dout, *directions):
    """The part of dout that is orthogonal, channel by channel, to each of `directions` (orthogonal to each other)."""
    for direction in directions:
        share = (dout * direction).sum((0, 2, 3)) / (direction**2).sum((0, 2, 3))
        dout = dout - share[:, None, None] * direction
    return dout


def deviations(x):
    """x less the mean of its channel."""
    return x - x.mean((0, 2, 3))[:, None, None]


def gradients(solution, x, gamma, beta, dout, eps=1e-5):
    """What the backward pass makes of the cache that the student's own forward pass returned."""
    bn_param = {"mode": "train", "eps": eps, "momentum": 0.5}
    bn_param["running_mean"], bn_param["running_var"] = np.zeros(len(gamma)), np.ones(len(gamma))
    returned = solution.spatial_batchnorm_forward(np.copy(x), np.copy(gamma), np.copy(beta), bn_param)
    cache = returned[1] if isinstance(returned, (tuple, list)) and len(returned) > 1 else None
    return solution.spatial_batchnorm_backward(dout, cache)


def gradient(solution, which, x, gamma, beta, dout, eps=1e-5):
    """One of the three."""
    bn_param = {"mode": "train", "eps": eps, "momentum": 0.5}
    bn_param["running_mean"], bn_param["running_var"] = np.zeros(len(gamma)), np.ones(len(gamma))
    returned = solution.spatial_batchnorm_forward(np.copy(x), np.copy(gamma), np.copy(beta), bn_param)
    cache = returned[1] if isinstance(returned, (tuple, list)) and len(returned) > 1 else None
    found = solution.spatial_batchnorm_backward(dout, cache)
    return found[which] if isinstance(found, (tuple, list)) and len(found) > which else found


def direction(solution, x, gamma, beta, dout):
    """dx with the scale taken out of each channel: as long, along dout, as dout is."""
    bn_param = {"mode": "train", "eps": 1e-5, "momentum": 0.5}
    bn_param["running_mean"], bn_param["running_var"] = np.zeros(len(gamma)), np.ones(len(gamma))
    returned = solution.spatial_batchnorm_forward(np.copy(x), np.copy(gamma), np.copy(beta), bn_param)
    cache = returned[1] if isinstance(returned, (tuple, list)) and len(returned) > 1 else None
    found = solution.spatial_batchnorm_backward(dout.copy(), cache)
    dx = found[0] if isinstance(found, (tuple, list)) and found else found
    if not hasattr(dx, "shape") or tuple(dx.shape) != x.shape:
        return dx
    if isinstance(dx, torch.Tensor):
        dx = dx.detach().numpy()
    along = (dout * dx).sum((0, 2, 3))
    along[along == 0] = 1  # a channel of zeros stays one
    return dx * ((dout * dout).sum((0, 2, 3)) / along)[:, None, None]


def own_derivative(solution, x, gamma, beta, dout, move):
    """For a `move` of x: the change of sum(dout * out) by dx, divided by the change that the forward pass shows."""

    def forward(x):
        bn_param = {"mode": "train", "eps": 1e-5, "momentum": 0.5}
        bn_param["running_mean"], bn_param["running_var"] = np.zeros(len(gamma)), np.ones(len(gamma))
        return solution.spatial_batchnorm_forward(np.copy(x), np.copy(gamma), np.copy(beta), bn_param)

    def total(x):
        returned = forward(x)
        out = returned[0] if isinstance(returned, (tuple, list)) and returned else returned
        if isinstance(out, torch.Tensor):
            out = out.detach().numpy()
        return (out * dout).sum()

    returned = forward(x)
    cache = returned[1] if isinstance(returned, (tuple, list)) and len(returned) > 1 else None
    found = solution.spatial_batchnorm_backward(dout.copy(), cache)
    dx = found[0] if isinstance(found, (tuple, list)) and found else found
    if not hasattr(dx, "shape") or tuple(dx.shape) != x.shape:
        # A number as it is could be the right ratio: 1.0, and so could True.
        return dx if tuple(getattr(dx, "shape", ())) else None
    if isinstance(dx, torch.Tensor):
        dx = dx.detach().numpy()
    with np.errstate(all="ignore"):
        return (dx * move).sum() / ((total(x + 0.001 * move) - total(x - 0.001 * move)) / 0.002)


@points(1.5)
def test_dbeta(student, reference, rng):
    """dbeta has one value for each channel."""
    args = 2, features(rng, 3, 4, 5, 2), rng.array(4), rng.array(4), rng.array(3, 4, 5, 2, shift=0.3)
    agree(student.probe(gradient), reference.probe(gradient), *args, names=NAMES)


@points(1.25)
def test_dgamma(student, reference, rng):
    """dgamma has one value for each channel."""
    args = 1, features(rng, 4, 3, 2, 5), rng.array(3), rng.array(3), rng.array(4, 3, 2, 5, shift=0.3)
    agree(student.probe(gradient), reference.probe(gradient), *args, names=NAMES)


@points(1.5)
def test_direct_path(student, reference, rng):
    """dx along the direct path: the upstream gradient has nothing that goes through mean or variance."""
    x = features(rng, 3, 2, 4, 5)
    dout = without(rng.array(3, 2, 4, 5, scale=2), np.ones(x.shape), deviations(x))
    args = 0, x, rng.array(2), rng.array(2), dout
    agree(student.probe(gradient), reference.probe(gradient), *args, names=NAMES)


@points(1.75)
def test_path_through_the_mean(student, reference, rng):
    """dx along the direct path and the path through the mean, up to its scale."""
    x = features(rng, 2, 4, 5, 3)
    args = x, rng.array(4), rng.array(4), without(rng.array(2, 4, 5, 3, scale=2, shift=1), deviations(x))
    agree(student.probe(direction), reference.probe(direction), *args)


@points(1.75)
def test_path_through_the_variance(student, reference, rng):
    """dx along the direct path and the path through the variance, up to its scale."""
    x = features(rng, 4, 3, 2, 5)
    dout = without(rng.array(4, 3, 2, 5, scale=2) + 0.4 * deviations(x), np.ones(x.shape))
    agree(student.probe(direction), reference.probe(direction), x, rng.array(3), rng.array(3), dout)


@points(1.5)
def test_all_gradients(student, reference, rng):
    """dx, dgamma and dbeta together, for wide and for tall feature maps."""
    for shape in ((3, 4, 2, 5), (2, 3, 5, 4)):
        C = shape[1]
        args = features(rng, *shape), rng.array(C), rng.array(C), rng.array(*shape, scale=2, shift=0.5)
        agree(student.probe(gradients), reference.probe(gradients), *args, names=NAMES)


@points(0.75)
def test_eps(student, reference, rng):
    """The eps of bn_param counts in the gradients as well."""
    args = 0, rng.array(4, 2, 3, 5), rng.array(2), rng.array(2), rng.array(4, 2, 3, 5, shift=0.5)
    agree(student.probe(gradient), reference.probe(gradient), *args, eps=0.5, names=NAMES)


@points(0.5)
def test_small_inputs(student, reference, rng):
    """Inputs so small that eps can be seen."""
    args = 0, rng.array(3, 4, 2, 5, scale=0.01), rng.array(4), rng.array(4), rng.array(3, 4, 2, 5, shift=0.5)
    agree(student.probe(gradient), reference.probe(gradient), *args, atol=1e-3, names=NAMES)


@points(0.25)
def test_gamma_of_zero(student, reference, rng):
    """A channel whose gamma is 0."""
    gamma = np.append(0.0, rng.array(2))
    args = features(rng, 3, 3, 4, 2), gamma, rng.array(3), rng.array(3, 3, 4, 2, shift=0.5)
    agree(student.probe(gradients), reference.probe(gradients), *args, names=NAMES)


@points(0.25)
def test_channels_without_spread(student, reference, rng):
    """Channels whose values are all equal, or that have a single one."""
    x = features(rng, 2, 3, 5, 4)
    x[:, 1] = 0.75  # the mean of which is exact: without eps it is 0 / 0, not noise
    for of_x in (x, features(rng, 1, 3, 1, 1)):
        # dout is small: without spread its rounding errors are multiplied by 1 / sqrt(eps).
        args = of_x, rng.array(3), rng.array(3), rng.array(*of_x.shape, scale=0.1, shift=0.05)
        agree(student.probe(gradients), reference.probe(gradients), *args, names=NAMES)


@points(0.5)
def test_small_batches(student, reference, rng):
    """One image, one row, one column, one channel."""
    for shape in ((1, 3, 5, 4), (5, 2, 1, 4), (4, 3, 6, 1), (3, 1, 2, 5)):
        C = shape[1]
        args = features(rng, *shape), rng.array(C), rng.array(C), rng.array(*shape, shift=0.5)
        agree(student.probe(gradients), reference.probe(gradients), *args, names=NAMES)


@points(0.75)
def test_double_precision(student, reference, rng):
    """Relative errors stay below 1e-6, even with means far from zero."""
    x, dout = features(rng, 4, 3, 5, 2, scale=40) + 100, rng.array(4, 3, 5, 2, scale=40, shift=1e4)
    args = x, rng.array(3), rng.array(3), dout
    agree(student.probe(gradients), reference.probe(gradients), *args, rtol=1e-6, atol=1e-10, names=NAMES)


@points(0.5)
def test_views_of_other_arrays(student, reference, rng):
    """Arrays whose memory is not contiguous."""
    x = features(rng, 3, 5, 4, 2).transpose(0, 2, 3, 1)  # (3, 4, 2, 5)
    dout = rng.array(3, 8, 2, 5, shift=0.5)[:, ::2]
    args = 0, x, rng.array(8)[::2], rng.array(8)[::2], dout
    agree(student.probe(gradient), reference.probe(gradient), *args, names=NAMES)


@points(0.75)
def test_upstream_is_left_alone(student, reference, rng):
    """dout is the same after the call as before, for all sizes."""
    for shape in ((2, 3, 4, 5), (1, 3, 5, 4), (3, 1, 4, 5)):  # with one image or channel, views come easily
        C = shape[1]
        args = 2, features(rng, *shape), rng.array(C), rng.array(C), rng.array(*shape, shift=0.5)
        agree(student.probe(gradient), reference.probe(gradient), *args, untouched=True, names=NAMES)


@points(1.5)
def test_derivative(student, reference, rng):
    """dx is the derivative of the forward pass: of the right one, or of your own if that differs."""
    x = features(rng, 5, 2, 6, 7)
    gamma, beta = rng.generator.uniform(0.5, 2, 2), rng.array(2)
    dout = rng.array(*x.shape, shift=0.5) + 0.1 * deviations(x)
    mine, right = (solution.probe(gradient)(0, x, gamma, beta, dout) for solution in (student, reference))
    same_shape = getattr(mine, "shape", None) == right.shape
    if (
        same_shape
        and not np.iscomplexobj(mine)
        and np.allclose(as_tensor(mine).double(), right, rtol=1e-5, atol=1e-5)
    ):
        return
    try:
        for _ in range(2):  # in a call each, since a slow solution is right and a call has a limit
            move = dout + rng.array(*x.shape, scale=0.5)  # along dout: the change is far from zero
            args = x, gamma, beta, dout, move
            agree(student.probe(own_derivative), reference.probe(own_derivative), *args, rtol=1e-3)
    except AssertionError as problem:  # said of the driver's ratio, of which the student knows nothing
        problem.args = ("`dx` is the derivative neither of the right forward pass nor of your own.",)
        raise
