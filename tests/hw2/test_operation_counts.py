"""Hidden tests of hw2's `operation_counts` (4 points): one for each count, whatever the others are.

Counts are exact. Whole numbers of any kind are accepted, and so are more keys than were asked for.
"""

import numpy as np

from homework.judge import agree, points

SIZES = ((5, 4), (3, 5), (2, 7), (1, 6), (4, 1), (11, 96))


def count(solution, layer, operation, kernel_size, c_in):
    """One count; where there is none, what it was looked for in: a lone number as text, lest it pass for a count."""
    counts = solution.operation_counts(kernel_size, c_in)
    row = counts.get(layer) if isinstance(counts, dict) else None
    if isinstance(row, dict):
        return row.get(operation, row)
    return counts if isinstance(counts, (dict, list, tuple, type(None))) or np.ndim(counts) else "one number"


def check(student, reference, layer, operation):
    for kernel_size, c_in in SIZES:
        args = layer, operation, kernel_size, c_in
        agree(student.probe(count), reference.probe(count), *args, rtol=0, atol=1e-6)


@points(1)
def test_multiplications_of_convolution(student, reference):
    """How many multiplications a convolution takes."""
    check(student, reference, "conv", "mul")


@points(1)
def test_additions_of_convolution(student, reference):
    """How many additions a convolution takes."""
    check(student, reference, "conv", "add")


@points(0.5)
def test_multiplications_of_adder(student, reference):
    """How many multiplications an adder layer takes."""
    check(student, reference, "adder", "mul")


@points(1.5)
def test_additions_of_adder(student, reference):
    """How many additions and subtractions an adder layer takes."""
    check(student, reference, "adder", "add")
