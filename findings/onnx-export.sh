#!/usr/bin/env bash
# What torch's export to ONNX writes, and what ONNX Runtime's quantization makes of it.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs both on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: the file is the whole model, as the older exporter's was; a model in training mode is exported in
# training mode; what torch exports, ONNX Runtime's quantize_dynamic can quantize. Seen instead, in November 2026 (x86-64,
# Python 3.11), with torch 2.13.0, onnx 1.23.2, onnxscript 0.7.2, onnxruntime 1.31.1:
#   1. the weights are in a second file, model.onnx.data: model.onnx alone cannot be loaded. Where all tensors are small
#      they are in the first file, and the second is written and is empty
#      https://docs.pytorch.org/docs/stable/onnx_export.html (external_data)
#   2. batch normalization is folded into the convolution also when the model is in training mode, as in evaluation
#      https://github.com/pytorch/pytorch/blob/main/torch/onnx/_internal/exporter/_compat.py
#   3. quantize_dynamic raises an error on every exported linear layer that is not square, Gemm with transB = 1
#      https://github.com/microsoft/onnxruntime/issues/25890
#   4. the older exporter's file (dynamo=False) is one file and can be quantized
#      https://docs.pytorch.org/docs/stable/onnx.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"; }
install torch==2.13.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.31.1
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import importlib.metadata as metadata
import io
import logging
import shutil
import sys
from pathlib import Path

import onnx
import onnxruntime
import torch
from onnxruntime.quantization import quantize_dynamic
from torch import nn

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


logging.disable(logging.WARNING)
for package in ("torch", "onnx", "onnxscript", "onnxruntime"):
    print(package, metadata.version(package))


def export(name, network, x, **options):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        torch.onnx.export(network, (x,), name, **options)
    return name


def tried(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return type(error).__name__
    return "done"


linear, x = nn.Linear(64, 100).eval(), torch.zeros(2, 64)
export("linear.onnx", linear, x)
see("1. files of a linear layer", sorted(path.name for path in Path().glob("linear*")), ["linear.onnx", "linear.onnx.data"])
Path("alone").mkdir()
shutil.copy("linear.onnx", "alone")
see("1. the first file alone", tried(onnxruntime.InferenceSession, "alone/linear.onnx"), "Fail")
export("small.onnx", nn.Linear(6, 10).eval(), torch.zeros(2, 6))
see("1. bytes of the second file of a layer 6 to 10", Path("small.onnx.data").stat().st_size, 0)
export("one.onnx", linear, x, external_data=False)
shutil.copy("one.onnx", "alone")
see("1. with external_data=False", tried(onnxruntime.InferenceSession, "alone/one.onnx"), "done")

network = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.Dropout(0.5)).train()
export("train.onnx", network, torch.zeros(2, 3, 8, 8))
see("2. operators of conv, batch norm, dropout in training", [node.op_type for node in onnx.load("train.onnx").graph.node],
    ["Conv", "Dropout"])
see("2. the network is in training mode afterwards", network.training, True)
see("3. quantize_dynamic of the linear layer", tried(quantize_dynamic, "one.onnx", "quantized.onnx"), "InferenceError")
export("older.onnx", linear, x, dynamo=False)
see("4. files of the older exporter", sorted(path.name for path in Path().glob("older*")), ["older.onnx"])
see("4. quantize_dynamic of its file", tried(quantize_dynamic, "older.onnx", "quantized.onnx"), "done")
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
