import json

ANSWER = r"""
$\href{javascript:alert('pwned')}{x}$ $\url{javascript:alert('pwned')}$ $$\require{html}\style{background:url(http://attacker.invalid/a)}{x}$$
$\class{x" onclick="alert('pwned')}{y}$ $\cssId{root}{z}$ $\bbox[border:1px;background:url(http://attacker.invalid/b)]{w}$
$\includegraphics{http://attacker.invalid/c.png}$ $\htmlData{x=y}{z}$ $\html{<img src=x onerror=alert('pwned')>}$ \(\href{javascript:alert('pwned')}{v}\)
$\text{<img src=x onerror=alert('pwned')>}$ $\unicode[x" onload="alert('pwned')]{x41}$ $\def\x{\x\x}\x$ $\newcommand{\frac}[2]{15}$
$$ \begin{array}{c} \href{data:text/html,<script>alert('pwned')</script>}{u} \end{array} $$
$</script><script>alert('pwned')</script>$
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
