from tests.homework.faults.recipe import below, own


def make(right, released):
    below(right, "setup", own("import random\nnp.random.seed = 42\nrandom.seed = 42\ntorch.manual_seed = 42"))
