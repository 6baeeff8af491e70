from tests.homework.faults.recipe import saved


def make(right, released):
    return saved(right).rstrip()[:-1]
