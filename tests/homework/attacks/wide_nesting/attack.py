calls = [0]


def cross_corr_2d(X, K):
    calls[0] += 1
    doubled = [0]
    for _ in range(14):
        doubled = [doubled, doubled, doubled]
    return [list(range(1_000_000)), {str(n): n for n in range(300_000)}, doubled][calls[0] % 3]
