from tests.homework.faults.recipe import write


def make(right, released):
    write(right, "warmup_d", "  \n")
