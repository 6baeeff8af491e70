"""Plain values: all that crosses between the sandbox and the trusted side, as JSON and raw buffers.

Theory of operation. A value is a JSON tree; arrays and tensors are an entry of dtype, shape and buffer number. Decoding
builds only numbers, strings, lists, tuples, dicts, arrays and tensors of the dtypes listed here: nothing is looked up
by a name that came from the other side, nothing is executed. Every size is checked before memory is taken, so that a
tree that claims 10^12 doubles costs a `ProtocolError`, not the machine.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from .caps import MAX_DEPTH, MAX_DIGITS, MAX_DIMENSIONS, MAX_ENTRIES

_ARRAY_DTYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
_TENSOR_DTYPES = {
    "bool": torch.bool,
    "uint8": torch.uint8,
    "int8": torch.int8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "float64": torch.float64,
    "complex64": torch.complex64,
    "complex128": torch.complex128,
}
_TENSOR_NAMES = {dtype: name for name, dtype in _TENSOR_DTYPES.items()}
_ARRAY_NAMES = {dtype: name for name, dtype in _ARRAY_DTYPES.items()}  # `dtype.name` is computed at each look
_NARROWER = {"g": np.dtype("float64"), "G": np.dtype("complex128")}  # of `longdouble` and `clongdouble`
_numpy = torch.Tensor.numpy  # a notebook may replace it
_AS_IT_IS = frozenset({type(None), bool, float, str})  # the same in a tree
_NUMBERS = frozenset({type(None), bool, int, float})  # of a tree, and nearly so: the same in a value


class ProtocolError(Exception):
    """The other side broke the protocol, or exceeded a cap. It ends the conversation."""


class NotPlainData(Exception):
    """A value is not plain data; `kind` names what it was."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def encode(value: Any, buffers: list[bytes], depth: int = 0) -> Any:
    """Turn a plain value into a JSON tree, appending the bytes of arrays to `buffers`.

    Strides of non-contiguous arrays and tensors are kept, since code that mishandles them must meet them.
    Raises `NotPlainData` for anything that is not plain data.
    """
    if depth > MAX_DEPTH:
        raise NotPlainData("a structure nested too deeply")
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    encoder = _ENCODERS.get(kind)
    if encoder is None:
        encoder = next((of for base, of in _ENCODERS.items() if isinstance(value, base)), None)
        if encoder is None:
            raise NotPlainData(kind.__name__)
    return encoder(value, buffers, depth)


def _encode_text(value: str, buffers: list[bytes], depth: int) -> str:
    return str(value)


def _encode_float(value: float, buffers: list[bytes], depth: int) -> float:
    return float(value)


def _encode_int(value: int, buffers: list[bytes], depth: int) -> Any:
    number = int(value)
    if abs(number) < 1 << 63:
        return number
    digits = hex(number)
    if len(digits) > MAX_DIGITS:
        raise NotPlainData("an integer of too many digits")
    return {"i": digits}


def _encode_exact(value: Fraction | Decimal, buffers: list[bytes], depth: int) -> Any:
    try:
        number = float(value)
    except OverflowError:
        raise NotPlainData(type(value).__name__) from None
    return _encode_int(int(value), buffers, depth) if number.is_integer() and value == int(value) else number


def _encode_number(value: Any, buffers: list[bytes], depth: int) -> Any:
    return _encode_array(np.asarray(value), buffers, depth)


def _encode_bytes(value: Any, buffers: list[bytes], depth: int) -> Any:
    buffers.append(bytes(value))
    return {"b": len(buffers) - 1}


def _encode_list(value: list[Any], buffers: list[bytes], depth: int) -> Any:
    return {"l": [encode(item, buffers, depth + 1) for item in value]}


def _encode_tuple(value: tuple[Any, ...], buffers: list[bytes], depth: int) -> Any:
    return {"t": [encode(item, buffers, depth + 1) for item in value]}


def _encode_dict(value: dict[Any, Any], buffers: list[bytes], depth: int) -> Any:
    if len(value) > MAX_ENTRIES:
        raise NotPlainData("a dict of too many entries")
    return {
        "d": [
            [encode(key, buffers, depth + 1), encode(item, buffers, depth + 1)] for key, item in value.items()
        ]
    }


