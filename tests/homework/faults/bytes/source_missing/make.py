from tests.homework.faults.recipe import above, own


def make(right, released):
    bare = own("")
    del bare["source"]
    above(right, "cross_corr_2d_text", bare)
