from tests.homework.faults.recipe import source


def make(right, released):
    return source(right, "cross_corr_2d").encode()
