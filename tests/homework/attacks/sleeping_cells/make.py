import json


def make(folder, release, references):
    """Use up the time of the whole submission, cell by cell."""
    slow = [{"cell_type": "code", "metadata": {}, "source": "import time; time.sleep(0.9)", "outputs": []} for _ in range(50)]
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    release["cells"] += slow
    (folder / "hw1.ipynb").write_text(json.dumps(release))
