import json


def make(folder, release, references):
    """Put a different nonsense into each cell's metadata."""
    nonsense = [float("nan"), float("inf"), -1e9, "15", [15], {"points": 15}, None, True]
    for number, cell in enumerate(release["cells"]):
        mark = cell["metadata"].setdefault("nbgrader", {})
        mark["points"] = nonsense[number % len(nonsense)]
        mark["schema_version"] = nonsense[(number + 3) % len(nonsense)]
        if mark.get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "hw1.ipynb").write_text(json.dumps(release))
