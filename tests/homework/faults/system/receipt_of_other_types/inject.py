import json


def fault(course, cleanup):
    path = course.autograded / "ada" / "hw1" / "receipt.json"
    path.write_text(json.dumps({"recorded": 5, "status": [], "submission": "x", "environment": None}))
    yield
