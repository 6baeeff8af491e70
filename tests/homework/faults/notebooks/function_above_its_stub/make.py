"""Written into a new cell above; the stub below was left and would run over it."""

from tests.homework.faults.recipe import above, own, stub


def make(right, released):
    above(right, "cross_corr_2d", own(stub(right, released, "cross_corr_2d")))
