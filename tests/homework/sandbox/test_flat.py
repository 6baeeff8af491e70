"""Plain data: copies, equality and keys, as both sides of the sandbox need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from homework.sandbox.inside import flat
from homework.sandbox.inside.values import NotPlainData

NAN = float("nan")
MATRIX = torch.arange(12.0).reshape(3, 4)


def nested() -> dict[str, Any]:
    """Plain data of all kinds."""
    return {
        "list": [1, 2.5, NAN, "text", None, True],
        "tuple": (torch.tensor([1.0, NAN]), np.array([[1, 2]], dtype=np.int8)),
        "bytes": b"raw",
    }


def test_a_copy_is_the_same_and_shares_nothing() -> None:
    value = nested()
    copied = flat.copy(value)
    assert flat.same(copied, value)
    assert flat.key(copied) == flat.key(value)
    value["list"].append(1)
    value["tuple"][0][0] = 7
    value["tuple"][1][0, 0] = 7
    assert flat.key(copied) == flat.key(nested())


@pytest.mark.parametrize(
    "tensor",
    [MATRIX, MATRIX.t(), MATRIX[:, ::2], MATRIX[1:], MATRIX[0].expand(2, 4), MATRIX.to(torch.bfloat16)],
)
def test_a_copied_tensor_keeps_its_strides(tensor: torch.Tensor) -> None:
    """A function that mishandles views must meet them in the reference, too."""
    copied = flat.copy([tensor])[0]
    assert copied.stride() == tensor.stride()
    assert torch.equal(copied, tensor)
    assert copied.data_ptr() != tensor.data_ptr()


def test_a_copied_array_keeps_the_order_of_its_axes() -> None:
    array = np.arange(12).reshape(3, 4).T
    copied = flat.copy(array)
    assert copied.strides == array.strides
    assert not np.shares_memory(copied, array)


def test_a_copied_tensor_is_detached() -> None:
    """Gradients do not cross, whatever the strides."""
    weights = torch.ones(2, 3, requires_grad=True)
    for tensor in (weights, weights * 2, (weights * 2).t()):
        assert not flat.copy(tensor).requires_grad


def test_what_is_not_plain_data_is_copied_deeply() -> None:
    """A generator that the reference draws from is not the test's own."""
    generator = np.random.default_rng(1)
    copied = flat.copy((generator,))[0]
    assert copied.random() == np.random.default_rng(1).random()
    assert generator.random() == np.random.default_rng(1).random()


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value["list"].append(1),
        lambda value: value["list"].__setitem__(1, 2.75),
        lambda value: value["list"].__setitem__(2, 0.0),
        lambda value: value["list"].__setitem__(3, object()),
        lambda value: value["tuple"][0].__setitem__(0, NAN),
        lambda value: value["tuple"][0].__setitem__(1, 0.0),
        lambda value: value["tuple"][0].resize_(1),
        lambda value: value["tuple"][1].__setitem__((0, 1), 3),
        lambda value: value.update(tuple=[None, None]),
        lambda value: value.update(tuple=0),
        lambda value: value.update(more=0),
        lambda value: value.update(list=value.pop("list")),
    ],
)
def test_every_change_is_noticed(change: Callable[[dict[str, Any]], None]) -> None:
    value = nested()
    before = flat.copy(value)
    change(value)
    assert not flat.same(value, before)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NAN, float("nan")),
        (0.0, -0.0),
        (1, 1.0),
        ([1], (1,)),
        (torch.tensor([NAN, 1.0]), torch.tensor([NAN, 1.0])),
        (torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.float64)),
        (np.array([NAN, 0.0]), np.array([NAN, -0.0])),
        (MATRIX.t(), MATRIX.t().contiguous()),
    ],
)
def test_equal_values_are_the_same(one: Any, other: Any) -> None:
    assert flat.same(one, other)
    assert flat.same(other, one)


def test_tensors_that_differ_in_dtype_and_values_differ() -> None:
    assert not flat.same(torch.tensor([1.0]), torch.tensor([NAN], dtype=torch.float64))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.0, -0.0),
        (1, 1.0),
        (1, True),
        ([1], (1,)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (MATRIX, MATRIX.double()),
        (MATRIX.t(), MATRIX.t().contiguous()),
        (MATRIX, MATRIX.clone().requires_grad_()),
        (MATRIX, MATRIX.numpy()),
        (MATRIX.numpy().T, MATRIX.numpy().T.copy()),
        (np.float32(1), np.float64(1)),
        (torch.tensor([0.0]), torch.tensor([-0.0])),
    ],
)
def test_a_key_tells_apart_what_a_function_could(one: Any, other: Any) -> None:
    assert flat.key(one) != flat.key(other)


@pytest.mark.parametrize("value", [NAN, MATRIX.to(torch.bfloat16), np.float32(NAN), torch.tensor([NAN])])
def test_equal_bits_have_equal_keys(value: Any) -> None:
    assert flat.key(value) == flat.key(flat.copy(value))
    assert hash(flat.key(value)) == hash(flat.key(flat.copy(value)))


@pytest.mark.parametrize(
    "value", [object(), np.array([object()]), torch.eye(2).to_sparse(), [len], {"f": len}, {1, 2}]
)
def test_what_is_not_plain_data_has_no_key(value: Any) -> None:
    with pytest.raises(NotPlainData):
        flat.key(value)
