"""An object of something else."""


def make(right, released):
    return b"{}"
