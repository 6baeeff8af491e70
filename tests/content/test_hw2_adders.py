"""The references of hw2's section on AdderNet against the world.

Each is compared with something that shares no code with it: the sums of the formulas written as loops over Python numbers,
numbers that count what is done with them, random layers, the authors' published code. Then what must hold for every input.
The surrogate gradients are not the derivative of the forward pass, so none of this differentiates numerically.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from homework.reference import reference

operation_counts = reference("operation_counts")
adder2d_forward = reference("adder2d_forward")
adder2d_gradients = reference("adder2d_gradients")
adder_output_variance = reference("adder_output_variance")
adaptive_lr = reference("adaptive_lr")

property_test = settings(deadline=None, derandomize=True, max_examples=40)


@st.composite
def layers(draw: st.DrawFn, largest_padding: int = 3) -> dict[str, Any]:
    """An adder layer with its input and an upstream gradient, in float64, of any fitting sizes."""
    N, C, filters = (draw(st.integers(1, 3)) for _ in range(3))
    kh, kw = (draw(st.integers(1, 4)) for _ in range(2))
    stride, padding = draw(st.integers(1, 4)), draw(st.integers(0, largest_padding))
    H, width = (draw(st.integers(max(1, k - 2 * padding), 8)) for k in (kh, kw))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))

    def tensor(*shape: int) -> torch.Tensor:
        return torch.from_numpy(generator.normal(0, draw(st.sampled_from((0.3, 1.0, 4.0))), shape))

    rows, columns = (H + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1
    return {
        "X": tensor(N, C, H, width),
        "W": tensor(filters, C, kh, kw),
        "dY": tensor(N, filters, rows, columns),
        "options": {"stride": stride, "padding": padding},
    }


def meetings(layer: dict[str, Any]) -> Any:
    """Every meeting of an input value with a weight: their indices, the output's, and the two numbers.

    The input's index is None for a padded zero.
    """
    X, W = layer["X"].tolist(), layer["W"].tolist()
    (N, C, H, width), (filters, _, kh, kw) = layer["X"].shape, layer["W"].shape
    stride, padding = layer["options"]["stride"], layer["options"]["padding"]
    rows, columns = layer["dY"].shape[2:]
    for n, f, i, j, c, a, b in product(*map(range, (N, filters, rows, columns, C, kh, kw))):
        p, q = i * stride + a - padding, j * stride + b - padding
        inside = 0 <= p < H and 0 <= q < width
        x = X[n][c][p][q] if inside else 0.0
        yield (n, f, i, j), (n, c, p, q) if inside else None, (f, c, a, b), x, W[f][c][a][b]


# ------------------------------------------------------------------------------------- operation counts


class Counted:
    """A number that counts the multiplications and additions it takes part in; |x| and -x are free."""

    counts: ClassVar[dict[str, int]] = {"mul": 0, "add": 0}

    def __init__(self, value: float) -> None:
        self.value = value

    def __mul__(self, other: Counted) -> Counted:
        self.counts["mul"] += 1
        return Counted(self.value * other.value)

    def __add__(self, other: Counted) -> Counted:
        self.counts["add"] += 1
        return Counted(self.value + other.value)

    def __sub__(self, other: Counted) -> Counted:
        self.counts["add"] += 1
        return Counted(self.value - other.value)

    def __abs__(self) -> Counted:
        return Counted(abs(self.value))

    def __neg__(self) -> Counted:
        return Counted(-self.value)


@pytest.mark.parametrize(("kernel_size", "c_in"), [(1, 1), (1, 5), (3, 1), (2, 3), (3, 16), (7, 3)])
def test_operation_counts_are_what_numbers_count(kernel_size: int, c_in: int) -> None:
    n = kernel_size**2 * c_in
    x, w = [Counted(0.5 * i - 3) for i in range(n)], [Counted(1 - 0.25 * i) for i in range(n)]

    def counted(terms: Any, last: Any) -> dict[str, int]:
        Counted.counts = {"mul": 0, "add": 0}
        total, *others = terms
        for term in others:
            total = total + term
        last(total)
        return Counted.counts

    conv = counted((a * b for a, b in zip(x, w, strict=True)), lambda total: total)
    adder = counted((abs(a - b) for a, b in zip(x, w, strict=True)), lambda total: -total)
    assert operation_counts(kernel_size, c_in) == {"conv": conv, "adder": adder}


@property_test
@given(st.integers(1, 20), st.integers(1, 300))
def test_operation_counts_balance(kernel_size: int, c_in: int) -> None:
    """Every multiplication of the convolution is a subtraction in the adder layer; counts are whole numbers."""
    counts = operation_counts(kernel_size, c_in)
    conv, adder = counts["conv"], counts["adder"]
    assert adder["add"] + adder["mul"] == conv["add"] + conv["mul"]
    assert all(type(count) is int for layer in counts.values() for count in layer.values())


# ------------------------------------------------------------------------------------- forward pass


@property_test
@given(layers())
def test_forward_is_the_loop(layer: dict[str, Any]) -> None:
    expected = torch.zeros_like(layer["dY"])
    for output, _, _, x, w in meetings(layer):
        expected[output] -= abs(x - w)
    Y = adder2d_forward(layer["X"], layer["W"], **layer["options"])
    assert Y.shape == expected.shape
    torch.testing.assert_close(Y, expected, rtol=1e-12, atol=1e-12)


@property_test
@given(layers(largest_padding=0), st.floats(-3, 3), st.floats(-3, 3))
def test_forward_sees_differences_alone(layer: dict[str, Any], shift: float, scale: float) -> None:
    """It is never positive, unchanged when X and W shift together, and grows with the size of a common factor."""
    X, W, options = layer["X"], layer["W"], layer["options"]
    Y = adder2d_forward(X, W, **options)
    assert (Y <= 0).all()
    torch.testing.assert_close(adder2d_forward(X + shift, W + shift, **options), Y, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(
        adder2d_forward(scale * X, scale * W, **options), abs(scale) * Y, rtol=1e-9, atol=1e-9
    )


@property_test
@given(layers())
def test_forward_is_largest_where_the_filter_is_the_window(layer: dict[str, Any]) -> None:
    X, W, options = layer["X"], layer["W"].clone(), layer["options"]
    padded = torch.nn.functional.pad(X, (options["padding"],) * 4)
    W[0] = padded[0, :, : W.shape[2], : W.shape[3]]
    Y = adder2d_forward(X, W, **options)
    assert Y[0, 0, 0, 0] == 0
    assert Y.argmax() == 0 or Y.max() == 0


@property_test
@given(layers())
def test_forward_moves_with_its_input(layer: dict[str, Any]) -> None:
    """Without the first `stride` rows of the padded input the output lacks its first row."""
    X, W, stride = layer["X"], layer["W"], layer["options"]["stride"]
    padded = torch.nn.functional.pad(X, (layer["options"]["padding"],) * 4)
    Y = adder2d_forward(X, W, **layer["options"])
    torch.testing.assert_close(adder2d_forward(padded, W, stride=stride), Y)
    if Y.shape[2] > 1:
        torch.testing.assert_close(adder2d_forward(padded[:, :, stride:], W, stride=stride), Y[:, :, 1:])
    if Y.shape[3] > 1:
        torch.testing.assert_close(adder2d_forward(padded[..., stride:], W, stride=stride), Y[..., 1:])


@property_test
@given(layers(), st.sampled_from((torch.float32, torch.float64)))
def test_forward_works_image_by_image_and_filter_by_filter(layer: dict[str, Any], dtype: torch.dtype) -> None:
    X, W, options = layer["X"].to(dtype), layer["W"].to(dtype), layer["options"]
    Y = adder2d_forward(X, W, **options)
    assert Y.dtype == dtype
    apart = [torch.cat([adder2d_forward(x[None], w[None], **options) for w in W], 1) for x in X]
    torch.testing.assert_close(torch.cat(apart), Y)


# ------------------------------------------------------------------------------------- surrogate gradients


@property_test
@given(layers())
def test_gradients_are_the_loop(layer: dict[str, Any]) -> None:
    dX, dW, dY = torch.zeros_like(layer["X"]), torch.zeros_like(layer["W"]), layer["dY"].tolist()
    for (n, f, i, j), place, weight, x, w in meetings(layer):
        dW[weight] += (x - w) * dY[n][f][i][j]
        if place is not None:
            dX[place] += max(-1.0, min(1.0, w - x)) * dY[n][f][i][j]
    found = adder2d_gradients(layer["X"], layer["W"], layer["dY"], **layer["options"])
    for mine, expected in zip(found, (dX, dW), strict=True):
        assert mine.shape == expected.shape
        torch.testing.assert_close(mine, expected, rtol=1e-10, atol=1e-10)


@property_test
@given(layers(), st.floats(-3, 3))
def test_gradients_are_linear_in_the_upstream_gradient(layer: dict[str, Any], factor: float) -> None:
    X, W, dY, options = layer["X"], layer["W"], layer["dY"], layer["options"]
    other = torch.cos(torch.arange(dY.numel(), dtype=dY.dtype)).reshape(dY.shape)
    together = adder2d_gradients(X, W, factor * dY + other, **options)
    apart = zip(
        adder2d_gradients(X, W, dY, **options), adder2d_gradients(X, W, other, **options), strict=True
    )
    for mine, (first, second) in zip(together, apart, strict=True):
        torch.testing.assert_close(mine, factor * first + second, rtol=1e-9, atol=1e-9)


@property_test
@given(layers())
def test_input_gradient_is_bounded_and_weight_gradient_is_not(layer: dict[str, Any]) -> None:
    """|dX| is at most what dY gives through the windows; a hundred times farther apart, dW is a hundred times as large."""
    X, W, dY, options = layer["X"], layer["W"], layer["dY"], layer["options"]
    dX, dW = adder2d_gradients(X, W, dY, **options)
    most = torch.nn.functional.conv_transpose2d(
        dY.abs().sum(1, keepdim=True),
        torch.ones(1, 1, *W.shape[2:], dtype=dY.dtype),
        stride=options["stride"],
    )
    rows, columns = (options["padding"] + size for size in X.shape[2:])
    room = torch.zeros(len(X), 1, rows + options["padding"], columns + options["padding"], dtype=X.dtype)
    room[:, :, : most.shape[2], : most.shape[3]] = most
    bound = room[:, :, options["padding"] : rows, options["padding"] : columns]
    assert (dX.abs() <= bound + 1e-12).all()
    far = adder2d_gradients(100 * X, 100 * W, dY, **options)
    torch.testing.assert_close(far[1], 100 * dW, rtol=1e-9, atol=1e-9)
    assert (far[0].abs() <= bound + 1e-12).all()


@property_test
@given(layers())
def test_surrogates_point_where_the_derivative_points(layer: dict[str, Any]) -> None:
    """At a single window they have the signs of the derivative that autograd finds for the forward pass."""
    W = layer["W"][:1]
    X = (torch.arange(W.numel(), dtype=W.dtype).reshape(W.shape).sin() * 2).requires_grad_()
    W = W.clone().requires_grad_()
    adder2d_forward(X, W).sum().backward()
    dX, dW = adder2d_gradients(X.detach(), W.detach(), torch.ones(1, 1, 1, 1, dtype=W.dtype))
    assert X.grad is not None and W.grad is not None
    assert torch.equal(dX.sign(), X.grad)
    assert torch.equal(dW.sign(), W.grad)


# ------------------------------------------------------------------------------------- variance


@pytest.mark.parametrize(
    ("kernel_size", "c_in", "var_x", "var_w"),
    [(1, 1, 1.0, 1.0), (3, 2, 4.0, 0.25), (2, 5, 0.5, 0.0), (1, 7, 0.0, 3.0), (3, 16, 1.0, 1.0)],
)
def test_variance_is_what_random_layers_show(kernel_size: int, c_in: int, var_x: float, var_w: float) -> None:
    """Within five standard errors of the sample variance, whose own variance is (m4 - var²) / samples."""
    samples, terms = 40_000, kernel_size**2 * c_in
    generator = np.random.default_rng(20)
    x = generator.normal(0, math.sqrt(var_x), (samples, terms))
    w = generator.normal(0, math.sqrt(var_w), (samples, terms))
    y = -np.abs(x - w).sum(1)
    measured, fourth = y.var(ddof=1), ((y - y.mean()) ** 4).mean()
    error = math.sqrt((fourth - measured**2) / samples)
    assert error < 0.01 * measured  # so that 5 % are seen
    assert abs(adder_output_variance(kernel_size, c_in, var_x, var_w) - measured) < 5 * error


@property_test
@given(st.integers(1, 11), st.integers(1, 512), st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0.1, 10))
def test_variance_scales(kernel_size: int, c_in: int, var_x: float, var_w: float, scale: float) -> None:
    """Symmetric in X and W, proportional to a common factor and to the number of terms, never above that of X - W."""
    variance = adder_output_variance(kernel_size, c_in, var_x, var_w)
    assert variance == pytest.approx(adder_output_variance(kernel_size, c_in, var_w, var_x))
    assert scale * variance == pytest.approx(
        adder_output_variance(kernel_size, c_in, scale * var_x, scale * var_w)
    )
    assert variance == pytest.approx(kernel_size**2 * adder_output_variance(1, c_in, var_x, var_w))
    assert 0 <= variance <= kernel_size**2 * c_in * (var_x + var_w)


# ------------------------------------------------------------------------------------- adaptive rate


@st.composite
def gradients(draw: st.DrawFn) -> np.ndarray:
    """A layer's gradient of one to four dimensions, tiny or huge."""
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    size = 10.0 ** draw(st.integers(-9, 6))
    return np.random.default_rng(draw(st.integers(0, 2**32))).normal(0, size, shape)


