import os


def make(folder, release, references):
    """A file of holes."""
    (folder / "hw1.ipynb").write_text("{")
    os.truncate(folder / "hw1.ipynb", 1 << 40)
