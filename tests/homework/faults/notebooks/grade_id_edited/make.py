from tests.homework.faults.recipe import cell


def make(right, released):
    cell(right, "cross_corr_2d")["metadata"]["nbgrader"]["grade_id"] = "task-2"
    cell(right, "test_cross_corr_2d")["metadata"]["nbgrader"]["grade_id"] = "task-2-test"
