#!/usr/bin/env bash
# How two fixed-point libraries round and overflow by default.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs both on valid input
# and compares with what was seen; status 1 where a package does something else. Half a minute; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: a number is rounded to the nearest step and saturates, or, as in VHDL and in the types of high-level
# synthesis, is cut off downwards and wraps around. Each does something else by default. Seen in November 2026 (Python 3.11):
#   fxpmath 0.4.10   "trunc" cuts toward zero, not downwards; int() goes down; >> keeps all bits by a longer word; a + b
#                    grows, a += 20 saturates
#     https://github.com/francof2a/fxpmath#readme
#   apytypes 0.5.1   from_float rounds to nearest and wraps around: 9.0 becomes −7.0; cast cuts downwards
#     https://apytypes.github.io/apytypes/
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile \
  fxpmath==0.4.10 apytypes==0.5.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

from apytypes import APyFixed
from fxpmath import Fxp

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


STEP = 1 / 16  # eight bits, four of them after the point: -8 to 7.9375
TYPED = [0.7 * STEP, -0.7 * STEP, 0.5 * STEP, -0.5 * STEP, 2.5 * STEP, 9.0, -9.0]

print("fxpmath", metadata.version("fxpmath"))
see("levels of 0.7, -0.7, 0.5, -0.5, 2.5 steps, 9.0, -9.0", Fxp(TYPED, True, 8, 4).val.tolist(), [0, 0, 0, 0, 2, 127, -128])
see("rounding='floor'", Fxp(TYPED, True, 8, 4, rounding="floor").val.tolist(), [0, -1, 0, -1, 2, 127, -128])
see("rounding='around'", Fxp(TYPED, True, 8, 4, rounding="around").val.tolist(), [1, -1, 0, 0, 2, 127, -128])
see("int() of -2.5", int(Fxp(-2.5, True, 8, 4)), -3)
see("one step down shifted right by 1", float(Fxp(-STEP, True, 8, 4) >> 1), -STEP / 2)
see("format after that shift", (Fxp(-STEP, True, 8, 4) >> 1).dtype, "fxp-s9/5")
total = Fxp(7.5, True, 8, 4)
see("7.5 + 7.5", [float(total + total), (total + total).dtype], [15.0, "fxp-s9/4"])
total += 20
see("7.5 += 20", [float(total), total.dtype], [7.9375, "fxp-s8/4"])

print("apytypes", metadata.version("apytypes"))
levels = [round(float(APyFixed.from_float(x, int_bits=4, frac_bits=4)) / STEP) for x in TYPED]
see("levels by from_float", levels, [1, -1, 1, -1, 3, -112, 112])
wide = [APyFixed.from_float(x, int_bits=8, frac_bits=12) for x in TYPED]
levels = [round(float(x.cast(int_bits=4, frac_bits=4)) / STEP) for x in wide]
see("levels by cast", levels, [0, -1, 0, -1, 2, -112, 112])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
