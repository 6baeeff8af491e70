import json


def make(folder, release, references):
    """Tag every cell with what tools act upon."""
    for cell in release["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell", "nbgrader-skip", "parameters"]
        cell["metadata"]["editable"] = cell["metadata"]["deletable"] = True
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "hw1.ipynb").write_text(json.dumps(release))
