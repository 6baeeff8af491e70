import json


def make(folder, release, references):
    """Fill answers with what makes parsers of markdown go over the text again and again."""
    pieces = ["](", "]:", "![](attachment:", "> ", "*a_", "$$x\n", "<a ", "[", "- ", "`" * 3]
    for cell in release["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
        if name == "warmup_a":
            cell["source"] = "](" * 500_000
    release["cells"] += [{"cell_type": "markdown", "metadata": {}, "source": piece * 20_000} for piece in pieces]
    (folder / "hw1.ipynb").write_text(json.dumps(release))
