"""The references of hw3's part on quantization against the world, and what its statement says of libraries.

PyTorch's own observer, quantizer and fake quantization are asked where their conventions are the course's; then what must
hold for every input. What other packages do is in findings/quantization-conventions.sh, since they are no dependencies.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from homework.course import Course
from homework.judge.draw import Draw
from homework.reference import reference
from tests.content.source import Source
from tests.homework.support import ROOT

linear_quantize = reference("linear_quantize")
quantize = reference("quantize")
dequantize = reference("dequantize")
FakeQuantize = reference("FakeQuantize")

property_test = settings(deadline=None, derandomize=True, max_examples=100)
VALUES = hnp.arrays(
    np.float64,
    hnp.array_shapes(max_dims=3, max_side=6),
    elements=st.floats(-1000, 1000).map(lambda value: round(value, 3)),
)


def limits(bits: int) -> tuple[int, int]:
    """The outermost levels."""
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def observed(x: np.ndarray, bits: int, scheme: torch.qscheme) -> tuple[float, int]:
    """Scale and zero point that PyTorch's observer chooses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated, and will be for long
        from torch.ao.quantization import MinMaxObserver

        lo, hi = limits(bits)
        observer = MinMaxObserver(dtype=torch.qint8, qscheme=scheme, quant_min=lo, quant_max=hi)
    observer(torch.from_numpy(x))
    scale, zero_point = observer.calculate_qparams()
    return float(scale), int(zero_point)


