import json


def make(folder, release, references):
    """More cells than anybody reads."""
    release["cells"] = [{"cell_type": "code", "metadata": {}, "source": "1", "outputs": []}] * 100_000
    (folder / "hw1.ipynb").write_text(json.dumps(release))
