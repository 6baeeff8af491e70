from tests.homework.faults.recipe import saved


def make(right, released):
    del right["cells"]
    return saved(right)
