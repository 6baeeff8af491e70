from tests.homework.faults.recipe import cell


def make(right, released):
    cell(right, "test_cross_corr_2d")["metadata"]["nbgrader"]["points"] = "abc"
