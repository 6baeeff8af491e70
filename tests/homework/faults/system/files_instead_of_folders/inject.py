import shutil


def fault(course, cleanup):
    notebook = course.submitted / "cleo" / "hw1" / "hw1.ipynb"
    shutil.copy(notebook, course.submitted / "dan.ipynb")
    (course.submitted / "eve").mkdir()
    shutil.copy(notebook, course.submitted / "eve" / "hw1.ipynb")
    (course.submitted / "fay").mkdir()
    shutil.copy(notebook, course.submitted / "fay" / "hw1")
    yield
