def fault(course, cleanup):
    (course.autograded / "ada" / "hw1" / "hw1.ipynb").write_bytes(b"")
    yield
