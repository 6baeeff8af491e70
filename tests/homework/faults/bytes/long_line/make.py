from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "warmup", own("text = '" + "é" * 1_000_000 + "'"))
