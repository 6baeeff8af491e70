from tests.homework.faults.recipe import saved


def make(right, released):
    right["metadata"]["step"] = "HERE"
    return saved(right).replace(b'"HERE"', b'1e999999, "n": ' + b"9" * 5000)
