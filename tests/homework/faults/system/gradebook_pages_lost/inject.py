from tests.homework.faults.machine import restored


def fault(course, cleanup):
    with restored(course.root / "gradebook.db") as path:
        data = path.read_bytes()
        path.write_bytes(data[:4096] + bytes(len(data) - 4096))
        yield
