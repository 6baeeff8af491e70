def cross_corr_2d(X, K):
    return X.new_zeros(1)
