def fault(course, cleanup):
    folder = course.autograded / "bob" / "hw1" / "hw1.ipynb"
    folder.mkdir(parents=True)
    yield
    folder.rmdir()
