#!/usr/bin/env bash
# What a blank multiple-choice answer is worth.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: a question that nobody answered has no points, a right answer all of them. Seen instead, in November 2026
# (x86-64, Python 3.11), with e2xgrader 0.3.6 and nbgrader 0.9.6:
#   1. every option that is rightly left alone earns its share, so that a blank answer has half of the points if one of
#      four options is right, and 0.7 of 1 if one of six is
#   2. points are rounded to one decimal: a right answer has 0.2 of 0.25
#      https://github.com/Digiklausur/e2xgrader/blob/main/e2xgrader/graders/multiplechoice.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile nbgrader==0.9.6 e2xgrader==0.3.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

from e2xgrader.graders.multiplechoice import MultipleChoiceGrader
from nbformat.v4 import new_markdown_cell

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def score(chosen, right, options, points):
    """Points of an answer that ticks the options `chosen`."""
    choices = {"choice": [str(option) for option in chosen], "source": {"choice": [str(option) for option in right]}}
    cell = new_markdown_cell(
        "Which?",
        metadata={
            "nbgrader": {"points": points},
            "extended_cell": {"type": "multiplechoice", "num_of_choices": options, **choices},
        },
    )
    return MultipleChoiceGrader().determine_grade(cell)[0]


print("e2xgrader", metadata.version("e2xgrader"))
see("right, one of four, 2 points", score([2], [2], 4, 2), 2.0)
see("wrong, one of four, 2 points", score([1], [2], 4, 2), 0)
see("1. blank, one of four, 2 points", score([], [2], 4, 2), 1.0)
see("1. blank, two of four, 2 points", score([], [0, 1], 4, 2), 0)
see("1. blank, one of six, 1 point", score([], [2], 6, 1), 0.7)
see("2. right, one of three, 0.25 points", score([2], [2], 3, 0.25), 0.2)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
