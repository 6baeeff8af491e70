def fault(course, cleanup):
    (course.autograded / ".grading.lock").write_bytes(b"\xff999999999999999999\n")
    yield
