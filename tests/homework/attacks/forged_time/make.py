import json


def make(folder, release, references):
    """Hand in receipts, times and secrets of one's own."""
    for cell in release["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "hw1.ipynb").write_text(json.dumps(release))
    (folder / "timestamp.txt").write_text("9999-12-31 23:59:59.999999 UTC" + "\n" * 500)
    (folder / "submission_secret.txt").write_text("../../../../../tmp/homework-attack-canary")
    (folder / "receipt.json").write_text(json.dumps({"status": "graded", "score": {"auto": 15}, "recorded": {}}))
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\0")
    (folder / "nbgrader_config.py").write_text("open('/tmp/homework-attack-canary', 'w')\n")
    (folder / "conftest.py").write_text("open('/tmp/homework-attack-canary', 'w')\n")
    (folder / "sitecustomize.py").write_text("open('/tmp/homework-attack-canary', 'w')\n")
