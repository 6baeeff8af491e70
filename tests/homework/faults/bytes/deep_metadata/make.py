from tests.homework.faults.recipe import saved


def make(right, released):
    right["metadata"]["deep"] = "HERE"
    return saved(right).replace(b'"HERE"', b"[" * 5000 + b"]" * 5000)
