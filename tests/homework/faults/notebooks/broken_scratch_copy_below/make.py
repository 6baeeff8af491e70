from tests.homework.faults.recipe import below, copied


def make(right, released):
    scratch = copied(right, "cross_corr_2d")
    scratch["source"] = "def cross_corr_2d(X, K):\n    return X +"
    below(right, "test_cross_corr_2d", scratch)
