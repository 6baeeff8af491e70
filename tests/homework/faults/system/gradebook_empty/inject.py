from tests.homework.faults.machine import restored


def fault(course, cleanup):
    with restored(course.root / "gradebook.db") as path:
        path.write_bytes(b"")
        yield
