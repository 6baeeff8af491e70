from tests.homework.faults.recipe import cell


def make(right, released):
    cell(right, "setup")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 10_000_000}]
