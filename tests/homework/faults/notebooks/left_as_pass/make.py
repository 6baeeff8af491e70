from tests.homework.faults.recipe import write


def make(right, released):
    write(right, "cross_corr_2d", "def cross_corr_2d(X, K):\n    pass")
