from tests.homework.faults.recipe import source, write


def make(right, released):
    write(
        right, "cross_corr_2d", source(right, "cross_corr_2d").replace("cross_corr_2d", "cross_correlation")
    )
