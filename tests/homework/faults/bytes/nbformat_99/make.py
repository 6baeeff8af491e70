from tests.homework.faults.recipe import saved


def make(right, released):
    right["nbformat"] = 99
    return saved(right)
