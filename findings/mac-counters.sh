#!/usr/bin/env bash
# What counters of MACs print for the layers of homework 2: the tables below 2.5.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs each of them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes, 1 GB of downloads; not in
# CI. PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Seen in November 2026 (x86-64, Python 3.11); sources of the behavior:
#   torch 2.13.0         https://github.com/pytorch/pytorch/blob/main/torch/utils/flop_counter.py
#   thop 0.1.1           https://github.com/Lyken17/pytorch-OpCounter/blob/master/thop/vision/calc_func.py
#   ptflops 0.7.5        https://github.com/sovrasov/flops-counter.pytorch/blob/master/ptflops/pytorch_ops.py
#   fvcore 0.1.5         https://github.com/facebookresearch/fvcore/blob/main/fvcore/nn/jit_handles.py
#   torchinfo 1.8.0      https://github.com/TylerYep/torchinfo/blob/main/torchinfo/layer_info.py
#   torchprofile 0.1.0   https://github.com/zhijian-liu/torchprofile/blob/master/torchprofile/handlers.py
#   calflops 0.3.2       https://github.com/MrYxJ/calculate-flops.pytorch/blob/main/calflops/pytorch_ops.py
#   torch-pruning 1.6.1  https://github.com/VainF/Torch-Pruning/blob/master/torch_pruning/pruner/importance.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$@"; }
install torch==2.13.0+cpu torchvision==0.28.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6 thop==0.1.1.post2209072238 ptflops==0.7.5 fvcore==0.1.5.post20221221 torchinfo==1.8.0 \
  torchprofile==0.1.0 calflops==0.3.2 torch-pruning==1.6.1 transformers
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import importlib.metadata as metadata
import io
import sys

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    found = tuple(map(int, found)) if isinstance(found, (tuple, list)) else int(found)
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def quietly(function, *args, **options):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return function(*args, **options)


def masked():
    layer = nn.Linear(1024, 512)
    prune.l1_unstructured(layer, "weight", amount=0.3)
    return layer


def convolution():
    return nn.Conv2d(64, 128, 3, padding=1)


X, x = torch.zeros(1, 64, 56, 56), torch.zeros(1, 1024)
MACS, OUTPUTS = 231_211_008, 128 * 56 * 56
DENSE, LEFT = 524_288, 367_002


def of_torch(layer, inputs):
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        layer(inputs)
    return counter.get_total_flops()


def of_thop(layer, inputs):
    import thop

    return quietly(thop.profile, layer, (inputs,), verbose=False)[0]


def of_ptflops(layer, inputs):
    import ptflops

    shape = tuple(inputs.shape[1:])
    counted = quietly(
        ptflops.get_model_complexity_info, layer, shape, backend="pytorch", as_strings=False, print_per_layer_stat=False
    )
    return counted[0]


def of_fvcore(layer, inputs):
    from fvcore.nn import FlopCountAnalysis

    return FlopCountAnalysis(layer.eval(), inputs).unsupported_ops_warnings(False).total()


def of_torchinfo(layer, inputs):
    import torchinfo

    return torchinfo.summary(layer, input_data=inputs, verbose=0).total_mult_adds


def of_torchprofile(layer, inputs):
    from torchprofile import profile_macs

    return profile_macs(layer.eval(), inputs)


def of_torch_pruning(layer, inputs):
    import torch_pruning

    return torch_pruning.utils.count_ops_and_params(layer, inputs)[0]


def of_calflops(layer, inputs):
    import calflops

    shape = tuple(inputs.shape)
    flops, macs, _ = quietly(
        calflops.calculate_flops, layer, input_shape=shape, output_as_string=False, print_results=False, print_detailed=False
    )
    return flops


for package, count, of_conv, of_masked in (
    ("thop", of_thop, MACS, DENSE),
    ("fvcore", of_fvcore, MACS, DENSE),
    ("torchprofile", of_torchprofile, MACS, 2 * DENSE),
    ("ptflops", of_ptflops, MACS + OUTPUTS, DENSE + 512),
    ("torchinfo", of_torchinfo, MACS + OUTPUTS, LEFT + 512),
    ("torch-pruning", of_torch_pruning, MACS + OUTPUTS, None),
    ("torch", of_torch, 2 * MACS, 2 * DENSE),
    ("calflops", of_calflops, 2 * MACS + OUTPUTS, None),
):
    print(f"\n{package} {metadata.version(package)}")
    see("convolution 64 to 128, 3 x 3, 56 x 56, with bias", count(convolution(), X), of_conv)
    if of_masked is not None:
        see("linear layer 1024 to 512, 30 % masked", count(masked(), x), of_masked)

print("\ntorch-pruning: FPGM")
import torch_pruning

layer = nn.Conv2d(2, 5, 1, bias=False)
f = torch.tensor([3.0, -1.0])
filters = torch.stack([f, -f, f + 0.1, 0.6 * f, torch.tensor([0.5, 2.0])])
layer.weight.data = filters[:, :, None, None].clone()
group = torch_pruning.DependencyGraph().build_dependency(layer, torch.zeros(1, 2, 4, 4)).get_pruning_group(
    layer, torch_pruning.prune_conv_out_channels, idxs=list(range(5))
)
theirs = torch_pruning.importance.FPGMImportance(normalizer=None)(group)
squares = torch.cdist(filters**2, filters**2).sum(1)
see("its importance is that of squared weights", bool(torch.allclose(theirs, squares, rtol=1e-4)), 1)
see("which is not that of the filters", bool(torch.allclose(theirs, torch.cdist(filters, filters).sum(1), rtol=1e-2)), 0)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
