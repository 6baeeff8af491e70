#!/usr/bin/env bash
# How five libraries choose scale and zero point, round ties and clip: the table below 1.1 of homework 3.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs each of them on valid input
# and compares with what was seen; status 1 where a library does something else. Some minutes, 1 GB of downloads; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Seen in November 2026 (x86-64, Python 3.11); sources of the behavior:
#   torch 2.13.0        https://github.com/pytorch/pytorch/blob/main/torch/ao/quantization/observer.py
#   onnxruntime 1.31.1  https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/python/tools/quantization/quant_utils.py
#                       https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html
#   torchao 0.18.0      https://github.com/pytorch/ao/blob/main/torchao/quantization/quant_primitives.py
#   brevitas 0.13.4     https://github.com/Xilinx/brevitas/blob/master/src/brevitas/quant/scaled_int.py
#   ai-edge-litert 2.3.0 https://ai.google.dev/edge/litert/models/quantization_spec
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
if ! "$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0+cpu 2>/dev/null; then
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
fi
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1 \
  torchao==0.18.0 brevitas==0.13.4 ai-edge-litert==2.3.0 flatbuffers==25.12.19
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import numpy as np
import torch

failures = 0
TIES = [0.5, 1.5, 2.5, -0.5, -1.5]
TO_EVEN = [0, 2, 2, 0, -2]


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    same = np.allclose(np.asarray(found, dtype=float), np.asarray(expected, dtype=float), rtol=1e-6, atol=1e-12)
    failures += not same
    print(f"{'as before' if same else 'CHANGED  '}  {what}: {found}" + ("" if same else f", was {expected}"))


def version(package):
    print(f"\n{package} {metadata.version(package)}")


version("torch")
from torch.ao.quantization import MinMaxObserver

for scheme, name, expected in (
    (torch.per_tensor_affine, "affine", ([3 / 255, -128], [3 / 255, -43], [2.0**-23, -128])),
    (torch.per_tensor_symmetric, "symmetric", ([3 / 127.5, 0], [2 / 127.5, 0], [2.0**-23, 0])),
):
    for values, parameters in zip(([1.0, 3.0], [-1.0, 2.0], [0.0, 0.0]), expected):
        observer = MinMaxObserver(dtype=torch.qint8, qscheme=scheme)
        observer(torch.tensor(values))
        scale, zero_point = observer.calculate_qparams()
        see(f"{name}, scale and zero point of {values}", [float(scale), int(zero_point)], parameters)
see("ties", torch.quantize_per_tensor(torch.tensor(TIES), 1.0, 0, torch.qint8).int_repr().tolist(), TO_EVEN)
x = torch.tensor([-129.0, -128.4, 0.0, 127.4, 129.0], requires_grad=True)
torch.fake_quantize_per_tensor_affine(x, 1.0, 0, -128, 127).sum().backward()
see("gradient at -129, -128.4, 0, 127.4, 129", x.grad.tolist(), [0, 1, 1, 1, 0])

version("onnxruntime")
import onnxruntime
from onnx import TensorProto, helper
from onnxruntime.quantization.quant_utils import compute_scale_zp

for low, high, expected in ((1, 3, [3 / 255, -128]), (-1, 2, [3 / 255, -43]), (0, 0, [1, 0])):
    zero_point, scale = compute_scale_zp(np.float32(low), np.float32(high), np.array(-128), np.array(127), False)
    see(f"affine, scale and zero point of {low} to {high}", [float(scale), int(zero_point)], expected)
graph = helper.make_graph(
    [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"])],
    "quantize",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [7])],
    [helper.make_tensor_value_info("y", TensorProto.INT8, [7])],
    [helper.make_tensor("s", TensorProto.FLOAT, [], [1.0]), helper.make_tensor("z", TensorProto.INT8, [], [0])],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
model.ir_version = 8
session = onnxruntime.InferenceSession(model.SerializeToString())
levels = session.run(None, {"x": np.array([*TIES, 300, -300], dtype=np.float32)})[0]
see("QuantizeLinear, ties and saturation", levels.tolist(), [*TO_EVEN, 127, -128])

version("torchao")
from torchao.quantization import Int8WeightOnlyConfig, quantize_

