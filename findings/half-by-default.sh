#!/usr/bin/env bash
# How large a network is after converters for devices wrote it.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: a converter keeps float32, and whoever wants half precision asks for it. Seen instead, in November 2026
# (x86-64, Python 3.11), for a linear layer of 1000 x 1000 float32 weights, 4.0 MB:
#   openvino 2026.4.1   save_model writes half precision, 2.0 MB, unless compress_to_fp16=False; serialize writes 4.0 MB
#     https://docs.openvino.ai/2026/openvino-workflow/model-preparation/conversion-parameters.html
#   coremltools 9.0     convert makes weights and arithmetic half precision
#     https://apple.github.io/coremltools/docs-guides/source/typed-execution.html
#   pnnx 20261020       export halves the weights for ncnn, fp16=True; the file for its own format stays float32
#     https://github.com/pnnx/pnnx
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"; }
install torch==2.13.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6 openvino==2026.4.1 coremltools==9.0
# With its requirements it would bring another build of torch.
install --no-deps pnnx==20261020
cd "$folder"
"$folder/venv/bin/python" -W ignore - 2>"$folder/log" <<'PYTHON' || { cat "$folder/log" >&2; exit 1; }
import contextlib
import importlib.metadata as metadata
import os
import sys
from pathlib import Path

import torch
from torch import nn

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def megabytes(path):
    return round(Path(path).stat().st_size / 1e6, 1)


@contextlib.contextmanager
def silent():
    """Converters also print from other processes."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1000, 1000, bias=False)

    def forward(self, x):
        return self.fc(x)


network, x = Network().eval(), torch.rand(1, 1000)

import openvino

print("openvino", metadata.version("openvino"))
model = openvino.convert_model(network, example_input=x)
openvino.save_model(model, "saved.xml")
openvino.save_model(model, "full.xml", compress_to_fp16=False)
openvino.serialize(model, "serialized.xml")
see("save_model, MB", megabytes("saved.bin"), 2.0)
see("save_model(compress_to_fp16=False), MB", megabytes("full.bin"), 4.0)
see("serialize, MB", megabytes("serialized.bin"), 4.0)

import coremltools

print("coremltools", metadata.version("coremltools"))
inputs = [coremltools.TensorType(shape=(1, 1000))]
for precision, expected in ((None, 2.0), (coremltools.precision.FLOAT32, 4.0)):
    options = {} if precision is None else {"compute_precision": precision}
    coremltools.convert(torch.jit.trace(network, x), inputs=inputs, **options).save(f"{expected}.mlpackage")
    weights = next(Path(f"{expected}.mlpackage").rglob("weight.bin"))
    see(f"convert({', '.join(options)}), MB", megabytes(weights), expected)

import pnnx

print("pnnx", metadata.version("pnnx"))
for options, expected in (({}, 2.0), ({"fp16": False}, 4.0)):
    with silent():
        pnnx.export(network, "network.pt", x, **options)
    see(f"export({', '.join(options)}), MB for ncnn", megabytes("network.ncnn.bin"), expected)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
