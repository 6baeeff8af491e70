#!/usr/bin/env bash
# What counters of operations print for layers that are neither convolutions nor plain linear layers.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs each of them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: a layer that a counter does not know is named, and those that it knows have the textbook's number in
# training and in evaluation. (For convolutions and masked layers see mac-counters.sh.) Seen instead, in November 2026
# (x86-64, Python 3.11):
#   torch 2.13.0     FlopCounterMode: an LSTM on a CPU has 0, a GRU all; a transformer's layer has 0 in evaluation, where a
#                    fused operator computes it; attention itself is not counted on a CPU
#     https://github.com/pytorch/pytorch/blob/main/torch/utils/flop_counter.py
#   fvcore 0.1.5     0 for both LSTM and GRU
#     https://github.com/facebookresearch/fvcore/blob/main/fvcore/nn/flop_count.py
#   thop 0.1.1       transposed convolution by the size of the output, with stride 2 four times as many; 0 for x @ w and
#                    functional layers
#     https://github.com/Lyken17/pytorch-OpCounter/blob/master/thop/profile.py
#   torchinfo 1.8.0  the same for both, and a linear layer on ten positions counts as on one
#     https://github.com/TylerYep/torchinfo/blob/main/torchinfo/layer_info.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"; }
install torch==2.13.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6 thop==0.1.1.post2209072238 fvcore==0.1.5.post20221221 torchinfo==1.8.0
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import importlib.metadata as metadata
import io
import logging
import sys

import thop
import torch
import torchinfo
from fvcore.nn import FlopCountAnalysis
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


logging.disable(logging.WARNING)


class Recurrent(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class Product(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(8, 16))

    def forward(self, x):
        return x @ self.w


def of_torch(network, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(x)
    return counter.get_total_flops() // 2


def of_thop(network, x):
    with contextlib.redirect_stdout(io.StringIO()):
        return int(thop.profile(network, (x,), verbose=False)[0])


def of_fvcore(network, x):
    return int(FlopCountAnalysis(network, x).unsupported_ops_warnings(False).total())


def of_torchinfo(network, x):
    return int(torchinfo.summary(network, input_data=x, verbose=0).total_mult_adds)


def transformer():
    return nn.TransformerEncoderLayer(8, 2, 32, dropout=0.0, batch_first=True)


words, map_ = torch.zeros(1, 10, 8), torch.zeros(1, 8, 10, 10)
for package in ("torch", "thop", "fvcore", "torchinfo"):
    print(package, metadata.version(package))
ROWS = (  # MACs of the textbook, then what torch (halved), thop, fvcore and torchinfo say
    ("transposed convolution 8 to 16, 3 x 3, stride 2", lambda: nn.ConvTranspose2d(8, 16, 3, stride=2, bias=False), map_,
     115_200, [115_200, 508_032, 115_200, 508_032]),
    ("linear layer 8 to 16 on ten positions", lambda: nn.Linear(8, 16, bias=False), words, 1_280, [1_280, 1_280, 1_280, 128]),
    ("x @ w, the same", Product, words, 1_280, [1_280, 0, 1_280, 0]),
    ("LSTM 8 to 16, ten steps", lambda: Recurrent(nn.LSTM(8, 16, batch_first=True, bias=False)), words,
     15_360, [0, 16_640, 0, 15_360]),
    ("GRU 8 to 16, ten steps", lambda: Recurrent(nn.GRU(8, 16, batch_first=True, bias=False)), words,
     11_520, [11_520, 12_640, 0, 11_520]),
)
for name, make, x, macs, expected in ROWS:
    found = [count(make().eval(), x) for count in (of_torch, of_thop, of_fvcore, of_torchinfo)]
    see(f"{name}, {macs} MACs", found, expected)
MACS = 4 * 10 * 64 + 2 * 10 * 10 * 8 + 2 * 10 * 8 * 32
see(f"transformer's layer, {MACS} MACs, torch in training", of_torch(transformer().train(), words), MACS - 2 * 10 * 10 * 8)
see("the same in evaluation", of_torch(transformer().eval(), words), 0)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
