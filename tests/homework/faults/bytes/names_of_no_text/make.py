from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "cross_corr_2d_text", own("x = 1"), own("y = 2"))
    right["cells"][4]["metadata"] = {"nbgrader": {"grade_id": ["cross_corr_2d"]}}
    right["cells"][5]["metadata"] = {"nbgrader": {"grade_id": 7}}
