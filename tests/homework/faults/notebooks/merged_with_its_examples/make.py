from tests.homework.faults.recipe import place, source, write


def make(right, released):
    write(right, "cross_corr_2d", source(right, "cross_corr_2d") + "\n" + source(right, "test_cross_corr_2d"))
    del right["cells"][place(right, "test_cross_corr_2d")]
