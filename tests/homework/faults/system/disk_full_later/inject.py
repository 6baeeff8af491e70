from tests.homework.faults.machine import full_disk


def fault(course, cleanup):
    graded = course.autograded / "ada" / "hw1"
    size = sum(path.stat().st_size for path in graded.iterdir() if path.is_file())
    with full_disk(course.root, 2 * size, cleanup):
        yield
