from tests.homework.faults.recipe import cell


def make(right, released):
    cell(right, "warmup_a")["cell_type"] = "code"
