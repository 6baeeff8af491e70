import json


def make(folder, release, references):
    """Leave the graded cell blank and hand in a right solution at the end of the notebook."""
    release["cells"].append({"cell_type": "code", "metadata": {}, "source": references["cross_corr_2d"], "outputs": []})
    (folder / "hw1.ipynb").write_text(json.dumps(release))
