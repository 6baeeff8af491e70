from tests.homework.faults.recipe import saved


def make(right, released):
    return saved(right).replace(b"\n", b"\n<<<<<<< HEAD\n", 1)
