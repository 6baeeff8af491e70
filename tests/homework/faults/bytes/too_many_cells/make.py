from tests.homework.faults.recipe import own, saved


def make(right, released):
    right["cells"] += [own("pass")] * 2000
    return saved(right)
