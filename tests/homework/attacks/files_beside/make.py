import json

CODE = """
import glob, os


def cross_corr_2d(X, K):
    return X.new_zeros(1)


for path in glob.glob("**", recursive=True):
    try:
        print(path, open(path, errors="replace").read()[:300])
    except OSError as error:
        print(path, type(error).__name__)
"""


def make(folder, release, references):
    """Link to secrets under harmless names; the helper module is replaced, too."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = CODE
    (folder / "hw1.ipynb").write_text(json.dumps(release))
    (folder / "data.csv").symlink_to("../../../gradebook.db")
    (folder / "more").symlink_to("../../../tests/hw1")
    (folder / "config.txt").symlink_to("../../../nbgrader_config.py")
    (folder / "eep590_utils.py").write_text("raise SystemExit('the student was here')")
