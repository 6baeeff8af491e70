import os
import time


def fault(course, cleanup):
    later = time.time() + 10**8
    for path in (course.root / "submitted").rglob("*"):
        os.utime(path, (later, later))
    for path in course.autograded.rglob("*"):
        os.utime(path, (later, later), follow_symlinks=False)
    receipt = course.autograded / "ada" / "hw1" / "receipt.json"
    receipt.write_text(receipt.read_text().replace('"at": "20', '"at": "29'))
    yield
