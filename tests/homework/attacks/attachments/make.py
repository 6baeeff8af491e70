import base64
import json

ACTIVE = "<script>alert('pwned')</script>"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert('pwned')\">{ACTIVE}</svg>"


def make(folder, release, references):
    """Attach what is no picture and show it in every way."""
    encoded = base64.b64encode(SVG.encode()).decode()
    attachments = {
        "a.svg": {"image/svg+xml": SVG, "text/html": ACTIVE},
        "b.png": {"image/png": encoded},
        '"><img src=x onerror=alert(1)>.png': {"image/png": encoded},
        "c.html": {"text/html": ACTIVE},
        "d.png": {'image/png" onerror="alert(1)': encoded, "image/png": ["<", "script>"]},
        "javascript:alert('pwned')": {"image/png": encoded},
    }
    text = " ".join(f"![{name}](attachment:{name}) [{name}](attachment:{name})" for name in attachments)
    for cell in release["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "warmup_a":
            cell.update(source=text, attachments=attachments)
        if name == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    release["cells"].append({"cell_type": "markdown", "metadata": {}, "source": text, "attachments": attachments})
    (folder / "hw1.ipynb").write_text(json.dumps(release))
