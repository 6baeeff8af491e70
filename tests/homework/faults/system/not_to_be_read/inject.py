from tests.homework.faults.machine import hand_in


def fault(course, cleanup):
    for student in ("dan", "eve", "fay"):
        hand_in(course, student, course.submitted / "cleo")
    closed = [
        course.submitted / "dan" / "hw1" / "hw1.ipynb",
        course.submitted / "eve" / "hw1",
        course.submitted / "fay",
    ]
    for path in closed:
        path.chmod(0)
    yield
    for path in closed:
        path.chmod(0o755)
