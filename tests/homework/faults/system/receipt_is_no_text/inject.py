def fault(course, cleanup):
    path = course.autograded / "ada" / "hw1" / "receipt.json"
    path.write_bytes(b"\xff\xfe\x00\x80" * 100)
    yield
