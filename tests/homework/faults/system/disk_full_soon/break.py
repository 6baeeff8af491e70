"""The course's disk has 60 kB left."""

from tests.homework.faults.machine import full_disk


def fault(course, cleanup):
    with full_disk(course.root, 60 << 10, cleanup):
        yield
