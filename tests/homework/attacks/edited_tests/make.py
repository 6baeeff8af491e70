import copy
import json


def make(folder, release, references):
    """Replace the test cell by `pass`, keep copies of it in front of and behind everything."""
    cells = release["cells"]
    index = next(i for i, c in enumerate(cells) if c["metadata"].get("nbgrader", {}).get("grade_id") == "test_cross_corr_2d")
    solution = next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d")
    solution["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    cells[index]["source"] = "15"
    cells[index]["metadata"]["nbgrader"].update(locked=False, solution=True)
    twin = copy.deepcopy(cells[index])
    twin["cell_type"] = "markdown"
    twin.pop("outputs", None)
    release["cells"] = [copy.deepcopy(cells[index]), *reversed(cells), twin]
    (folder / "hw1.ipynb").write_text(json.dumps(release))
