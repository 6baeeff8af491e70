from tests.homework.faults.recipe import own


def make(right, released):
    right["cells"].append(own("def cross_corr_2d(X, K):\n    return X"))
