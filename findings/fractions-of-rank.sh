#!/usr/bin/env bash
# What a fraction means as the rank of a decomposition.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. A minute; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: rank=0.5 keeps half of the full rank, rank=1.0 all of it, and loses nothing. Seen instead, in November
# 2026 (x86-64, Python 3.11), with tensorly 0.10.0:
#   1. a float is a share of the tensor's number of parameters: for 64 x 64, 1.0 is rank 32 for parafac, which is not exact;
#      0.5 is rank 16
#   2. tucker counts its core, too: 1.0 is 27 x 27
#   3. 1 is rank one, 1.0 is not
#      https://tensorly.org/stable/modules/generated/tensorly.cp_tensor.validate_cp_rank.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile numpy==2.4.6 scipy==1.17.1 tensorly==0.10.0
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import numpy as np
import tensorly
from tensorly.decomposition import parafac, tucker

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


weights = np.random.default_rng(590).normal(size=(64, 64))


def error(approximation):
    return float(np.linalg.norm(weights - approximation) / np.linalg.norm(weights))


print("tensorly", metadata.version("tensorly"))
for rank, expected in ((1.0, 32), (0.5, 16), (1, 1)):
    factors = parafac(weights, rank=rank, init="svd", n_iter_max=5)
    see(f"parafac of 64 x 64, rank={rank!r}: rank", factors.factors[0].shape[1], expected)
    if isinstance(rank, float) and rank == 1:
        see("its relative error is above 0.1", error(tensorly.cp_to_tensor(factors)) > 0.1, True)
for rank, expected in ((1.0, (27, 27)), (0.5, (14, 14)), (1, (1, 1))):
    core = tucker(weights, rank=rank, n_iter_max=5).core
    see(f"tucker of 64 x 64, rank={rank!r}: core", core.shape, expected)
full = tucker(weights, rank=[64, 64], n_iter_max=5)
see("tucker, rank=[64, 64] is exact", error(tensorly.tucker_to_tensor(full)) < 1e-9, True)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
