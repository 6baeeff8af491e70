"""An autograded notebook that lost its bytes when the power went."""


def fault(course, cleanup):
    (course.autograded / "ada" / "hw1" / "hw1.ipynb").write_bytes(b"")
    yield
