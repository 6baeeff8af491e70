"""Hidden tests of hw2's `adder_output_variance` (3 points).

Three parts of the formula are asked for by themselves, as ratios of the student's own values or where the other parts are 1: the
number of terms, the variance of X - W, the effect of the absolute value. Then the whole.
"""

import numpy as np
import torch

from homework.judge import agree, points


def variance(solution, *args):
    """The variance as a number, where it is one; an array or tensor of a single number is one."""
    found = solution.adder_output_variance(*args)
    if isinstance(found, (torch.Tensor, np.ndarray)) and np.prod(found.shape) == 1:
        return found.reshape(())
    return found


def ratio(solution, args, unit):
    """The variance for `args`, measured by the one for `unit`."""
    found = solution.adder_output_variance(*args), solution.adder_output_variance(*unit)
    numbers = []
    for value in found:
        if isinstance(value, (torch.Tensor, np.ndarray)) and np.prod(value.shape) == 1:
            value = value.reshape(()).item()
        if not isinstance(value, (int, float, np.number)):
            return value
        numbers.append(float(value))
    return np.divide(*numbers)


@points(0.75)
def test_number_of_terms(student, reference):
    """How the variance grows with the kernel's size and the number of channels."""
    for kernel_size, c_in in ((3, 5), (2, 16), (7, 3)):
        args = (kernel_size, c_in, 1.5, 0.5), (1, 1, 1.5, 0.5)
        agree(student.probe(ratio), reference.probe(ratio), *args)


@points(0.75)
def test_variance_of_a_difference(student, reference):
    """How the variance grows with those of X and W."""
    for var_x, var_w in ((1.5, 0.25), (0.3, 2.0), (3.0, 2.5)):
        args = (3, 2, var_x, var_w), (3, 2, 0.5, 0.5)
        agree(student.probe(ratio), reference.probe(ratio), *args)


@points(0.75)
def test_absolute_value(student, reference):
    """A single term, whose X - W has variance 1."""
    agree(student.probe(variance), reference.probe(variance), 1, 1, 0.7, 0.3)


@points(0.5)
def test_whole_formula(student, reference, rng):
    """Variances of many layers; one of X and W may be constant."""
    for kernel_size, c_in in ((3, 16), (5, 2), (1, 64), (11, 3)):
        var_x, var_w = rng.generator.uniform(0.2, 2.5, 2).tolist()
        agree(student.probe(variance), reference.probe(variance), kernel_size, c_in, var_x, var_w)
    agree(student.probe(variance), reference.probe(variance), 3, 4, 1.7, 0.0)
    agree(student.probe(variance), reference.probe(variance), 3, 4, 0.0, 0.6)


@points(0.25)
def test_nothing_varies(student, reference):
    """Both X and W are constant."""
    agree(student.probe(variance), reference.probe(variance), 2, 5, 0.0, 0.0)
