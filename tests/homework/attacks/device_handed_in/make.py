def make(folder, release, references):
    """Link to devices that never end."""
    (folder / "hw1.ipynb").symlink_to("/dev/zero")
    (folder / "timestamp.txt").symlink_to("/dev/random")
    (folder / "submission_secret.txt").symlink_to("/dev/tty")
