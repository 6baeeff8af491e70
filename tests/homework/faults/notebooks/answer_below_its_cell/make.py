from tests.homework.faults.recipe import below, own, stub


def make(right, released):
    below(right, "warmup_c", own(stub(right, released, "warmup_c"), "markdown"), own("And more.", "raw"))
