import os


def make(folder, release, references):
    """Link to the gradebook, by its inode."""
    os.link(folder / "../../../gradebook.db", folder / "hw1.ipynb")
