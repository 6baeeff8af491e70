from tests.homework.faults.recipe import saved


def make(right, released):
    right["nbformat"] = 5
    return saved(right)
