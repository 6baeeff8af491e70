from tests.homework.faults.machine import restored


def fault(course, cleanup):
    with restored(course.root / "gradebook.db") as path:
        data = path.read_bytes()
        path.write_bytes(b"lost+found" * 100 + data[1000:])
        yield