def published(grad: np.ndarray) -> np.ndarray:
    """The weights' step in the authors' adder.py (huawei-noah/AdderNet): their eta is 1/5."""
    grad_W_col = torch.from_numpy(grad).reshape(len(grad), -1)
    step = grad_W_col / grad_W_col.norm(p=2).clamp(min=1e-12)
    return (step * math.sqrt(grad_W_col.size(1) * grad_W_col.size(0)) / 5).reshape(grad.shape).numpy()


@property_test
@given(gradients())
def test_adaptive_rate_is_the_authors(grad: np.ndarray) -> None:
    np.testing.assert_allclose(adaptive_lr(grad, 0.2), published(grad), rtol=1e-12)
    for tiny in (0 * grad, 1e-30 * grad, grad / np.linalg.norm(grad) * 3e-13):
        np.testing.assert_allclose(adaptive_lr(tiny, 0.2), published(tiny), rtol=1e-12)


@property_test
@given(gradients(), st.floats(1e-3, 10), st.floats(1e-2, 1e3))
def test_adaptive_step_has_one_length(grad: np.ndarray, eta: float, factor: float) -> None:
    """Its root mean square is eta whatever the gradient's length; it turns with the gradient and has its shape."""
    step = adaptive_lr(grad, eta)
    assert step.shape == grad.shape
    assert math.sqrt((step**2).mean()) == pytest.approx(eta)
    np.testing.assert_allclose(adaptive_lr(factor * grad, eta), step, rtol=1e-9)
    np.testing.assert_allclose(adaptive_lr(-grad, eta), -step, rtol=1e-12)
    np.testing.assert_allclose(adaptive_lr(np.flip(grad), eta), np.flip(step), rtol=1e-12)
    assert (step * grad >= 0).all()
    assert not adaptive_lr(0 * grad, eta).any()
