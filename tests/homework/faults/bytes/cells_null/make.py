from tests.homework.faults.recipe import saved


def make(right, released):
    right["cells"] = None
    return saved(right)
