import json


def make(right, released):
    return json.dumps(right["cells"]).encode()
