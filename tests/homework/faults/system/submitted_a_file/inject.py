def fault(course, cleanup):
    aside = course.submitted.rename(course.root / "aside")
    course.submitted.write_text("")
    yield
    course.submitted.unlink()
    aside.rename(course.submitted)
