import json


def make(folder, release, references):
    """Hand it in under another name."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "<img src=x onerror=alert('pwned')>.ipynb").write_text(json.dumps(release))
