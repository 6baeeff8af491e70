import contextlib
import os
import socket


def fault(course, cleanup):
    notebook = course.submitted / "cleo" / "hw1" / "hw1.ipynb"

    def place(student):
        folder = course.submitted / student / "hw1"
        folder.mkdir(parents=True)
        return folder / "hw1.ipynb"

    os.mkfifo(place("fifo"))
    place("link").symlink_to(notebook)
    place("dangling").symlink_to("nowhere")
    place("loop").symlink_to("hw1.ipynb")
    place("zz_hard").hardlink_to(notebook)
    place("folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        place("socket")
        with contextlib.chdir(course.submitted / "socket" / "hw1"):  # an address is short
            listener.bind("hw1.ipynb")
    if os.geteuid() == 0:
        os.mknod(place("device"), 0o20666, os.makedev(1, 5))
    else:
        os.mkfifo(place("device"))
    os.mkfifo(course.submitted / "pipe")
    (course.submitted / "pipes").mkdir()
    os.mkfifo(course.submitted / "pipes" / "hw1")
    yield
