import json


def make(folder, release, references):
    """Hand in a note that is read for the whole class after it was graded."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "hw1.ipynb").write_text(json.dumps(release))
    (folder / "lms.json").write_text('{"late": ' + "[" * 990)