layer = torch.nn.Sequential(torch.nn.Linear(6, 2, bias=False))
layer[0].weight.data = torch.tensor([[127.5, *TIES], [-3.0, 1.0, 0.5, 0.25, -1.0, 0.0]])
quantize_(layer, Int8WeightOnlyConfig())
weight = layer[0].weight
see("scales of two rows, max|w| / 127.5", weight.scale.flatten().tolist(), [1.0, 3 / 127.5])
see("zero points", weight.zero_point.flatten().tolist(), [0, 0])
see("ties", weight.qdata[0, 1:].tolist(), TO_EVEN)
see("largest weight of either sign", [int(weight.qdata[0, 0]), int(weight.qdata[1, 0])], [127, -128])

version("brevitas")
import brevitas.nn as qnn
from brevitas.quant import Int8ActPerTensorFloat, Int8WeightPerTensorFloat

layer = qnn.QuantLinear(6, 2, bias=False, weight_quant=Int8WeightPerTensorFloat)
layer.weight.data = torch.tensor([[-127.0, *TIES], [3.0, 1.0, 0.5, 0.25, -1.0, 0.0]])
weight = layer.quant_weight()
see("scale of weights up to 127, max|w| / 127", float(weight.scale), 1.0)
see("zero point", float(weight.zero_point), 0)
see("ties", weight.int()[0, 1:].tolist(), TO_EVEN)
see("lowest level", int(weight.int()[0, 0]), -127)
activations = qnn.QuantIdentity(act_quant=Int8ActPerTensorFloat, return_quant_tensor=True)
activations.train()
out = activations(torch.linspace(-2.0, 2.0, 101))
see("activations: scale times 128, over the largest value", float(out.scale) * 128 / 2.0, 1.0)

version("ai-edge-litert")
import flatbuffers
from ai_edge_litert.interpreter import Interpreter


def quantize_model(size, scale, zero_point):
    """A LiteRT model of one operator, QUANTIZE from float32 to int8."""
    b = flatbuffers.Builder(1024)

    def vector(start, values, prepend):
        b.StartVector(start, len(values), start)
        for value in reversed(values):
            prepend(value)
        return b.EndVector()

    def ints(values):
        return vector(4, values, b.PrependInt32)

    def offsets(values):
        return vector(4, values, b.PrependUOffsetTRelative)

    def table(*fields):
        b.StartObject(len(fields))
        for slot, field in enumerate(fields):
            if field is not None:
                kind, value = field
                getattr(b, f"Prepend{kind}Slot")(slot, value, 0)
        return b.EndObject()

    def tensor(name, kind, quantization=None):
        name, shape = b.CreateString(name), ints([size])
        quantization = ("UOffsetTRelative", quantization) if quantization is not None else None
        return table(("UOffsetTRelative", shape), ("Int8", kind), ("Uint32", 0), ("UOffsetTRelative", name), quantization)

    scales, zero_points = vector(4, [scale], b.PrependFloat32), vector(8, [zero_point], b.PrependInt64)
    parameters = table(None, None, ("UOffsetTRelative", scales), ("UOffsetTRelative", zero_points))
    tensors = offsets([tensor("x", 0), tensor("q", 9, parameters)])  # FLOAT32, INT8
    inputs, outputs = ints([0]), ints([1])
    operator = offsets([table(("Uint32", 0), ("UOffsetTRelative", inputs), ("UOffsetTRelative", outputs))])
    graph = table(*(("UOffsetTRelative", part) for part in (tensors, inputs, outputs, operator)))
    code = table(("Int8", 114), None, ("Int32", 1), ("Int32", 114))  # QUANTIZE
    codes, graphs, buffers = offsets([code]), offsets([graph]), offsets([table()])
    kind = "UOffsetTRelative"
    b.Finish(table(("Uint32", 3), (kind, codes), (kind, graphs), None, (kind, buffers)), b"TFL3")
    return bytes(b.Output())


interpreter = Interpreter(model_content=quantize_model(7, 1.0, 0))
interpreter.allocate_tensors()
interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.array([*TIES, 300, -300], dtype=np.float32))
interpreter.invoke()
levels = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
see("QUANTIZE with the default delegate, ties and saturation", levels.tolist(), [*TO_EVEN, 127, -128])

sys.exit(1 if failures else 0)
PYTHON
