from tests.homework.faults.recipe import source, stub, write


def make(right, released):
    write(right, "setup", source(right, "setup") + "\n" + stub(right, released, "cross_corr_2d"))
