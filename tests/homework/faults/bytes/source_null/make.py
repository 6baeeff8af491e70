from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "cross_corr_2d_text", {**own(""), "source": None})
