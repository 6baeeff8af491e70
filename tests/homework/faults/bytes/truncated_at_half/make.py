from tests.homework.faults.recipe import saved


def make(right, released):
    data = saved(right)
    return data[: len(data) // 2]
