from tests.homework.faults.recipe import below, own


def make(right, released):
    below(right, "cross_corr_2d", own("I am not sure why this works, but it does."))
