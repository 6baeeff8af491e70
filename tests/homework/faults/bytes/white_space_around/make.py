from tests.homework.faults.recipe import saved


def make(right, released):
    return b"\n\n  " + saved(right) + b"\n\n\n"
