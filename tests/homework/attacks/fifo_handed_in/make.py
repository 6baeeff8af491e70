import os
import socket


def make(folder, release, references):
    """Make special files where a notebook and its companions are expected."""
    os.mkfifo(folder / "hw1.ipynb")
    os.mkfifo(folder / "timestamp.txt")
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(folder)
        listening.bind("box")
        os.chdir(here)
