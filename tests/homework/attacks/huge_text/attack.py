calls = [0]


def cross_corr_2d(X, K):
    calls[0] += 1
    return ["x" * (50 << 20), b"x" * (50 << 20), "\ud800" * 1000, "\0" * 1000, "\U0001f600" * (1 << 20)][calls[0] % 5]
