#!/usr/bin/env bash
# What libraries of metrics call accuracy.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: accuracy is the share of right answers, whatever it is asked through. Seen instead, in November 2026
# (x86-64, Python 3.11):
#   torchmetrics 1.9.0   MulticlassAccuracy averages over classes, Accuracy(task="multiclass") over examples; binary accuracy
#                        takes numbers for logits only if one of them is outside 0 to 1
#     https://lightning.ai/docs/torchmetrics/stable/classification/accuracy.html
#   torcheval 0.0.7      averages over examples; compares logits with 0.5; a network that gives all classes the same score
#                        has a top-2 accuracy of 1
#     https://docs.pytorch.org/torcheval/stable/generated/torcheval.metrics.functional.multiclass_accuracy.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"; }
install torch==2.13.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6 torchmetrics==1.9.0 torcheval==0.0.7
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import torch
from torcheval.metrics import functional as torcheval
from torchmetrics import Accuracy
from torchmetrics.classification import BinaryAccuracy, MulticlassAccuracy
from torchmetrics.functional.classification import multiclass_accuracy

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def number(tensor):
    return round(float(tensor), 4)


labels, always_0 = torch.tensor([0] * 8 + [1] * 2), torch.zeros(10, dtype=torch.int64)
one, other = torch.tensor([0.3, 0.2, 0.6]), torch.tensor([0.3, -0.2, 0.6])
binary = torch.tensor([1, 0, 1])
flat, classes = torch.zeros(4, 3), torch.tensor([0, 1, 2, 0])

print("torchmetrics", metadata.version("torchmetrics"))
see("Accuracy, 8 of 10 right", number(Accuracy(task="multiclass", num_classes=2)(always_0, labels)), 0.8)
see("MulticlassAccuracy of the same", number(MulticlassAccuracy(num_classes=2)(always_0, labels)), 0.5)
see("functional.classification.multiclass_accuracy", number(multiclass_accuracy(always_0, labels, num_classes=2)), 0.5)
see("BinaryAccuracy of 0.3, 0.2, 0.6 for 1, 0, 1", number(BinaryAccuracy()(one, binary)), 0.6667)
see("BinaryAccuracy of 0.3, -0.2, 0.6 for 1, 0, 1", number(BinaryAccuracy()(other, binary)), 1.0)
top = multiclass_accuracy(flat, classes, num_classes=3, average="micro", top_k=2)
see("top 2 of three equal scores", number(top), 0.75)

print("torcheval", metadata.version("torcheval"))
see("multiclass_accuracy, 8 of 10 right", number(torcheval.multiclass_accuracy(always_0, labels)), 0.8)
see("binary_accuracy of 0.3, -0.2, 0.6 for 1, 0, 1", number(torcheval.binary_accuracy(other, binary)), 0.6667)
see("top 2 of three equal scores", number(torcheval.multiclass_accuracy(flat, classes, k=2)), 1.0)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
