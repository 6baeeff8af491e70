from tests.homework.faults.recipe import below, own, source, write


def make(right, released):
    write(
        right, "cross_corr_2d", source(right, "cross_corr_2d").replace("h, w =", "size = later\n    h, w =")
    )
    below(right, "test_cross_corr_2d", own("later = 3"))
