import base64
import json

DATA = "data:text/html;base64," + base64.b64encode(b"<script>parent.alert('pwned')</script>").decode()
SVG = "data:image/svg+xml;base64," + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").decode()
ANSWER = f"""
[a](javascript:alert('pwned')) [b](JaVaScRiPt&#58;alert('pwned')) [c](java\tscript:alert('pwned')) [d]( javascript&colon;alert('pwned'))
[e]({DATA}) [f](vbscript:msgbox) [g](file:///etc/passwd) <javascript:alert('pwned')> [h][h] [i] ![j][h] [k](\\javascript:alert('pwned'))
![l](http://attacker.invalid/pixel.png) ![m]({SVG}) ![n]({DATA}) ![o](javascript:alert('pwned')) [p](<javascript:alert('pwned')>)
[q](&#x6A;&#x61;vascript:alert('pwned')) [r](attachment:x" onclick="alert('pwned')) [![s](http://attacker.invalid/s.png)](javascript:alert('pwned'))

[h]: javascript:alert('pwned')
[i]: <javascript:alert('pwned')> "title"
> [t]: javascript:alert('pwned')
> [t]

http://attacker.invalid/"onmouseover="alert('pwned') [u](http://example.org/"onclick="alert('pwned'))
"""


def make(folder, release, references):
    """Put it into the answer and into a cell of one's own."""
    for cell in release["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "warmup_a":
            cell["source"] = ANSWER
        if name == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    release["cells"].append({"cell_type": "markdown", "metadata": {}, "source": ANSWER})
    (folder / "hw1.ipynb").write_text(json.dumps(release))
