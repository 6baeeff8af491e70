from tests.homework.faults.recipe import place


def make(right, released):
    for one in right["cells"]:
        mark = one["metadata"]["nbgrader"]
        if one["cell_type"] == "markdown" and not mark["solution"]:
            one["source"] = "An older text of " + mark["grade_id"]
        if mark["grade_id"] in ("cross_corr_2d", "test_cross_corr_2d"):
            mark["grade_id"] = mark["grade_id"].replace("cross_corr_2d", "corr2d")
        if mark["grade_id"] == "test_corr2d":
            one["source"] = "assert cross_corr_2d is not None"
        mark["schema_version"] = 2
        del one["id"]
    del right["cells"][place(right, "kernels")]
