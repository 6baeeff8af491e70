from tests.homework.faults.recipe import cell


def make(right, released):
    cell(right, "warmup_a")["attachments"] = ["x"]
