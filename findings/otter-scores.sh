#!/usr/bin/env bash
# How otter-grader seeds random numbers and gives points.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, makes an assignment of three
# questions, grades two submissions and compares with what was seen; status 1 where it does something else. Two minutes;
# not in CI. PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: a seed is set once, when grading begins, for all generators; a question whose test case fails does not
# get full points. Seen instead, in November 2026 (Python 3.11), with otter-grader 7.0.0:
#   1. `seed` seeds NumPy and random again before every cell, so that cells draw equal numbers; torch is not seeded at all
#      https://github.com/ucbds-infra/otter-grader/blob/master/otter/execute/preprocessor.py
#   2. the points of one case are taken from the question's, and what is left is shared: where nothing is left, the other
#      cases can fail and the question still has full points
#      https://github.com/ucbds-infra/otter-grader/blob/master/otter/test_files/abstract_test.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'otter-grader[grading]==7.0.0' numpy==2.4.6 \
  nbformat==5.11.1 ipykernel==7.4.0
cd "$folder"
export PATH="$folder/venv/bin:$PATH" HOME="$folder"
python -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import json
import subprocess
import sys
from pathlib import Path

import nbformat

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def call(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}: {(done.stdout + done.stderr)[-500:]}")


code, raw = nbformat.v4.new_code_cell, nbformat.v4.new_raw_cell


def question(name, points, solutions, tests):
    return [
        raw(f"# BEGIN QUESTION\nname: {name}\npoints: {points}"),
        raw("# BEGIN SOLUTION"), *map(code, solutions), raw("# END SOLUTION"),
        raw("# BEGIN TESTS"), *map(code, tests), raw("# END TESTS"), raw("# END QUESTION"),
    ]


draw = "{0} = np.random.rand(), random.random(), np.random.default_rng().random()"
worth = '""" # BEGIN TEST CONFIG\npoints: 2\n""" # END TEST CONFIG\n'
cells = [
    raw("# ASSIGNMENT CONFIG\nname: hw\ngenerate:\n  seed: 42\n  pdf: false\nrun_tests: false"),
    code("import random\nimport numpy as np"),
    *question("seeds", 3, [draw.format("first"), draw.format("second")],
              ["assert first[0] == second[0]", "assert first[1] == second[1]", "assert first[2] == second[2]"]),
    *question("shared", 1, ["x = 2 # SOLUTION"], ["assert x == 2", "assert x == 3", "assert x > 0"]),
    *question("taken", 2, ["y = 2 # SOLUTION"], [worth + "assert y == 2", "assert y == 3", "# HIDDEN\nassert y == 4"]),
]
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), "hw.ipynb")
call("otter", "assign", "hw.ipynb", "dist")
Path("out").mkdir()
(archive,) = Path("dist/autograder").glob("*.zip")
call("otter", "run", "-a", archive, "-o", "out", "--no-logo", "dist/autograder/hw.ipynb")
tests = {one["name"]: one for one in json.loads(Path("out/results.json").read_text())["tests"]}
print("otter-grader", metadata.version("otter-grader"))
said = tests["seeds"]["output"]
see("1. numpy.random in two cells is equal", "first[0] == second[0]" not in said, True)
see("1. random in two cells is equal", "first[1] == second[1]" not in said, True)
see("1. numpy.random.default_rng() in two cells is equal", "first[2] == second[2]" not in said, False)
see("2. one of three cases fails, without points of their own", [tests["shared"]["score"], tests["shared"]["max_score"]],
    [0.66667, 1.0])
see("2. two of three cases fail, the first has all the points", [tests["taken"]["score"], tests["taken"]["max_score"]],
    [2.0, 2.0])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
