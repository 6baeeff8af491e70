#!/usr/bin/env bash
# What emlearn's C code of a decision tree answers.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. A minute; not in CI.
# PYTHON names the interpreter (python3), CC a C compiler (cc), PIP_INDEX_URL another index.
#
# Expected before: the C code answers like the tree that it was made of, at least for whole numbers. Seen instead, in
# November 2026 (x86-64, Python 3.11), with emlearn 0.23.2 and scikit-learn 1.9.1:
#   1. features and thresholds are int16_t by default, cut toward zero: all inputs from 0 to 1 fall into one class
#   2. whole numbers, too: the threshold 4.5 becomes 4, and 4 < 4 is false, so 4 is answered like 5
#   3. with dtype="float" the comparison is <, scikit-learn's is <=: an input equal to a threshold goes the other way
#      https://emlearn.readthedocs.io/en/latest/tree_based_models.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile numpy==2.4.6 scipy==1.17.1 \
  scikit-learn==1.9.1 emlearn==0.23.2
cd "$folder"
CC=${CC:-cc} "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import os
import subprocess
import sys

import emlearn
import numpy as np
from sklearn.tree import DecisionTreeClassifier

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def in_c(tree, inputs, **options):
    """The classes that the C code of `tree` answers, for inputs of one feature."""
    emlearn.convert(tree, method="inline", **options).save(file="tree.h", name="tree")
    kind = options.get("dtype", "int16_t")
    calls = "\n".join(f'  {{ {kind} x[1] = {{ ({kind}){float(x)!r} }}; printf("%d ", (int)tree_predict(x, 1)); }}' for x in inputs)
    with open("main.c", "w") as file:
        file.write(f'#include <stdio.h>\n#include "tree.h"\nint main(void) {{\n{calls}\n  return 0;\n}}\n')
    subprocess.run([os.environ["CC"], "-o", "main", "main.c"], check=True)
    return [int(word) for word in subprocess.run(["./main"], check=True, capture_output=True, text=True).stdout.split()]


def learned(inputs, classes):
    return DecisionTreeClassifier(random_state=0).fit(np.array(inputs)[:, None], classes)


def answers(tree, inputs):
    return tree.predict(np.array(inputs)[:, None]).tolist()


print("emlearn", metadata.version("emlearn"), "scikit-learn", metadata.version("scikit-learn"))
shares, classes = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9], [0, 0, 0, 1, 1, 1]
tree = learned(shares, classes)
see("1. scikit-learn, inputs from 0 to 1", answers(tree, shares), classes)
see("1. in C", in_c(tree, shares), [1, 1, 1, 1, 1, 1])
levels = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
tree = learned(levels, classes)
see("2. scikit-learn, inputs 2 to 7", answers(tree, levels), classes)
see("2. in C", in_c(tree, levels), [0, 0, 1, 1, 1, 1])
see("3. in C with dtype='float'", in_c(tree, levels, dtype="float"), classes)
see("3. scikit-learn, input 4.5, which is the threshold", answers(tree, [4.5]), [0])
see("3. in C with dtype='float'", in_c(tree, [4.5], dtype="float"), [1])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
