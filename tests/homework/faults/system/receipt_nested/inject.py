def fault(course, cleanup):
    path = course.autograded / "ada" / "hw1" / "receipt.json"
    path.write_text("[" * 100_000)
    yield
