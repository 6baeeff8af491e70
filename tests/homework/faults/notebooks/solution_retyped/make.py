from tests.homework.faults.recipe import own, place, source


def make(right, released):
    at = place(right, "cross_corr_2d")
    right["cells"][at] = own(source(right, "cross_corr_2d"))
