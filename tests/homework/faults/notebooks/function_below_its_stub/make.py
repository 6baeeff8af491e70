from tests.homework.faults.recipe import below, own, stub


def make(right, released):
    below(right, "cross_corr_2d", own(stub(right, released, "cross_corr_2d")))
