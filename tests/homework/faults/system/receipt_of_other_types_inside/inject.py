import json


def fault(course, cleanup):
    path = course.autograded / "ada" / "hw1" / "receipt.json"
    receipt = json.loads(path.read_text())
    receipt["recorded"]["answers"] = ["warmup_a"]
    receipt["submission"]["sha256"] = 5
    path.write_text(json.dumps(receipt))
    yield
