def fault(course, cleanup):
    aside = course.submitted.rename(course.root / "aside")
    yield
    aside.rename(course.submitted)
