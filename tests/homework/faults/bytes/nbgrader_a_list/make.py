from tests.homework.faults.recipe import cell


def make(right, released):
    for one in [cell(right, name) for name in ("cross_corr_2d", "test_cross_corr_2d", "warmup_a")]:
        one["metadata"]["nbgrader"] = []
