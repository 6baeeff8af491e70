#!/usr/bin/env bash
# How many weights torch's two tools for pruning set to zero.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: both set the given share of the weights to zero, rounded in the usual way, half up. Seen instead, in
# November 2026 (x86-64, Python 3.11), with torch 2.13.0:
#   1. nn.utils.prune rounds with Python's round, half to even: half of 5 weights are 2, half of 7 are 4, half of 9 are 4
#      https://github.com/pytorch/pytorch/blob/main/torch/nn/utils/prune.py
#   2. ao.pruning.WeightNormSparsifier prunes blocks of 1 x 4 by default, and counts those at the edge as whole: with
#      sparsity_level 0.5 it is 80 % of 1 x 10 weights, and nothing of 1 x 4
#      https://github.com/pytorch/pytorch/blob/main/torch/ao/pruning/sparsifier/weight_norm_sparsifier.py
#   3. nn.utils.prune keeps the pruned weight until the next call of the layer: what is read after a change of weight_orig
#      is the earlier weight
#      https://docs.pytorch.org/tutorials/intermediate/pruning_tutorial.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"; }
install torch==2.13.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import torch
from torch import nn
from torch.ao.pruning import WeightNormSparsifier
from torch.nn.utils import prune

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def layer(rows, columns):
    '''A linear layer whose weights all differ, smallest first.'''
    linear = nn.Linear(columns, rows, bias=False)
    linear.weight.data = torch.arange(1.0, rows * columns + 1).reshape(rows, columns)
    return linear


def zeros(mask):
    return int((mask == 0).sum())


print("torch", metadata.version("torch"))
for weights, expected in ((5, 2), (7, 4), (9, 4), (3, 2)):
    linear = prune.l1_unstructured(layer(1, weights), "weight", amount=0.5)
    see(f"1. half of {weights} weights", zeros(linear.weight_mask), expected)
for (rows, columns), expected in (((1, 10), 8), ((1, 4), 0), ((1, 8), 4)):
    network = nn.Sequential(layer(rows, columns))
    sparsifier = WeightNormSparsifier(sparsity_level=0.5)
    sparsifier.prepare(network, [{"tensor_fqn": "0.weight"}])
    sparsifier.step()
    see(f"2. half of {rows} x {columns} weights", zeros(network[0].parametrizations.weight[0].mask), expected)
network = nn.Sequential(layer(1, 10))
sparsifier = WeightNormSparsifier(sparsity_level=0.5, sparse_block_shape=(1, 1), zeros_per_block=1)
sparsifier.prepare(network, [{"tensor_fqn": "0.weight"}])
sparsifier.step()
see("2. half of 1 x 10 weights in blocks of 1 x 1", zeros(network[0].parametrizations.weight[0].mask), 5)
linear = prune.l1_unstructured(layer(1, 4), "weight", amount=2)
with torch.no_grad():
    linear.weight_orig.fill_(9.0)
see("3. weight after weight_orig was set to 9", linear.weight.tolist(), [[0, 0, 3, 4]])
linear(torch.zeros(1, 4))
see("3. and after one call", linear.weight.tolist(), [[0, 0, 9, 9]])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
