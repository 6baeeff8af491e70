"""A cell of one's own whose source is a number."""

from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "warmup", {**own(""), "source": 5})
