from tests.homework.faults.recipe import saved


def make(right, released):
    right["nbformat"] = "4"
    return saved(right)
