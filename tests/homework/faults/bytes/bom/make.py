from tests.homework.faults.recipe import saved


def make(right, released):
    return b"\xef\xbb\xbf" + saved(right)
