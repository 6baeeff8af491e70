"""The bank of attacks of networks: each folder of `attacks/models/` is one network that is handed in with its weights.

models/<name>/attack.py       `make(source, weights, pack)`: the content of the solution cell, and of the file. They come
                              from the reference's source and weights; `pack` writes tensors as safetensors
models/<name>/expected.toml   `what` it tries, and under `expected` what must come of it: the network is `refused` with a
                              sentence that has these words, or it is counted, with so many `parameters` or `macs` at
                              the least; `points` that it may have, if more than those below

A network that is refused keeps the points of the first two steps and of the history of its training, which have nothing
to do with it.
"""

from __future__ import annotations

import importlib.util
import json
import struct
import tomllib
from dataclasses import dataclass
from pathlib import Path

import torch

FOLDER = Path(__file__).parent / "models"
EXERCISE, FILE = "CompressedCNN", "compressed.safetensors"
POINTS_OF_STEPS = 7  # and of the history
_DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.int64: "I64"}


@dataclass(frozen=True)
class ModelAttack:
    """One attack. `refused`: words of the sentence, None for a network that is counted."""

    name: str
    what: str
    refused: str | None
    parameters: int
    macs: int
    points: float

    def hand_in(self, source: str, weights: dict[str, torch.Tensor]) -> tuple[str, bytes]:
        """The content of the solution cell, and of the file."""
        spec = importlib.util.spec_from_file_location(f"model_{self.name}", FOLDER / self.name / "attack.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        code, data = module.make(source, dict(weights), pack)
        return code, data


def load() -> list[ModelAttack]:
    """All attacks, by name."""
    attacks = []
    for path in sorted(FOLDER.glob("*/expected.toml")):
        text = tomllib.loads(path.read_text())
        expected = text["expected"]
        counts = (int(expected.get(name, 0)) for name in ("parameters", "macs"))
        points = float(expected.get("points", POINTS_OF_STEPS))
        attacks.append(ModelAttack(path.parent.name, text["what"], expected.get("refused"), *counts, points))
    return attacks


def pack(tensors: dict[str, torch.Tensor]) -> bytes:
    """Tensors as safetensors."""
    header, content = {}, b""
    for name, tensor in tensors.items():
        data = tensor.contiguous().numpy().tobytes()
        ends = [len(content), len(content) + len(data)]
        header[name] = {"dtype": _DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": ends}
        content += data
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content
