from tests.homework.faults.recipe import source, stub, write


def make(right, released):
    text = stub(right, released, "cross_corr_2d")
    write(right, "test_cross_corr_2d", text + "\n" + source(right, "test_cross_corr_2d"))
