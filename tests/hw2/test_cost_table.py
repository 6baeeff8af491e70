"""Hidden tests of hw2's `cost_table` (18 points).

Every kind and every quantity has a test of its own, twice: for a layer with as many output as input channels, a square
output, a 3 × 3 kernel and the usual t, and for layers in which all of these differ. So a wrong kind costs its fifth, a
wrong quantity its third, and formulas that hold for the first layer alone keep its marks. What goes wrong at the ends of
the ranges alone (an even kernel, a t of 1, counts beyond 32 bits) is asked for once, in tests of little weight.

Counts are compared exactly. Whether they come as Python's, NumPy's or torch's numbers, in a tuple, a list or an array, is
nobody's concern; a dict of them loses the last test alone.
"""

import numpy as np
import torch

from homework.judge import agree, points

PARAMETERS, MACS, MEMORY = range(3)
SQUARE = (8, 8, 12, 12, 3)  # H, W, c_in, c_out, kernel_size
OTHERS = (((7, 10, 6, 11, 5), {"t": 6}), ((12, 5, 9, 4, 1), {"t": 2}))


def quantity(solution, which, *args, **options):
    """One of the three."""
    costs = solution.cost_table(*args, **options)
    if isinstance(costs, dict):
        costs = list(costs.values())
    if isinstance(costs, (tuple, list, np.ndarray, torch.Tensor)) and len(costs) == 3:
        return costs[which]
    return costs


def form(solution, *args):
    """A 1 for every count of the returned tuple; what is no count, or no tuple, as it is."""
    costs = solution.cost_table(*args)
    if isinstance(costs, (np.ndarray, torch.Tensor)):
        costs = costs.tolist()
    if not isinstance(costs, (tuple, list)):
        return costs
    numbers = (int, float, np.generic, np.ndarray, torch.Tensor)
    return tuple(1 if isinstance(count, numbers) and np.ndim(count) == 0 else count for count in costs)


def check(student, reference, *args, **options):
    agree(student.probe(quantity), reference.probe(quantity), *args, rtol=0, atol=1e-3, **options)


def check_square(student, reference, which, kind):
    check(student, reference, which, kind, *SQUARE)


def check_others(student, reference, which, kind):
    for sizes, options in OTHERS:
        check(student, reference, which, kind, *sizes, **(options if kind == "inverted" else {}))


@points(0.4)
def test_regular_parameters(student, reference):
    """Parameters of a regular convolution with c_in = c_out and H = W."""
    check_square(student, reference, PARAMETERS, "regular")


@points(0.8)
def test_regular_parameters_in_general(student, reference):
    """Parameters of a regular convolution, whatever the sizes."""
    check_others(student, reference, PARAMETERS, "regular")


@points(0.4)
def test_regular_macs(student, reference):
    """MACs of a regular convolution with c_in = c_out and H = W."""
    check_square(student, reference, MACS, "regular")


@points(0.5)
def test_regular_macs_in_general(student, reference):
    """MACs of a regular convolution, whatever the sizes."""
    check_others(student, reference, MACS, "regular")


@points(0.3)
def test_even_kernel(student, reference):
    """MACs of a regular convolution whose kernel has an even size: height and width stay."""
    check(student, reference, MACS, "regular", 9, 6, 5, 7, 4)


@points(0.3)
def test_regular_memory(student, reference):
    """Memory accesses of a regular convolution with c_in = c_out and H = W."""
    check_square(student, reference, MEMORY, "regular")


@points(0.5)
def test_regular_memory_in_general(student, reference):
    """Memory accesses of a regular convolution, whatever the sizes."""
    check_others(student, reference, MEMORY, "regular")


@points(0.3)
def test_large_layer(student, reference):
    """Memory accesses of a regular convolution as large as those of real networks, exactly."""
    check(student, reference, MEMORY, "regular", 225, 223, 63, 65, 3)  # odd, and more than 2^31


@points(0.4)
def test_depthwise_parameters(student, reference):
    """Parameters of a depthwise convolution with c_in = c_out and H = W."""
    check_square(student, reference, PARAMETERS, "depthwise")


@points(0.8)
def test_depthwise_parameters_in_general(student, reference):
    """Parameters of a depthwise convolution, whatever the sizes and c_out."""
    check_others(student, reference, PARAMETERS, "depthwise")


@points(0.4)
def test_depthwise_macs(student, reference):
    """MACs of a depthwise convolution with c_in = c_out and H = W."""
    check_square(student, reference, MACS, "depthwise")


