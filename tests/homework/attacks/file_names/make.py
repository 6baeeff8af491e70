import json
import os

NAMES = [b"..\\..\\hw1.ipynb", b"hw1.ipynb\n", b"\x1b]0;pwned\x07.ipynb", b"\xff\xfe.ipynb", b"-rf .ipynb", b"$(id).ipynb", b"hw1.ipynb ", b"HW1.ipynb"]


def make(folder, release, references):
    """Hand in the notebook amid files of odd names."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "hw1.ipynb").write_text(json.dumps(release))
    for name in NAMES:
        with open(os.path.join(os.fsencode(folder), name), "w") as file:
            file.write("{}")
    os.makedirs(folder / ".." / "hw1" / "..." / ".. ")
