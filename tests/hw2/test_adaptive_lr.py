"""Hidden tests of hw2's `adaptive_lr` (5 points).

The step's direction and its length are asked for apart; then how the length depends on k, on the gradient and on eta, each
measured by the student's own step for another input; then the whole, and small gradients. Matrices come first and serve
where the shape is not the point: `np.linalg.norm(grad, 2)` works for them and raises for more dimensions.
"""

import numpy as np
import torch

from homework.judge import agree, as_tensor, points


def direction(solution, grad, eta):
    """The step with its length taken out."""
    step = solution.adaptive_lr(grad, eta)
    if not isinstance(step, (np.ndarray, torch.Tensor)):
        return step
    step = as_tensor(step).detach().double().numpy()
    return step / max(np.sqrt((step**2).sum()), 1e-30)


def growth(solution, grad, eta, unit, unit_eta):
    """The length of the step, measured by that of the step for `unit` and `unit_eta`."""
    lengths = []
    for args in ((grad, eta), (unit, unit_eta)):
        step = solution.adaptive_lr(*args)
        if not isinstance(step, (np.ndarray, torch.Tensor, list)):
            return step
        lengths.append(np.sqrt((as_tensor(step).detach().double().numpy() ** 2).sum()))
    return np.divide(*lengths)


@points(1)
def test_direction(student, reference, rng):
    """The step points where the gradient points, and has its shape; its length is not looked at."""
    for shape in ((6, 3), (7,), (4, 9)):
        agree(student.probe(direction), reference.probe(direction), rng.array(*shape, shift=0.5), 0.3)


@points(0.75)
def test_number_of_weights(student, reference, rng):
    """How the length of the step grows with the number of weights."""
    unit = rng.array(3, 2)
    for shape in ((2, 9), (5, 2, 3, 4), (11,)):
        grad = rng.array(*shape, shift=0.3)
        grad.flat[::4] = 0  # a weight whose gradient is zero is a weight like others
        grad *= np.sqrt((unit**2).sum() / (grad**2).sum())  # both gradients are equally long
        agree(student.probe(growth), reference.probe(growth), grad, 0.5, unit, 0.5)


@points(0.75)
def test_length_of_the_gradient(student, reference, rng):
    """Gradients of one direction give one step, whether they are long or short."""
    grad = rng.array(4, 3, 2, 3)  # of a convolution: one who expects that keeps these marks
    for factor in (1e3, 0.02, 1e-5):
        agree(student.probe(growth), reference.probe(growth), factor * grad, 0.5, grad, 0.5)


@points(0.5)
def test_eta(student, reference, rng):
    """The step is proportional to eta."""
    grad = rng.array(3, 2, 2, 5)
    for eta in (0.05, 3.0):
        agree(student.probe(growth), reference.probe(growth), grad, eta, grad, 0.4)


@points(1)
def test_step(student, reference, rng):
    """The whole, for layers of many shapes."""
    for shape, eta in (((4, 3, 5, 2), 0.2), ((1, 2, 3, 3), 0.7), ((8, 5), 0.1), ((6,), 2.0)):
        agree(student.adaptive_lr, reference.adaptive_lr, rng.array(*shape, scale=3, shift=-0.4), eta)


@points(0.25)
def test_zero(student, reference):
    """A gradient of zeros gives a step of zeros."""
    agree(student.adaptive_lr, reference.adaptive_lr, np.zeros((3, 4)), 0.4)


@points(0.25)
def test_small_gradients(student, reference, rng):
    """Gradients whose norm is a little above or below 1e-12."""
    grad = rng.array(3, 4)
    grad /= np.sqrt((grad**2).sum())
    for norm in (1e-9, 4e-12, 3e-13):
        agree(student.adaptive_lr, reference.adaptive_lr, norm * grad, 3.0)


@points(0.25)
def test_views_and_single_precision(student, reference, rng):
    """Arrays whose memory is not contiguous, and of float32."""
    grad = rng.array(5, 4, 6).transpose(2, 0, 1)[::2]
    agree(student.probe(direction), reference.probe(direction), grad, 0.3)
    agree(student.probe(direction), reference.probe(direction), rng.array(3, 2, 4, dtype=np.float32), 0.3)


@points(0.25)
def test_gradient_is_left_alone(student, reference, rng):
    """grad is the same after the call as before."""
    agree(student.probe(direction), reference.probe(direction), rng.array(2, 3, 3, 2), 0.3, untouched=True)
