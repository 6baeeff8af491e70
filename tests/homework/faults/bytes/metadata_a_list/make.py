from tests.homework.faults.recipe import cell


def make(right, released):
    cell(right, "cross_corr_2d")["metadata"] = []
