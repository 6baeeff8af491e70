"""Makes the trained networks of hw4: `python source/hw4/scripts/make_models.py [name ...]`; all take about 15 minutes.

source/hw4/data/baseline.safetensors                  for students who have no time to train the baseline
solutions/hw4/CompressedCNN/models/<name>.safetensors  what right and wrong submissions hand in

Networks that are there are not trained again. Each is trained on 6,000 pictures, with one thread.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn

from homework.judge.banks.functions import FunctionBank

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pictures import as_tensors, make_pictures
from training import he_initialize, load_weights, save_weights, train

SOURCE = Path(__file__).resolve().parents[1]
BANKS = SOURCE.parents[1] / "solutions" / "hw4"

BASELINE = SOURCE / "data" / "baseline.safetensors"
MODELS = BANKS / "CompressedCNN" / "models"
OWN = {"width": 0.16, "gap": True, "pointwise": True}
# By name of the entry: epochs, learning rate.
TRAINED = {
    "reference": (24, 5e-3),
    "separable": (30, 5e-3),
    "too_narrow": (12, 5e-3),
    "max_pooling_at_the_end": (8, 5e-3),
    "hidden_layer_after_pooling": (8, 5e-3),
    "step_two_alone": (7, 2e-3),
    "step_one_alone": (7, 2e-3),
}


def trained(model: nn.Module, epochs: int, lr: float, name: str) -> dict[str, list[float]]:
    """Train `model`; its history."""
    torch.manual_seed(590)
    he_initialize(model)
    training, validation = as_tensors(*make_pictures(6000, 1)), as_tensors(*make_pictures(1000, 2))
    print(name, flush=True)
    return train(model, training, validation, epochs, lr)


def main() -> None:
    """Train what is missing, or what is named."""
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    MODELS.mkdir(exist_ok=True)
    bank = FunctionBank(BANKS / "CompressedCNN", "CompressedCNN")
    for name, (epochs, lr) in TRAINED.items():
        file = MODELS / f"{name}.safetensors"
        if name not in wanted and (wanted or file.is_file()):
            continue
        entry = {**bank.variants, **bank.misconceptions}.get(name)
        model = (bank.reference if entry is None else entry.function)(**OWN)
        history = trained(model, epochs, lr, name)
        save_weights(model, file, half=True)
        print("training_history =", history)
    if "baseline" in wanted or not (wanted or BASELINE.is_file()):
        model = FunctionBank(BANKS / "BaselineCNN", "BaselineCNN").reference()
        history = trained(model, 8, 2e-3, "baseline")
        save_weights(model, BASELINE, half=True)
        BASELINE.with_name("baseline_history.json").write_text(json.dumps(history) + "\n")
    derive(bank)


def derive(bank: FunctionBank) -> None:
    """Write the files that follow from others: weights folded, quantized, scrambled, of other names, incomplete."""
    model = load_weights(bank.reference(**OWN), MODELS / "reference.safetensors").eval()

    def save(name: str, state: dict[str, torch.Tensor]) -> None:
        holder = SimpleNamespace(state_dict=lambda: state)
        save_weights(holder, MODELS / f"{name}.safetensors")  # type: ignore[arg-type]

    state = model.state_dict()
    head = {name: value for name, value in state.items() if name.startswith("head")}
    folded, quantized = dict(head), dict(head)
    for number, (conv, norm) in enumerate(zip(model.convs, model.norms, strict=True)):
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        weight, bias = conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale
        folded |= {f"convs.{number}.weight": weight, f"convs.{number}.bias": bias}
        step = weight.abs().amax((1, 2, 3), keepdim=True) / 127
        quantized |= {f"q{number}": (weight / step).round().to(torch.int8), f"scale{number}": step}
        quantized[f"bias{number}"] = bias
    save("folded", folded)
    save("int8", quantized)
    scrambled = {n: v.flatten(1).T.reshape(v.shape) if v.ndim > 1 else v for n, v in state.items()}
    save("saved_from_views", scrambled)
    save("other_names", {f"model.{name}": value for name, value in state.items()})
    save(
        "averages_missing", {n: v for n, v in state.items() if "running" not in n and "num_batches" not in n}
    )
    baseline = load_weights(FunctionBank(BANKS / "BaselineCNN", "BaselineCNN").reference(), BASELINE).half()
    names = {"fc1": "head.0", "fc2": "head.3", "fc3": "head.6"}
    renamed = {re.sub(r"fc\d", lambda found: names[found[0]], n): v for n, v in baseline.state_dict().items()}
    save("baseline_untouched", renamed)


if __name__ == "__main__":
    main()
