from tests.homework.faults.recipe import write

CODE = """def cross_corr_2d(X, K):
    def window(i, j):
        def at(a, b):
            return X[i + a, j + b] * K[a, b]
        return sum(at(a, b) for a in range(K.shape[0]) for b in range(K.shape[1]))
    rows, columns = X.shape[0] - K.shape[0] + 1, X.shape[1] - K.shape[1] + 1
    return torch.stack([torch.stack([window(i, j) for j in range(columns)]) for i in range(rows)])
"""


def make(right, released):
    write(right, "cross_corr_2d", CODE)
