def fault(course, cleanup):
    (course.autograded / "bob").write_text("")
    yield
    (course.autograded / "bob").unlink()
