#!/usr/bin/env bash
# What safetensors makes of NumPy arrays and of the order of names.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. Half a minute; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: an array that is not contiguous is copied or refused, as tensors of torch are; a file lists its tensors
# in the order in which they were given; it has the permissions of any new file. Seen instead, in November 2026 (x86-64,
# Python 3.11), with safetensors 0.8.0 and NumPy 2.4.6:
#   1. a transposed, Fortran-ordered or strided array is written in the order of its memory: other values come back
#      https://github.com/safetensors/safetensors/issues/825 (0.7.0 wrote them right)
#   2. tensors are ordered by the size of their dtype, then by name, so that fc10 comes before fc2
#      https://github.com/safetensors/safetensors/blob/main/safetensors/src/tensor.rs
#   3. save_file writes a file that only its owner can read, whatever the umask is
#      https://github.com/safetensors/safetensors/issues/782
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile \
  safetensors==0.8.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import json
import os
import stat
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load, save, save_file

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


print("safetensors", metadata.version("safetensors"), "with numpy", metadata.version("numpy"))
X = np.arange(6, dtype=np.float32).reshape(2, 3)


def back(array):
    return load(save({"weight": array}))["weight"].tolist()


see("1. C order comes back", back(X) == X.tolist(), True)
see("1. X.T comes back as", back(X.T), [[0, 1], [2, 3], [4, 5]])
see("1. X.T was", X.T.tolist(), [[0, 3], [1, 4], [2, 5]])
see("1. Fortran order comes back as", back(np.asfortranarray(X)), [[0, 3, 1], [4, 2, 5]])
see("1. every second column comes back as", back(X[:, ::2]), [[0, 1], [2, 3]])
see("1. np.ascontiguousarray(X.T) comes back", back(np.ascontiguousarray(X.T)) == X.T.tolist(), True)

os.umask(0o022)
small = {"fc2": np.zeros(1, np.float32), "fc10": np.zeros(1, np.float32), "steps": np.zeros(1, np.int64)}
save_file(small, "weights.safetensors")
data = open("weights.safetensors", "rb").read()
header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
see("2. in the file", list(header), ["steps", "fc10", "fc2"])
with safe_open("weights.safetensors", "np") as file:
    see("2. keys()", list(file.keys()), ["fc10", "fc2", "steps"])
see("3. permissions with umask 022", oct(stat.S_IMODE(os.stat("weights.safetensors").st_mode)), "0o600")
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
