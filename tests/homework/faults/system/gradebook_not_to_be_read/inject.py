def fault(course, cleanup):
    (course.root / "gradebook.db").chmod(0)
    yield
    (course.root / "gradebook.db").chmod(0o644)
