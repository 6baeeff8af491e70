#!/usr/bin/env bash
# What alpha means in torchdistill's loss for knowledge distillation.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: KDLoss(alpha=0) is the limit for a small alpha. Seen instead, in November 2026 (x86-64, Python 3.11),
# with torchdistill 1.1.5 and torch 2.13.0:
#   1. alpha weighs the hard labels, beta the soft part; beta is 1 - alpha
#   2. with alpha 0 the soft part loses its factor T^2, and beta is ignored: at T = 2 the loss is a quarter of what it is
#      for an alpha of 0.000001
#   3. alpha=None, the default, raises TypeError unless beta is given
#      https://github.com/yoshitomo-matsubara/torchdistill/blob/main/torchdistill/losses/mid_level.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"; }
install torch==2.13.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6 scipy==1.17.1 pyyaml==6.0.3
# Its losses do not need torchvision, which has no build beside torch's for the processor everywhere.
install --no-deps torchdistill==1.1.5
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import torch
from torch.nn import functional as F
from torchdistill.losses.mid_level import KDLoss

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


student, teacher, label = torch.tensor([[2.0, 0.0, -1.0]]), torch.tensor([[1.0, 2.0, 0.0]]), torch.tensor([0])
T = 2.0


def loss(alpha, beta=None):
    """The loss of one example, with four decimals."""
    try:
        both = KDLoss("logits", "output", "logits", "output", T, alpha=alpha, beta=beta)
    except TypeError:
        return "TypeError"
    return round(float(both({"logits": {"output": student}}, {"logits": {"output": teacher}}, label)), 4)


divergence = F.kl_div(F.log_softmax(student / T, 1), F.softmax(teacher / T, 1), reduction="batchmean")
print("torchdistill", metadata.version("torchdistill"))
see("by hand: soft part, T^2 KL", round(float(T * T * divergence), 4), 0.9206)
see("by hand: hard part", round(float(F.cross_entropy(student, label)), 4), 0.1698)
see("1. alpha 1", loss(1.0), 0.1698)
see("1. alpha 0.5", loss(0.5), 0.5452)
see("2. alpha 0.000001", loss(1e-6), 0.9206)
see("2. alpha 0", loss(0.0), 0.2301)
see("2. alpha 0, beta 0.5", loss(0.0, 0.5), 0.2301)
see("3. alpha None", loss(None), "TypeError")
see("3. alpha None, beta 0.5", loss(None, 0.5), 0.2301)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
