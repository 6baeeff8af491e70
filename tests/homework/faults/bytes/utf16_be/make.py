from tests.homework.faults.recipe import saved


def make(right, released):
    return b"\xfe\xff" + saved(right).decode().encode("utf-16-be")
