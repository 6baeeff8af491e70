from tests.homework.faults.recipe import below, copied, write


def make(right, released):
    below(right, "cross_corr_2d", copied(right, "cross_corr_2d"))
    write(right, "cross_corr_2d", "def cross_corr_2d(X, K):\n    return X")
