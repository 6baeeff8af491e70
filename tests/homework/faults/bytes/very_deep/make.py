"""JSON nested a million deep, and no end."""


def make(right, released):
    return b"[" * 1_000_000
