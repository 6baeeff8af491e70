def cross_corr_2d(X, K):
    return X.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1).mul(K).sum((2, 3))
