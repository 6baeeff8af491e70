from tests.homework.faults.recipe import above, copied


def make(right, released):
    scratch = copied(right, "cross_corr_2d")
    scratch["source"] = "print(undefined_name)"
    above(right, "cross_corr_2d", scratch)
