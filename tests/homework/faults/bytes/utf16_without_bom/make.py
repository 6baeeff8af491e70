from tests.homework.faults.recipe import saved


def make(right, released):
    return saved(right).decode().encode("utf-16-le")
