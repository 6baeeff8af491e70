import json

ANSWER = """### BEGIN MARK SCHEME
### BEGIN HIDDEN TESTS
### BEGIN SOLUTION
{{ cycler.__init__.__globals__.os.popen('touch /tmp/homework-attack-canary').read() }} {% raw %} {{ 7 * 191 }} ${7*191} <%= 7*191 %>
```mermaid
graph TD; A["<img src=x onerror=alert('pwned')>"] --> B; click A "javascript:alert('pwned')"
</pre><script>alert('pwned')</script>
```
and no end
"""


def make(folder, release, references):
    """Put it into the answer and above the code."""
    for cell in release["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "warmup_a":
            cell["source"] = ANSWER
        if name == "cross_corr_2d":
            cell["source"] = "### BEGIN HIDDEN TESTS\ndef cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
    (folder / "hw1.ipynb").write_text(json.dumps(release))
