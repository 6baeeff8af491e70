from tests.homework.faults.recipe import above, own, source, write


def make(right, released):
    above(right, "cross_corr_2d", own("try:\n    offset = counter\nexcept NameError:\n    counter = 0"))
    write(
        right,
        "cross_corr_2d",
        source(right, "cross_corr_2d").replace("h, w =", "assert offset == 0\n    h, w ="),
    )
