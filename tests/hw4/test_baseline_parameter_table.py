"""Hidden tests of hw4's `baseline_parameter_table` (6 points): rows alone and together, so that one slip costs its rows."""

import torch

from homework.judge import agree, points

EXACT = {"rtol": 0.0, "atol": 0.0}
ROWS = (*(f"convolution {n}" for n in range(1, 9)), *(f"linear layer {n}" for n in (1, 2, 3)))


def rows(solution, start, stop):
    """The numbers of some rows; what is not a list of pairs comes back in words."""
    table = solution.baseline_parameter_table()
    if isinstance(table, dict):
        return "a dict"
    if not all(isinstance(row, (list, tuple)) and len(row) == 2 for row in table):
        return "three parts" if all(isinstance(row, (list, tuple)) for row in table) else "not pairs"
    if any(isinstance(parameters, str) for _, parameters in table):
        return "text first" if isinstance(table[0][0], str) else "numbers first"
    if stop is not None and len(table) < stop:
        return f"there are {len(table)} rows"
    return [torch.as_tensor(row[1]).item() for row in table][start:stop]


@points(1)
def test_rows(student, reference, rng):
    """Eleven pairs, one for each layer with parameters."""
    # Without the first, which the text gives: who is wrong in all others may have it right.
    agree(student.probe(rows), reference.probe(rows), 1, None, names=ROWS[1:], **EXACT)


@points(0.75)
def test_first_layer(student, reference, rng):
    """The first convolution, on three channels."""
    agree(student.probe(rows), reference.probe(rows), 0, 1, names=ROWS, **EXACT)


@points(1.5)
def test_same_channels(student, reference, rng):
    """Convolutions with as many channels in as out."""
    for row in (1, 3, 5):
        agree(student.probe(rows), reference.probe(rows), row, row + 1, names=ROWS[row:], **EXACT)


@points(1)
def test_more_channels(student, reference, rng):
    """Convolutions that double the channels."""
    for row in (2, 4):
        agree(student.probe(rows), reference.probe(rows), row, row + 1, names=ROWS[row:], **EXACT)


@points(1)
def test_first_linear_layer(student, reference, rng):
    """The first linear layer, after the flattening."""
    agree(student.probe(rows), reference.probe(rows), 8, 9, names=ROWS[8:], **EXACT)


@points(0.75)
def test_other_linear_layers(student, reference, rng):
    """The other two linear layers."""
    agree(student.probe(rows), reference.probe(rows), 9, 11, names=ROWS[9:], **EXACT)
