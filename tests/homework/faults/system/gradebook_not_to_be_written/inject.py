def fault(course, cleanup):
    (course.root / "gradebook.db").chmod(0o444)
    yield
    (course.root / "gradebook.db").chmod(0o644)
