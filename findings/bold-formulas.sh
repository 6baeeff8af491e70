#!/usr/bin/env bash
# How latex2mathml marks bold and double-struck letters, and what it makes of commands that it does not know.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs it on valid input
# and compares with what was seen; status 1 where a package does something else. Half a minute; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: \mathbf, \boldsymbol and \bm are written in one way, and a browser shows them bold. Seen instead, in
# November 2026 (Python 3.11), with latex2mathml 3.81.1:
#   1. \mathbf{w} is the bold letter of Unicode; \boldsymbol{w}, \bm{w}, {\bf w} and \mathbb{1} are a plain letter with a
#      mathvariant, of which browsers with MathML Core know "normal" only: Chromium shows w and 1
#      https://github.com/roniemartinez/latex2mathml, https://w3c.github.io/mathml-core/#the-mathvariant-attribute
#   2. a command that it does not know is an identifier with its backslash, not an error; of aligned it keeps the & as
#      letters, of align* it makes a table
#      https://github.com/roniemartinez/latex2mathml/blob/master/latex2mathml/walker.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile \
  latex2mathml==3.81.1
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import re
import sys

from latex2mathml.converter import convert

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def inside(latex):
    try:
        return re.sub(r"^<math[^>]*>|</math>$|</?mrow>", "", convert(latex))
    except Exception as error:
        return type(error).__name__


print("latex2mathml", metadata.version("latex2mathml"))
see(r"1. \mathbf{w}", inside(r"\mathbf{w}"), "<mi>&#x1D430;</mi>")
for command in ("boldsymbol", "bm"):
    see(rf"1. \{command}{{w}}", inside(rf"\{command}{{w}}"), '<mi mathvariant="bold-italic">w</mi>')
see(r"1. \bf w", inside(r"\bf w"), '<mi mathvariant="bold">w</mi>')
see(r"1. \mathbb{R}", inside(r"\mathbb{R}"), "<mi>&#x0211D;</mi>")
see(r"1. \mathbb{1}", inside(r"\mathbb{1}"), '<mn mathvariant="double-struck">1</mn>')
see(r"1. \mathbbm{1}", inside(r"\mathbbm{1}"), "<mn>1</mn>")
see(r"2. \sgn x", inside(r"\sgn x"), r"<mi>\sgn</mi><mi>x</mi>")
aligned = r"\begin{aligned}a&=b\end{aligned}"
see("2. aligned", inside(aligned), "<mi>a</mi><mi>&</mi><mo>&#x0003D;</mo><mi>b</mi>")
see("2. align* makes a table", "<mtable" in inside(aligned.replace("aligned", "align*")), True)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
