import json


def make(folder, release, references):
    """Hand in cells that die in different ways, before and after the graded one."""
    ways = ["import os; os._exit(1)", "import os; os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"]
    deadly = [{"cell_type": "code", "metadata": {}, "source": ways[n % 3] + f"  # {n}", "outputs": []} for n in range(12)]
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    release["cells"] = deadly[:6] + release["cells"] + deadly[6:]
    (folder / "hw1.ipynb").write_text(json.dumps(release))
