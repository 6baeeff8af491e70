"""The gradebook has no bytes left, and there are receipts of what was recorded in it."""

from tests.homework.faults.machine import restored


def fault(course, cleanup):
    with restored(course.root / "gradebook.db") as path:
        path.write_bytes(b"")
        yield
