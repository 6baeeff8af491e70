"""Two notebooks, one behind the other."""

from tests.homework.faults.recipe import saved


def make(right, released):
    return saved(right) + saved(right)
