from tests.homework.faults.machine import full_disk


def fault(course, cleanup):
    with full_disk(course.root, 0, cleanup):
        yield
