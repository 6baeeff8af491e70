def fault(course, cleanup):
    path = course.autograded / "ada" / "hw1" / "receipt.json"
    path.write_bytes(path.read_bytes()[:500])
    yield