@points(0.8)
def test_depthwise_macs_in_general(student, reference):
    """MACs of a depthwise convolution, whatever the sizes and c_out."""
    check_others(student, reference, MACS, "depthwise")


@points(0.3)
def test_depthwise_memory(student, reference):
    """Memory accesses of a depthwise convolution with c_in = c_out and H = W."""
    check_square(student, reference, MEMORY, "depthwise")


@points(0.8)
def test_depthwise_memory_in_general(student, reference):
    """Memory accesses of a depthwise convolution, whatever the sizes and c_out."""
    check_others(student, reference, MEMORY, "depthwise")


@points(0.4)
def test_pointwise_parameters(student, reference):
    """Parameters of a pointwise convolution with c_in = c_out and H = W."""
    check_square(student, reference, PARAMETERS, "pointwise")


@points(0.8)
def test_pointwise_parameters_in_general(student, reference):
    """Parameters of a pointwise convolution, whatever the sizes."""
    check_others(student, reference, PARAMETERS, "pointwise")


@points(0.4)
def test_pointwise_macs(student, reference):
    """MACs of a pointwise convolution with c_in = c_out and H = W."""
    check_square(student, reference, MACS, "pointwise")


@points(0.8)
def test_pointwise_macs_in_general(student, reference):
    """MACs of a pointwise convolution, whatever the sizes."""
    check_others(student, reference, MACS, "pointwise")


@points(0.3)
def test_pointwise_memory(student, reference):
    """Memory accesses of a pointwise convolution with c_in = c_out and H = W."""
    check_square(student, reference, MEMORY, "pointwise")


@points(0.8)
def test_pointwise_memory_in_general(student, reference):
    """Memory accesses of a pointwise convolution, whatever the sizes."""
    check_others(student, reference, MEMORY, "pointwise")


@points(0.4)
def test_separable_parameters(student, reference):
    """Parameters of a separable convolution with c_in = c_out and H = W."""
    check_square(student, reference, PARAMETERS, "separable")


@points(0.8)
def test_separable_parameters_in_general(student, reference):
    """Parameters of a separable convolution, whatever the sizes."""
    check_others(student, reference, PARAMETERS, "separable")


@points(0.4)
def test_separable_macs(student, reference):
    """MACs of a separable convolution with c_in = c_out and H = W."""
    check_square(student, reference, MACS, "separable")


@points(0.8)
def test_separable_macs_in_general(student, reference):
    """MACs of a separable convolution, whatever the sizes."""
    check_others(student, reference, MACS, "separable")


@points(0.3)
def test_separable_memory(student, reference):
    """Memory accesses of a separable convolution with c_in = c_out and H = W."""
    check_square(student, reference, MEMORY, "separable")


@points(0.8)
def test_separable_memory_in_general(student, reference):
    """Memory accesses of a separable convolution, whatever the sizes."""
    check_others(student, reference, MEMORY, "separable")


@points(0.4)
def test_inverted_parameters(student, reference):
    """Parameters of an inverted bottleneck with c_in = c_out and H = W."""
    check_square(student, reference, PARAMETERS, "inverted")


@points(0.8)
def test_inverted_parameters_in_general(student, reference):
    """Parameters of an inverted bottleneck, whatever the sizes and t."""
    check_others(student, reference, PARAMETERS, "inverted")


@points(0.4)
def test_inverted_macs(student, reference):
    """MACs of an inverted bottleneck with c_in = c_out and H = W."""
    check_square(student, reference, MACS, "inverted")


@points(0.5)
def test_inverted_macs_in_general(student, reference):
    """MACs of an inverted bottleneck, whatever the sizes and t."""
    check_others(student, reference, MACS, "inverted")


@points(0.3)
def test_inverted_that_does_not_widen(student, reference):
    """MACs of an inverted bottleneck with the smallest t."""
    check(student, reference, MACS, "inverted", 6, 10, 7, 9, 3, t=1)


@points(0.3)
def test_inverted_memory(student, reference):
    """Memory accesses of an inverted bottleneck with c_in = c_out and H = W."""
    check_square(student, reference, MEMORY, "inverted")


@points(0.8)
def test_inverted_memory_in_general(student, reference):
    """Memory accesses of an inverted bottleneck, whatever the sizes and t."""
    check_others(student, reference, MEMORY, "inverted")


@points(0.5)
def test_three_counts(student, reference):
    """Three numbers come back, in a tuple."""
    agree(student.probe(form), reference.probe(form), "regular", *SQUARE)
