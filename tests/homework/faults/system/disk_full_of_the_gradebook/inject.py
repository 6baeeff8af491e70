import os

from tests.homework.faults.machine import full_disk


def fault(course, cleanup):
    folder = course.root / "gradebook"
    folder.mkdir()
    path = (course.root / "gradebook.db").rename(folder / "gradebook.db")
    os.environ["HOMEWORK_DB_URL"] = f"sqlite:///{path}"
    cleanup.callback(os.environ.pop, "HOMEWORK_DB_URL")
    with full_disk(folder, 0, cleanup):
        yield
