from tests.homework.faults.recipe import above, own, stub


def make(right, released):
    above(right, "cross_corr_2d", own(stub(right, released, "cross_corr_2d")))
