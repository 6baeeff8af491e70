from tests.homework.faults.recipe import below, copied


def make(right, released):
    below(right, "warmup_d", {**copied(right, "warmup_d"), "source": "More."})
