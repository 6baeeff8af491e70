"""Training the networks of homework 4, and keeping their weights in a file that holds nothing but numbers.

It contains no answers. You may read it and use it; grading uses the original, whatever you change here.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import torch
import torch.nn.functional as F
from pictures import SHAPES, show_progress
from torch import nn

DATA = Path(__file__).with_name("data")  # weights that we trained, and the history of their training
LARGEST = 4_000_000  # bytes of a file of weights
_DTYPES = {
    "F32": torch.float32,
    "F16": torch.float16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "I32": torch.int32,
    "I64": torch.int64,
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


def he_initialize(model: nn.Module) -> nn.Module:
    """Draw all weights with the variance 2 / inputs of He et al. (2015), set all biases to 0, and return the model.

    PyTorch's default draws them with a sixth of that variance, so that signals fade from layer to layer. The weights of
    the layer to the ten classes are ten times smaller, so that the first logits are near 0: poolings and dropout make
    signals larger, and otherwise the first epoch goes into unlearning large random logits.
    """
    for layer in model.modules():
        if type(layer) in (nn.Conv2d, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if type(layer) is nn.Linear and layer.out_features == len(SHAPES):
                layer.weight.data *= 0.1
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model


@torch.no_grad()
def evaluate(model: nn.Module, pictures: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Loss (cross-entropy) and accuracy in evaluation mode; the model's mode is as before."""
    mode_before = model.training
    model.eval()
    logits = torch.cat([model(part) for part in pictures.split(250)])
    model.train(mode_before)
    return F.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).double().mean().item()


def train(
    model: nn.Module,
    training: tuple[torch.Tensor, torch.Tensor],
    validation: tuple[torch.Tensor, torch.Tensor],
    epochs: int,
    lr: float = 2e-3,
    batch: int = 32,
    seed: int = 0,
    checkpoint: str | Path | None = None,
) -> dict[str, list[float]]:
    """Train `model` with AdamW; the learning rate rises to `lr` in a fifth of the epochs and falls to 0 in the others.

    Returns the history.

    The history has four lists with one number for each epoch: train_loss and train_accuracy over the epoch's batches,
    val_loss and val_accuracy after it. `checkpoint` names a file that is written after each epoch. If it is there
    already, training goes on where it stopped; delete it to start anew.
    """
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    pictures, labels = training
    steps = math.ceil(len(pictures) / batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, lr, total_steps=epochs * steps, pct_start=0.2, cycle_momentum=False
    )
    history: dict[str, list[float]] = {
        name: [] for name in ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
    }
    file = Path(checkpoint) if checkpoint else None
    if file and file.is_file():
        saved = torch.load(file, weights_only=True)
        if saved["epochs"] != epochs:
            raise ValueError(
                f"{file} was written by a run of {saved['epochs']} epochs: delete it, or choose another name."
            )
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        history = saved["history"]
    for epoch in range(len(history["val_loss"]), epochs):
        generator = torch.Generator().manual_seed(1000 * seed + epoch)
        torch.manual_seed(1000 * seed + epoch)  # of dropout
        model.train()
        loss_sum, right = 0.0, 0
        for step, rows in enumerate(torch.randperm(len(pictures), generator=generator).split(batch), 1):
            optimizer.zero_grad()
            logits = model(pictures[rows])
            loss = F.cross_entropy(logits, labels[rows])
            loss.backward()
            optimizer.step()
            schedule.step()
            loss_sum += loss.item() * len(rows)
            right += int((logits.argmax(1) == labels[rows]).sum())
            show_progress(f"epoch {epoch + 1} of {epochs}", step, steps)
        val_loss, val_accuracy = evaluate(model, *validation)
        history["train_loss"].append(round(loss_sum / len(pictures), 4))
        history["train_accuracy"].append(round(right / len(pictures), 4))
        history["val_loss"].append(round(val_loss, 4))
        history["val_accuracy"].append(round(val_accuracy, 4))
        print(
            f"  loss {history['train_loss'][-1]:.3f}, validation {val_loss:.3f}; accuracy {val_accuracy:.1%}",
            flush=True,
        )
        if file:
            state = {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
            }
            partial = file.with_name(file.name + ".part")
            torch.save({**state, "history": history, "epochs": epochs}, partial)
            partial.replace(file)
    return history


# ---------------------------------------------------------------------------------------------- files of weights
#
# The format is safetensors: eight bytes with the length of the header, the header (JSON: for each tensor its dtype, its
# shape, and where its bytes begin and end), then the bytes of all tensors. Nothing in such a file can be executed. The
# library `safetensors` reads and writes the same files.


def save_weights(model: nn.Module, path: str | Path = "compressed.safetensors", half: bool = False) -> None:
    """Write all parameters and buffers of `model`; with `half` floating-point ones as float16, half the size.

    Raises ValueError for a dtype that the format cannot hold here, and for a file that is too large to hand in.
    """
    header: dict[str, object] = {}
    content: list[bytes] = []
    end = 0
    for name, tensor in model.state_dict().items():
        values = tensor.detach().cpu()
        values = values.half() if half and values.is_floating_point() else values
        if values.dtype not in _NAMES:
            raise ValueError(
                f"{name} has the dtype {values.dtype}; a file of weights can have {', '.join(map(str, _NAMES))}."
            )
        # In the order of its indices: a channels_last model has another order in memory.
        content.append(values.contiguous().numpy().tobytes())
        start, end = end, end + len(content[-1])
        header[name] = {
            "dtype": _NAMES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    if 8 + len(text) + end > LARGEST:
        raise ValueError(f"The file would have {8 + len(text) + end:,} bytes; it may have {LARGEST:,}.")
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(content))


def load_weights(
    model: nn.Module, path: str | Path = "compressed.safetensors", by_shape: bool = False
) -> nn.Module:
    """Load a file of `save_weights` into `model`, and return the model.

    With `by_shape` names do not matter: tensors of equal shapes are taken in their order. Raises RuntimeError if names
    or shapes differ.
    """
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    entries = json.loads(data[8 : 8 + length])
    entries.pop("__metadata__", None)
    state = {}
    for name, entry in entries.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        dtype = _DTYPES[entry["dtype"]]
        content = bytearray(data[start:end])
        flat = torch.frombuffer(content, dtype=dtype) if content else torch.empty(0, dtype=dtype)
        state[name] = flat.reshape(entry["shape"])
    if by_shape:
        values = list(state.values())
        state = {}
        for name, old in model.state_dict().items():
            place = next((i for i, value in enumerate(values) if value.shape == old.shape), None)
            if place is None:
                raise RuntimeError(
                    f"{path} has no more weights of the shape {tuple(old.shape)}, as {name} has."
                )
            state[name] = values.pop(place)
    model.load_state_dict(state)
    return model
