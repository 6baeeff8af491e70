import json

from tests.homework.faults.recipe import saved


def make(right, released):
    return json.dumps(saved(right).decode()).encode()
