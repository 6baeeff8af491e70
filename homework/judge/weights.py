"""Files of weights that students hand in: safetensors, read with NumPy and JSON alone. Nothing in a file is executed.

The format: eight bytes with the length of the header, the header (JSON: for each tensor dtype, shape, and where its
bytes begin and end), then the bytes of all tensors, without gaps.
"""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np
import torch

_LONGEST_HEADER = 1 << 20
_LONGEST_NAME = 200
_MOST_TENSORS = 1000  # as many as an answer of the sandbox may name
_MOST_DIMENSIONS = 8
_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


class BadWeights(AssertionError):
    """A file of weights cannot be read; the text tells the student why."""


def read_weights(data: bytes, name: str) -> dict[str, torch.Tensor]:
    """The tensors in the file `name` by their names. Raises BadWeights."""
    if len(data) < 8:
        raise BadWeights(
            f"{name} is {'empty' if not data else 'cut off'}: write it again with `save_weights`."
        )
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(_LONGEST_HEADER, len(data) - 8):
        if data[:2] == b"PK" or data[:1] == b"\x80":
            raise BadWeights(
                f"{name} is a file of `torch.save` or `pickle`, which could contain code, so it was not opened: "
                "write it with `save_weights`."
            )
        raise BadWeights(
            f"{name} is not a safetensors file, or is cut off: write it again with `save_weights`."
        )
    content = memoryview(data)[8 + length :]
    entries = _header(data[8 : 8 + length], name)
    tensors, end = {}, 0
    for key, entry in sorted(entries.items(), key=lambda item: _start(item[1])):
        tensors[key], end = _tensor(key, entry, content, end, name)
    if end != len(content):
        raise BadWeights(f"{name} has bytes that belong to no tensor: write it again with `save_weights`.")
    return tensors


def _header(text: bytes, name: str) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key is there twice")
        return dict(pairs)

    try:
        entries = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        raise BadWeights(f"The header of {name} cannot be read: write the file again with `save_weights`.")
    entries.pop("__metadata__", None)
    if not entries:
        raise BadWeights(f"{name} contains no tensors: give `save_weights` your trained network.")
    if len(entries) > _MOST_TENSORS or any(len(key) > _LONGEST_NAME for key in entries):
        raise BadWeights(
            f"{name} has too many tensors (more than {_MOST_TENSORS}), or one with too long a name."
        )
    return entries


def _start(entry: Any) -> int:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    valid = isinstance(offsets, list) and len(offsets) == 2 and all(type(offset) is int for offset in offsets)
    return offsets[0] if valid else -1  # type: ignore[index]


def _tensor(key: str, entry: Any, content: memoryview, end: int, name: str) -> tuple[torch.Tensor, int]:
    """The tensor of an entry, whose bytes must begin at `end`, and where they end."""
    malformed = BadWeights(
        f"The header of {name} describes the tensor {_shown(key)} wrongly: write the file again with `save_weights`."
    )
    if (
        _start(entry) != end
        or not isinstance(shape := entry.get("shape"), list)
        or len(shape) > _MOST_DIMENSIONS
    ):
        raise malformed
    if not all(type(n) is int and 0 <= n < 1 << 32 for n in shape):
        raise malformed
    dtype = _DTYPES.get(entry.get("dtype")) if isinstance(entry.get("dtype"), str) else None
    if dtype is None:
        raise BadWeights(
            f"The tensor {_shown(key)} in {name} has a dtype that is not accepted: save it as "
            f"float32 or float16 (accepted are {', '.join(_DTYPES)})."
        )
    stop = entry["data_offsets"][1]
    if stop - end != math.prod(shape) * dtype.itemsize or stop > len(content):
        raise malformed
    flat = torch.from_numpy(np.frombuffer(bytearray(content[end:stop]), np.uint8))
    tensor = (flat.view(dtype) if len(flat) else torch.empty(0, dtype=dtype)).reshape(shape)
    if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
        raise BadWeights(
            f"The tensor {_shown(key)} in {name} has values that are infinite or not a number: "
            "training diverged (take a lower learning rate), or the file was damaged on its way."
        )
    return tensor, stop


def _shown(key: str) -> str:
    return "".join(c if c.isalnum() or c in "._-" else "?" for c in key[:60])
