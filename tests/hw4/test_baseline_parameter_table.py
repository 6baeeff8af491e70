"""Hidden tests of hw4's `baseline_parameter_table` (6 points): rows alone and together, so that one slip costs its rows."""

import torch

from homework.judge import agree, points

EXACT = {"rtol": 0.0, "atol": 0.0}
CHANNELS = (3, 32, 64, 128, 256, 512)
SIZES = (
    (3, 32),
    (32, 32),
    (32, 64),
    (64, 64),
    (64, 128),
    *[(128, 128)] * 3,
    (512, 256),
    (256, 128),
    (128, 10),
)
RIGHT = [(9 if at < 8 else 1) * a * b + b for at, (a, b) in enumerate(SIZES)]
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


def of_row(number, count):
    """What `count` parameters of a row, from 0, would be the number of; None if that is not known."""
    name, (inputs, outputs) = ROWS[number], SIZES[number]
    each = 9 if number < 8 else 1
    what = "channels" if number < 8 else "values"
    if count == each * inputs * outputs:
        return f"Your {name} has no biases: there is one for each output."
    if count == each * (inputs + 1) * outputs:
        return f"Your {name} has nine biases for each output. There is one."
    if count in (9 * a * b for a, b in SIZES[:8]) and number < 8:
        return f"Your {name} has no biases, and other channels than the table: look at what the layer above it makes."
    for b in dict.fromkeys((outputs, *CHANNELS)):
        a, rest = divmod(count - b, each * b)
        if (
            rest == 0
            and a > 0
            and (a in CHANNELS or (b == outputs and a & (a - 1) == 0))
            and (a, b) != (inputs, outputs)
        ):
            return f"Your {name} would have {a} {what} in and {b} out: in the table it has others."
    return None


def check(student, reference, start, stop):
    def why(found):
        for number, count in enumerate(found, start):
            if count != RIGHT[number]:
                return of_row(number, count)
        return None

    agree(student.probe(rows), reference.probe(rows), start, stop, names=ROWS[start:], why=why, **EXACT)


@points(1)
def test_rows(student, reference, rng):
    """Eleven pairs, one for each layer with parameters."""
    # Without the first, which the text gives: who is wrong in all others may have it right.
    check(student, reference, 1, None)


@points(0.75)
def test_first_layer(student, reference, rng):
    """The first convolution, on three channels."""
    check(student, reference, 0, 1)


@points(1.5)
def test_same_channels(student, reference, rng):
    """Convolutions with as many channels in as out."""
    for row in (1, 3, 5):
        check(student, reference, row, row + 1)


@points(1)
def test_more_channels(student, reference, rng):
    """Convolutions that double the channels."""
    for row in (2, 4):
        check(student, reference, row, row + 1)


@points(1)
def test_first_linear_layer(student, reference, rng):
    """The first linear layer, after the flattening."""
    check(student, reference, 8, 9)


@points(0.75)
def test_other_linear_layers(student, reference, rng):
    """The other two linear layers."""
    check(student, reference, 9, 11)
