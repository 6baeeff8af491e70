import json


def make(folder, release, references):
    """Put the graded cell under a cell magic and add cells with system commands."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    sources = [
        "%%writefile hw1.ipynb\n{}",
        "%%script bash\necho '15' > score.txt; exit 0",
        "!echo score: 15; kill -9 $PPID",
        "%reset -f\n%load_ext autoreload\n%run nothing.py",
        "%%javascript\nalert('pwned')",
        "%%capture\nprint(15)",
        "%pip install nbgrader",
    ]
    release["cells"] += [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []} for source in sources]
    (folder / "hw1.ipynb").write_text(json.dumps(release))
