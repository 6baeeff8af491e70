from tests.homework.faults.recipe import cell


def make(right, released):
    for name in ("test_cross_corr_2d", "warmup_a"):
        cell(right, name)["metadata"]["nbgrader"]["points"] = 10**6
