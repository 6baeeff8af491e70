"""A receipt that lost its bytes when the power went."""


def fault(course, cleanup):
    path = course.autograded / "ada" / "hw1" / "receipt.json"
    path.write_bytes(b"")
    yield
