import threading


def cross_corr_2d(X, K):
    threading.Event().wait()
