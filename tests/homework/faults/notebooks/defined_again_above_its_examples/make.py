from tests.homework.faults.recipe import below, own


def make(right, released):
    below(right, "cross_corr_2d", own("def cross_corr_2d(X, K):\n    return X"))
