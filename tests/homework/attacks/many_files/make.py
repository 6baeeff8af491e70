import json


def make(folder, release, references):
    """Make the folder itself large."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "hw1.ipynb").write_text(json.dumps(release))
    for number in range(1000):
        (folder / f"copy{number}.ipynb").write_text("{}")
    (folder / "/".join("d" * 60)).mkdir(parents=True)
