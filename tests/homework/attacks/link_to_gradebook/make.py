def make(folder, release, references):
    """Link to files of the course, relative to where submissions lie."""
    (folder / "hw1.ipynb").symlink_to("../../../gradebook.db")
    (folder / "data.csv").symlink_to("../../../gradebook.db")
    (folder / "tests").symlink_to("../../../tests")
    (folder / "etc").symlink_to("/etc")
    (folder / "timestamp.txt").symlink_to("../../../nbgrader_config.py")
    (folder / "submission_secret.txt").symlink_to("../../../nbgrader_config.py")
