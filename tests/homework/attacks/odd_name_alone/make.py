import os


def make(folder, release, references):
    """Only odd names."""
    for name in (b"\x1b[2J<b>.ipynb", b"\xff.ipynb", b"hw1 (1).ipynb"):
        with open(os.path.join(os.fsencode(folder), name), "w") as file:
            file.write("{}")