def kernel(x: np.ndarray, scale: float, zero_point: int) -> np.ndarray:
    """Levels that PyTorch's quantized tensors hold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated as well
        tensor = torch.quantize_per_tensor(torch.from_numpy(x), scale, zero_point, torch.qint8)
        levels: np.ndarray = tensor.int_repr().numpy()
    return levels


@pytest.mark.parametrize("bits", [2, 3, 5, 8])
@pytest.mark.parametrize("shift", [-9.0, -0.3, 0.0, 0.4, 7.0])
def test_parameters_and_levels_are_those_of_pytorch(bits: int, shift: float) -> None:
    x = np.random.default_rng(590).normal(shift, 1.3, (7, 11)).astype(np.float32)
    q, scale, zero_point = linear_quantize(x, bits)
    theirs, their_zero_point = observed(x, bits, torch.per_tensor_affine)
    assert scale == pytest.approx(theirs, rel=1e-6)
    assert zero_point == their_zero_point
    lo, hi = limits(bits)
    faked = torch.fake_quantize_per_tensor_affine(torch.from_numpy(x), scale, zero_point, lo, hi)
    assert np.allclose(dequantize(q, scale, zero_point), faked.numpy(), atol=1e-5)
    assert np.array_equal(quantize(x, scale, zero_point), kernel(x, scale, zero_point))


def test_what_the_statement_says_of_pytorch() -> None:
    """The rows of PyTorch in the table below 1.1."""
    for x in ([1.0, 3.0], [-1.0, 2.0]):
        values = np.array(x, dtype=np.float32)
        width = max(values.max(), 0) - min(values.min(), 0)
        assert observed(values, 8, torch.per_tensor_affine)[0] == pytest.approx(width / 255)
        symmetric = np.abs(values).max() / 127.5
        assert observed(values, 8, torch.per_tensor_symmetric) == (pytest.approx(symmetric), 0)
    zeros = observed(np.zeros(2, dtype=np.float32), 8, torch.per_tensor_affine)
    assert zeros[0] == np.finfo(np.float32).eps == pytest.approx(1.19e-7, rel=0.01)
    ties = np.array([0.5, 1.5, 2.5, -0.5, -1.5], dtype=np.float32)
    assert kernel(ties, 1.0, 0).tolist() == [0, 2, 2, 0, -2]
    assert kernel(np.array([300, -300], dtype=np.float32), 1.0, 0).tolist() == [127, -128]
    assert "at least 1.19 · 10⁻⁷" in Source(Course(ROOT).assignment("hw3")).text("libraries")


def test_every_library_of_the_statement_was_run() -> None:
    """Each row of the table below 1.1 names a version that the finding installs and looks at."""
    finding = (ROOT / "findings" / "quantization-conventions.sh").read_text()
    packages = {
        "PyTorch": "torch",
        "ONNX Runtime": "onnxruntime",
        "torchao": "torchao",
        "brevitas": "brevitas",
        "LiteRT": "ai-edge-litert",
    }
    text = Source(Course(ROOT).assignment("hw3")).text("libraries")
    rows = re.findall(r"^\| ([A-Za-z ]+) ([\d.]+), ", text, re.MULTILINE)
    assert {name for name, _ in rows} == packages.keys()
    for name, version in rows:
        assert f"{packages[name]}=={version}." in finding, name
        assert f'version("{packages[name]}")' in finding, name


@pytest.mark.parametrize(("bits", "zero_point"), [(3, 1), (4, -8), (5, 15), (8, -40)])
def test_gradient_is_pytorch_s_away_from_the_ends(bits: int, zero_point: int) -> None:
    """Theirs passes up to half a step beyond the outermost levels: the formula that the statement prints."""
    lo, hi = limits(bits)
    steps = torch.arange(lo - 9, hi + 10, dtype=torch.float64) - zero_point
    x = torch.cat([steps - 0.4, steps, steps + 0.4]) * 0.3
    upstream = torch.linspace(-3, 3, len(x), dtype=torch.float64)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    y = FakeQuantize.apply(ours, 0.3, zero_point, bits)
    z = torch.fake_quantize_per_tensor_affine(theirs, 0.3, zero_point, lo, hi)
    assert torch.allclose(y, z)
    (dy,), (dz,) = torch.autograd.grad(y, ours, upstream), torch.autograd.grad(z, theirs, upstream)
    assert torch.allclose(dy, dz)


@given(x=VALUES, bits=st.integers(2, 8))
@property_test
def test_every_value_comes_back_within_a_step(x: np.ndarray, bits: int) -> None:
    before = x.copy()
    q, scale, zero_point = linear_quantize(x, bits)
    lo, hi = limits(bits)
    assert type(zero_point) is int and lo <= zero_point <= hi
    assert q.shape == x.shape and q.min() >= lo and q.max() <= hi
    assert np.isfinite(scale) and scale > 0
    back = dequantize(q, scale, zero_point)
    assert np.abs(back - x).max() <= scale * (1 + 1e-9), "two roundings, half a step each"
    assert (back[x == 0] == 0).all(), "0 is a level"
    assert np.array_equal(x, before)
    assert np.array_equal(quantize(x, scale, zero_point, bits), q)


@given(q=hnp.arrays(np.int8, hnp.array_shapes(max_dims=2)), zero_point=st.integers(-128, 127))
@property_test
def test_levels_survive_the_way_there_and_back(q: np.ndarray, zero_point: int) -> None:
    assert np.array_equal(quantize(dequantize(q, 0.37, zero_point), 0.37, zero_point), q)


def test_no_hidden_input_is_near_a_tie() -> None:
    """Of values and zero points, whatever the course's secret."""
    tree = ast.parse((ROOT / "tests" / "hw3" / "test_linear_quantize.py").read_text())
    tree.body = [node for node in tree.body if not getattr(node, "decorator_list", None)]  # inputs, not tests
    tests: dict[str, Any] = {}
    exec(compile(tree, "test_linear_quantize.py", "exec"), tests)
    for seed in range(200):
        rng = Draw(seed)
        bits = 2 + seed % 7
        lo, hi = limits(bits)
        inner = int(rng.integers(lo + 1, hi)) if bits > 2 else 0
        x = tests["values"](rng, (19,), bits, 0.6, inner, (-0.3, -0.1, 0.2, 0.3)[seed % 4])
        for values in (
            x,
            tests["one_sided"](rng, (19,), 8, 0.031, 1),
            tests["one_sided"](rng, (19,), 8, 0.031, -1),
        ):
            width = 8 if values is not x else bits
            m, M = min(values.min(), 0.0), max(values.max(), 0.0)
            scale = (M - m) / (2**width - 1)
            steps = np.append(values / scale, limits(width)[0] - m / scale)
            assert np.abs(np.abs(steps - np.floor(steps)) - 0.5).min() > 0.1
            assert abs(M + m) > 0.1 * scale, "no symmetric range"
