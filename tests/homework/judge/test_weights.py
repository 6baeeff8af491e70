"""Files of weights as students hand them in: those of `save_weights` are read, all others get a sentence."""

from __future__ import annotations

import io
import json
import pickle
import struct

import pytest
import torch
from torch import nn

from homework.judge.weights import BadWeights, read_weights
from tests.content.source import load
from tests.homework.support import ROOT


def file_of(header: object, content: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


def entry(dtype: object = "F32", shape: object = (2,), offsets: object = (0, 8)) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


EIGHT = bytes(8)
SAVED = io.BytesIO()
torch.save({"w": torch.ones(2)}, SAVED)
MALFORMED = {
    "empty": (b"", "is empty"),
    "three bytes": (b"abc", "cut off"),
    "length of a header that is not there": (struct.pack("<Q", 1 << 40) + b"{}", "cut off"),
    "torch.save": (SAVED.getvalue(), "could contain code"),
    "pickle": (pickle.dumps({"w": [1.0] * 20}), "could contain code"),
    "no JSON": (file_of(b"{weights"), "cannot be read"),
    "a list": (file_of([1, 2]), "cannot be read"),
    "deep JSON": (file_of(b"[" * 100_000), "cannot be read"),
    "a key twice": (file_of(b'{"a": 1, "a": 2}'), "cannot be read"),
    "no tensors": (file_of({"__metadata__": {}}), "no tensors"),
    "an entry that is a number": (file_of({"w": 3}, EIGHT), "wrongly"),
    "no shape": (file_of({"w": {"dtype": "F32", "data_offsets": [0, 8]}}, EIGHT), "wrongly"),
    "a negative dimension": (file_of({"w": entry(shape=[-2])}, EIGHT), "wrongly"),
    "a size that overflows": (file_of({"w": entry(shape=[1 << 31, 1 << 31, 1 << 31])}, EIGHT), "wrongly"),
    "a fraction": (file_of({"w": entry(shape=[2.0])}, EIGHT), "wrongly"),
    "an unknown dtype": (file_of({"w": entry("F8_E4M3")}, EIGHT), "dtype"),
    "a dtype that is a list": (file_of({"w": entry([])}, EIGHT), "dtype"),
    "bytes beyond the end": (file_of({"w": entry()}, bytes(4)), "wrongly"),
    "bytes in two tensors": (file_of({"v": entry(), "w": entry()}, EIGHT), "wrongly"),
    "a gap": (file_of({"w": entry(offsets=[4, 12])}, bytes(12)), "wrongly"),
    "bytes of no tensor": (file_of({"w": entry()}, bytes(9)), "belong to no tensor"),
    "a shape that does not fit": (file_of({"w": entry(shape=[3])}, EIGHT), "wrongly"),
    "infinite values": (file_of({"w": entry()}, struct.pack("<ff", 1.0, float("inf"))), "infinite"),
    "too many tensors": (file_of({f"w{i}": entry("U8", [0], [0, 0]) for i in range(1001)}), "too many"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_gets_a_sentence(name: str) -> None:
    data, words = MALFORMED[name]
    with pytest.raises(BadWeights, match=words) as caught:
        read_weights(data, "compressed.safetensors")
    assert str(caught.value).isprintable()


def test_what_the_helper_writes_is_read(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "source" / "hw4")
    helper = load(ROOT / "source" / "hw4" / "training.py")
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5)).to(memory_format=torch.channels_last)
    model.register_buffer("levels", torch.tensor([-128, 127], dtype=torch.int8))
    path = tmp_path / "compressed.safetensors"
    helper.save_weights(model, path)
    found = read_weights(path.read_bytes(), path.name)
    assert found.keys() == model.state_dict().keys()
    for name, value in model.state_dict().items():
        assert torch.equal(found[name], value) and found[name].dtype == value.dtype, name
    helper.save_weights(model, path, half=True)
    assert read_weights(path.read_bytes(), path.name)["0.weight"].dtype == torch.float16
    again = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5))
    again.register_buffer("levels", torch.zeros(2, dtype=torch.int8))
    helper.load_weights(again, path)
    assert torch.allclose(again[0].weight, model[0].weight, atol=1e-3)
    with pytest.raises(ValueError, match="may have"):
        helper.save_weights(nn.Linear(2000, 1000), path)
