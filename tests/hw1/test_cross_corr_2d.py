"""Hidden tests of hw1's `cross_corr_2d` (15 points).

What is right is asked for in parts, so that one slip keeps the other parts' marks: the arithmetic at one position; which
inputs each output value depends on; both together, for inputs and kernels of many shapes; dtype, memory and gradients. Where
the shape is not the point, values are taken in reading order, and where the kernel's shape is not, it is square. Inputs are float32, as in the example, but where the title
says otherwise: a solution that works for float32 alone loses those marks and no others.
"""

import numpy as np
import torch

from homework.judge import agree, as_tensor, points


def single(rng, *shape, **options):
    """A float32 tensor."""
    return rng.tensor(*shape, dtype=torch.float32, **options)


def first_value(solution, X, K):
    """The first value of the output, whatever its shape."""
    Y = solution.cross_corr_2d(X, K)
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)):
        return Y
    return as_tensor(Y).reshape(-1)[:1]


def last_value(solution, X, K):
    """The last value of the output, whatever its shape."""
    Y = solution.cross_corr_2d(X, K)
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)):
        return Y
    return as_tensor(Y).reshape(-1)[-1:]


def values(solution, X, K):
    """The output in reading order, whatever its shape."""
    Y = solution.cross_corr_2d(X, K)
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)):
        return Y
    return as_tensor(Y).reshape(-1)


def dependence(solution, X, K, axis, indices):
    """For each output value, which rows (axis 0) or columns (1) of the input change it: 1, and 0 for those that do not."""
    Y = solution.cross_corr_2d(X.clone(), K.clone())
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)):
        return Y
    Y = as_tensor(Y)
    depends = []
    for index in indices:
        moved = X.clone()
        moved.select(axis, index).add_(1)
        change = as_tensor(solution.cross_corr_2d(moved, K.clone())) - Y
        depends.append((change.abs() > 1e-3).float())
    return torch.stack(depends, -1)


def of_parts(solution, T, S):
    """The output for views of T and S that begin neither in the first row nor in the first column."""
    return solution.cross_corr_2d(T[1:, 2:], S[1::2, 1:])


def gradient(solution, X, K, of):
    """The gradient of a weighted sum of the output with respect to X (0) or K (1); zero where autograd knows of none."""
    solution.cross_corr_2d(X.clone(), K.clone())  # what is raised here has nothing to do with gradients
    inputs = [X.clone(), K.clone()]
    leaf = inputs[of].requires_grad_()
    inputs[of] = leaf * 1  # no leaf: whether it may be written to is another test's question
    try:
        Y = solution.cross_corr_2d(*inputs)
    except RuntimeError:  # as of `.numpy()`
        return torch.zeros_like(leaf)
    if not isinstance(Y, (torch.Tensor, np.ndarray, list)):
        return Y
    Y = as_tensor(Y).reshape(-1)
    if Y.requires_grad:
        (Y * torch.cos(torch.arange(len(Y), dtype=torch.float64))).sum().backward()
    return torch.zeros_like(leaf) if leaf.grad is None else leaf.grad


@points(1.5)
def test_first_position(student, reference, rng):
    """At the first position, the products of window and kernel are added up."""
    X, K = single(rng, 5, 9, scale=20).abs().round() + 1, single(rng, 3, 3, scale=20).abs().round() + 1
    agree(student.probe(first_value), reference.probe(first_value), X, K)


@points(1.5)
def test_last_position(student, reference, rng):
    """At the last position, too."""
    K = single(rng, 2, 2)
    K += K.flip(0, 1)  # the same turned by 180°: a flipped kernel has failed at the first position already
    agree(student.probe(last_value), reference.probe(last_value), single(rng, 8, 4), K)


@points(2)
def test_every_position(student, reference, rng):
    """Each position at which the kernel fits has one output value, which depends on the inputs under the kernel."""
    K = single(rng, 2, 2).abs() + 0.5  # neither mixed nor small: what lies under the kernel is seen to matter
    X = single(rng, 4, 4)
    for axis in (0, 1):
        for indices in ((0, 1), (2, 3)):  # few in a call: calls have a limit, and speed does not matter
            agree(student.probe(dependence), reference.probe(dependence), X, K, axis, indices)


@points(2)
def test_size_of_the_example(student, reference, rng):
    """Other values in an input and a kernel of the example's size."""
    agree(student.probe(values), reference.probe(values), single(rng, 3, 3), single(rng, 2, 2))


@points(1.5)
def test_tall_input(student, reference, rng):
    """An input with more rows than columns."""
    agree(student.cross_corr_2d, reference.cross_corr_2d, single(rng, 9, 6), single(rng, 2, 3))


@points(1.5)
def test_wide_input(student, reference, rng):
    """An input with more columns than rows, in double precision."""
    agree(student.cross_corr_2d, reference.cross_corr_2d, rng.tensor(5, 9), rng.tensor(4, 3))


@points(0.5)
def test_smallest_kernels(student, reference, rng):
    """Kernels and inputs with a single row or column, or both."""
    shapes = ((3, 5), (1, 1)), ((5, 4), (1, 3)), ((4, 5), (3, 1)), ((1, 6), (1, 4)), ((7, 1), (3, 1))
    for of_input, of_kernel in shapes:
        X, K = single(rng, *of_input), single(rng, *of_kernel, shift=4)
        agree(student.probe(values), reference.probe(values), X, K)


@points(1)
def test_large_kernels(student, reference, rng):
    """Kernels as high or as wide as the input, or both, in double precision."""
    X = rng.tensor(4, 6)
    for h, w in ((4, 2), (3, 6), (4, 6)):
        agree(student.cross_corr_2d, reference.cross_corr_2d, X, rng.tensor(h, w))


@points(1)
def test_views_of_other_tensors(student, reference, rng):
    """Inputs and kernels that are views of other tensors: not contiguous in memory, or not at its beginning."""
    X, K = single(rng, 9, 5).T, single(rng, 4, 4)[::2, ::2]
    agree(student.cross_corr_2d, reference.cross_corr_2d, X, K)
    X, K = single(rng, 16, 5)[::2], single(rng, 3, 3).T
    agree(student.cross_corr_2d, reference.cross_corr_2d, X, K)
    agree(student.probe(of_parts), reference.probe(of_parts), single(rng, 6, 9), single(rng, 4, 3))


@points(1)
def test_gradient_of_the_input(student, reference, rng):
    """The gradient flows back to X."""
    agree(student.probe(gradient), reference.probe(gradient), single(rng, 4, 7), single(rng, 3, 3), 0)


@points(0.75)
def test_gradient_of_the_kernel(student, reference, rng):
    """The gradient flows back to K."""
    agree(student.probe(gradient), reference.probe(gradient), single(rng, 7, 4), single(rng, 2, 2), 1)


@points(0.25)
def test_gradients_in_double_precision(student, reference, rng):
    """Both gradients flow in double precision, too."""
    for of in (0, 1):
        agree(student.probe(gradient), reference.probe(gradient), rng.tensor(6, 4), rng.tensor(2, 2), of)


@points(0.5)
def test_inputs_are_left_alone(student, reference, rng):
    """X and K are the same after the call as before."""
    X, K = single(rng, 6, 4), single(rng, 3, 3)
    agree(student.probe(values), reference.probe(values), X, K, untouched=True)
