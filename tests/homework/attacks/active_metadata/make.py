import json

ACTIVE = "\"><script>alert('pwned')</script><img src=x onerror=alert('pwned')>"


def make(folder, release, references):
    """Put it into every field that a page might show."""
    release["metadata"] = {
        "kernelspec": {"name": ACTIVE, "display_name": ACTIVE, "language": ACTIVE},
        "language_info": {"name": ACTIVE, "mimetype": "text/html", "pygments_lexer": ACTIVE},
        "title": ACTIVE, "authors": [{"name": ACTIVE}],
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": {"model_name": ACTIVE}}, "version_major": 2}},
    }
    for number, cell in enumerate(release["cells"]):
        cell["id"] = ACTIVE + str(number)
        cell["metadata"]["tags"] = [ACTIVE]
        cell["metadata"]["name"] = ACTIVE
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    mark = {"grade_id": ACTIVE, "grade": True, "solution": True, "locked": False, "points": ACTIVE, "schema_version": 3}
    release["cells"].append({"cell_type": "markdown", "id": ACTIVE, "metadata": {"nbgrader": mark}, "source": ACTIVE})
    (folder / "hw1.ipynb").write_text(json.dumps(release))
