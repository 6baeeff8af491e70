"""Hidden tests of hw3's `fire_module_cost` (5 points).

Parameters and MACs are asked for apart, each with a module in which one layer outweighs the others, so that a slip in one
layer costs the marks of that layer. All numbers of channels differ; maps are not square.
"""

from functools import partial

import numpy as np

from homework.judge import agree, points

EXACT = {"rtol": 1e-9, "atol": 0.0}
NAMES = ("parameters", "MACs")


def part(solution, which, *sizes):
    """Parameters or MACs."""
    found = solution.fire_module_cost(*sizes)
    return found[which] if isinstance(found, (tuple, list)) and len(found) == 2 else found


def weights(solution, *sizes):
    """The parameters less the biases."""
    found = solution.fire_module_cost(*sizes)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return found
    return found[0] - sum(sizes[1:4])


def for_each_place(solution, *sizes):
    """MACs divided by the number of places."""
    found = solution.fire_module_cost(*sizes)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return found
    return found[1] / (sizes[4] * sizes[5])


def why(student, reference, which, sizes, answer):
    """With which argument the number grows as it should not; in each it is a straight line."""
    name = ("parameters", "MACs")[which]
    mine, theirs = (
        [_grown(solution, which, sizes, one) for one in range(-1, 6)] for solution in (student, reference)
    )
    same = [bool(np.isclose(a, b, rtol=1e-9)) for a, b in zip(mine, theirs, strict=True)]
    words = ("c_in", "squeeze", "expand1", "expand3", "H", "W")
    if which == 0 and not (same[5] and same[6]):
        return "Your parameters grow with H and W. A convolution uses the same weights everywhere."
    off = [one for one, right in zip(words, same[1:], strict=True) if not right]
    if all(same[1:]):
        return f"Your {name} grow with every argument as they should, but start with too much or too little."
    more = ", and a bias" if which == 0 else ", and is applied at H * W places"
    said = {
        "c_in": "c_in: only the squeeze layer sees the input's channels",
        "expand1": "expand1: each filter of the 1x1 branch has one weight for each output of the squeeze layer"
        + more,
        "expand3": "expand3: each filter of the 3x3 branch has nine weights for each output of the squeeze layer"
        + more,
    }
    layers = [one for one in off if one in said]
    if len(layers) == 1:
        return f"Your {name} grow by a wrong number with {said[layers[0]]}."
    if off == ["squeeze"]:
        return f"Your {name} grow by a wrong number with squeeze: look at the squeeze layer's own filters."
    return None


def _grown(solution, which, sizes, one):
    """By how much the number grows with one argument; with -1 the number itself."""
    more = tuple(size + (index == one) for index, size in enumerate(sizes))
    first, second = (float(solution.probe(part)(which, *given)) for given in (sizes, more))
    return first if one < 0 else second - first


@points(1)
def test_parameters(student, reference, rng):
    """The parameters of modules of several sizes."""
    for sizes in ((13, 3, 5, 7, 11, 6), (40, 6, 17, 29, 9, 5)):
        agree(
            student.probe(part),
            reference.probe(part),
            0,
            *sizes,
            why=partial(why, student, reference, 0, sizes),
            **EXACT,
        )


@points(0.5)
def test_parameters_of_the_squeeze_layer(student, reference, rng):
    """The parameters of a module with many input channels."""
    agree(student.probe(part), reference.probe(part), 0, 301, 2, 3, 5, 8, 7, **EXACT)


@points(0.5)
def test_parameters_of_the_branches(student, reference, rng):
    """The parameters of modules with one wide branch."""
    for sizes in ((5, 3, 211, 2, 7, 8), (6, 4, 3, 197, 9, 7)):
        agree(
            student.probe(part),
            reference.probe(part),
            0,
            *sizes,
            why=partial(why, student, reference, 0, sizes),
            **EXACT,
        )


@points(0.5)
def test_weights(student, reference, rng):
    """The parameters, biases aside."""
    agree(student.probe(weights), reference.probe(weights), 23, 4, 9, 15, 8, 5, **EXACT)


@points(1)
def test_macs(student, reference, rng):
    """The MACs of modules of several sizes."""
    for sizes in ((13, 3, 5, 7, 11, 6), (40, 6, 17, 29, 9, 5)):
        agree(
            student.probe(part),
            reference.probe(part),
            1,
            *sizes,
            why=partial(why, student, reference, 1, sizes),
            **EXACT,
        )


@points(0.5)
def test_macs_of_one_place(student, reference, rng):
    """The MACs on maps of one value."""
    agree(student.probe(part), reference.probe(part), 1, 23, 4, 9, 15, 1, 1, **EXACT)


@points(0.5)
def test_macs_for_each_place(student, reference, rng):
    """The MACs grow with the number of places."""
    for H, W in ((6, 10), (12, 7)):
        agree(student.probe(for_each_place), reference.probe(for_each_place), 23, 4, 9, 15, H, W, **EXACT)


@points(0.5)
def test_modules_of_squeezenet(student, reference, rng):
    """Both numbers, for modules of SqueezeNet's size."""
    squeeze, size = 16 * rng.integers(2, 5), rng.integers(13, 56)
    sizes = 8 * squeeze - 32, squeeze, 4 * squeeze, 4 * squeeze + 16, size, size + 3
    agree(student.fire_module_cost, reference.fire_module_cost, *sizes, names=NAMES, **EXACT)
