from tests.homework.faults.recipe import place


def make(right, released):
    del right["cells"][place(right, "cross_corr_2d")]
