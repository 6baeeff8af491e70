"""A kind of cell that does not exist."""

from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "warmup", {**own("anything"), "cell_type": "heading"})
