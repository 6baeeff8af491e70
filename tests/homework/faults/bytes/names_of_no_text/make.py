from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "warmup", own("x = 1"), own("y = 2"))
    right["cells"][5]["metadata"] = {"nbgrader": {"grade_id": ["cross_corr_2d"]}}
    right["cells"][6]["metadata"] = {"nbgrader": {"grade_id": 7}}