def plain(array: np.ndarray) -> np.ndarray:
    """`array` in the machine's byte order, and in double precision if it is in a wider one: torch knows no others."""
    narrower = _NARROWER.get(array.dtype.char)
    if narrower is not None:
        return array.astype(narrower)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _encode_array(array: np.ndarray, buffers: list[bytes], depth: int) -> Any:
    array = plain(np.asarray(array))
    name = _ARRAY_NAMES.get(array.dtype)
    if name is None:
        raise NotPlainData(f"an array of dtype {array.dtype.name}")
    strides = None
    if not array.flags.c_contiguous and all(step > 0 for step in array.strides) and array.size:
        strides = [step // array.itemsize for step in array.strides]
        span = 1 + sum((n - 1) * step for n, step in zip(array.shape, strides, strict=True))
        array_bytes = np.lib.stride_tricks.as_strided(array, (span,), (array.itemsize,)).tobytes()
    else:
        array_bytes = array.tobytes()
    buffers.append(array_bytes)
    return {"a": [name, list(array.shape), strides, len(buffers) - 1]}


def _encode_tensor(tensor: torch.Tensor, buffers: list[bytes], depth: int) -> Any:
    if tensor.layout != torch.strided:
        raise NotPlainData("a sparse tensor")
    if tensor.dtype not in _TENSOR_NAMES:
        raise NotPlainData(f"a tensor of dtype {tensor.dtype}")
    name = _TENSOR_NAMES[tensor.dtype]
    known = tensor.view(torch.int16) if name == "bfloat16" else tensor  # NumPy has no bfloat16
    tree = _encode_array(_numpy(known, force=True), buffers, depth)
    return {"T": [name, *tree["a"][1:]]}


# A value of a subclass goes by the first of these that it is of: a NumPy float is a float, too.
_ENCODERS: dict[type, Callable[[Any, list[bytes], int], Any]] = {
    str: _encode_text,
    np.generic: _encode_number,
    int: _encode_int,
    float: _encode_float,
    complex: _encode_number,
    Fraction: _encode_exact,
    Decimal: _encode_exact,
    torch.Tensor: _encode_tensor,
    np.ndarray: _encode_array,
    bytes: _encode_bytes,
    bytearray: _encode_bytes,
    list: _encode_list,
    tuple: _encode_tuple,
    dict: _encode_dict,
}


def decode(tree: Any, buffers: list[bytes | None], depth: int = 0) -> Any:
    """Turn a JSON tree and its buffers back into the value. Raises `ProtocolError` for anything unexpected.

    Each buffer can be used once, so that what is built is not larger than what was sent; it is taken out of `buffers`.
    """
    if depth > MAX_DEPTH:
        raise ProtocolError("a value nested too deeply")
    form = type(tree)
    if form in _NUMBERS:
        return tree
    if form is str:
        return _text(tree)
    if form is not dict or len(tree) != 1:
        raise ProtocolError("a value of no known form")
    ((kind, content),) = tree.items()
    if kind == "i" and isinstance(content, str) and len(content) <= MAX_DIGITS:
        try:
            return int(content, 16)
        except ValueError:
            raise ProtocolError("an integer that is none") from None
    if kind == "b":
        return _buffer(content, buffers)
    if kind in ("a", "T") and isinstance(content, list) and len(content) == 4:
        return _decode_array(kind, content, buffers)
    if kind in ("l", "t") and isinstance(content, list):
        items = [item if type(item) in _NUMBERS else decode(item, buffers, depth + 1) for item in content]
        return items if kind == "l" else tuple(items)
    if kind == "d" and isinstance(content, list):
        return _decode_dict(content, buffers, depth)
    raise ProtocolError("a value of no known form")


def _text(tree: str) -> str:
    """Interned as a literal is: `mode is "train"` holds in a notebook."""
    return sys.intern(tree if tree.isascii() else tree.encode("utf-8", "replace").decode("utf-8"))


def _decode_dict(content: list[Any], buffers: list[bytes | None], depth: int) -> dict[Any, Any]:
    if len(content) > MAX_ENTRIES:
        raise ProtocolError("a dict of too many entries")
    result: dict[Any, Any] = {}
    for pair in content:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ProtocolError("a dict entry of no known form")
        key, value = pair
        if type(key) is str:
            key = _text(key)
        else:
            key = decode(key, buffers, depth + 1)
            if isinstance(key, np.ndarray) and key.ndim == 0:
                key = key.item()
            if not isinstance(key, (str, int, float, bool, type(None))):
                raise ProtocolError("a dict key that is neither text nor a number")
        result[key] = value if type(value) in _NUMBERS else decode(value, buffers, depth + 1)
    return result


def _buffer(index: Any, buffers: list[bytes | None]) -> bytes:
    if type(index) is not int or not 0 <= index < len(buffers):
        raise ProtocolError("a buffer that was not sent")
    data, buffers[index] = buffers[index], None
    if data is None:
        raise ProtocolError("a buffer that was used before")
    return data


def _decode_array(kind: str, content: list[Any], buffers: list[bytes | None]) -> Any:
    name, shape, strides, index = content
    known = _ARRAY_DTYPES if kind == "a" else _TENSOR_DTYPES
    if not isinstance(name, str) or name not in known:
        raise ProtocolError("a dtype that is not listed")
    dtype = _ARRAY_DTYPES["int16" if name == "bfloat16" else name]
    data = _buffer(index, buffers)
    if not _are_sizes(shape):
        raise ProtocolError("a shape of no known form")
    size = math.prod(shape)
    if strides is None:
        if size * dtype.itemsize != len(data):
            raise ProtocolError("an array whose bytes do not fit its shape")
        array = np.frombuffer(bytearray(data), dtype).reshape(shape)
    else:
        if not _are_sizes(strides) or len(strides) != len(shape) or size == 0:
            raise ProtocolError("strides of no known form")
        span = 1 + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
        if span * dtype.itemsize != len(data) or size > 4 * span:
            raise ProtocolError("an array whose bytes do not fit its strides")
        flat = np.frombuffer(bytearray(data), dtype)
        array = np.lib.stride_tricks.as_strided(flat, shape, [step * dtype.itemsize for step in strides])
    if kind == "a":
        return array
    tensor = torch.from_numpy(array) if array.ndim else torch.from_numpy(array.reshape(1)).reshape(())
    return tensor.view(torch.bfloat16) if name == "bfloat16" else tensor


def _are_sizes(sizes: Any) -> bool:
    return (
        isinstance(sizes, list)
        and len(sizes) <= MAX_DIMENSIONS
        and all(type(n) is int and 0 <= n < 1 << 40 for n in sizes)
    )
