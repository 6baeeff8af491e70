from tests.homework.faults.recipe import place


def make(right, released):
    del right["cells"][place(right, "warmup_d")]
