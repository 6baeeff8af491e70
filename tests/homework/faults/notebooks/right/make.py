"""Nothing is broken: what all others are compared with."""


def make(right, released):
    return right
