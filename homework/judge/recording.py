"""Drivers for networks that are handed in with their weights: they run in the sandbox and prove nothing.

`networks.py` says how what they return is checked.
"""

from __future__ import annotations

from typing import Any

import torch


def record(solution: Any, build: str, arguments: str, weights: Any, images: Any) -> Any:
    """The operators that the network calls on `images`, as plain data, or under "problem" why there are none.

    The network is `build(**arguments)`; where the notebook does not define `arguments`, `build()`.
    """
    import inspect

    from torch.utils._python_dispatch import TorchDispatchMode

    defined = True
    try:
        chosen = getattr(solution, arguments)
    except Exception:
        chosen, defined = {}, False
    if not isinstance(chosen, dict):
        return {"problem": "arguments"}
    try:
        inspect.signature(getattr(solution, build)).bind(**chosen)
    except (TypeError, ValueError):
        return {"problem": "signature"}
    model = getattr(solution, build)(**chosen)
    if not isinstance(model, torch.nn.Module):
        return {"problem": "not a module"}
    there = {key: list(value.shape) for key, value in model.state_dict().items()}
    given = {key: list(value.shape) for key, value in weights.items()}
    if there.keys() != given.keys():
        missing, unknown = sorted(there.keys() - given.keys()), sorted(given.keys() - there.keys())
        return {"problem": "keys" if defined else "undefined", "missing": missing[:3], "unknown": unknown[:3]}
    if wrong := [key for key in there if there[key] != given[key]]:
        return {
            "problem": "shapes" if defined else "undefined",
            "wrong": len(wrong),
            "key": wrong[0],
            "file": given[wrong[0]],
            "network": there[wrong[0]],
        }
    model.load_state_dict(weights)
    model.eval()
    known: Any = {}
    kept: Any = []
    constants: Any = []
    steps: Any = []

    def know(tensor: Any, name: Any) -> None:
        known[id(tensor)] = name
        kept.append(tensor)

    def plain(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            if id(value) not in known:
                constants.append(value.detach().clone())
                know(value, ["constant", len(constants) - 1])
            return {"tensor": known[id(value)]}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return {"word": str(value)}

    class Recorder(TorchDispatchMode):  # type: ignore[misc,no-any-unimported,unused-ignore]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # otherwise its first use imports 800 modules of the compiler, which takes a second

        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if function.namespace == "profiler":  # marks of `nn.DataParallel`, which compute nothing
                return function(*args, **(kwargs or {}))
            # Global pooling of maps in channels_last ends with other strides for the same values.
            if function is torch.ops.aten.as_strided_.default and list(args[0].shape) == list(args[1]):
                return function(*args)
            if function is torch.ops.aten._convolution.default:  # as a traced network calls it
                function, args = torch.ops.aten.convolution.default, args[:9]
            if torch.is_inference_mode_enabled():  # there a layer is one operator
                with self:
                    parts = function.decompose(*args, **(kwargs or {}))
                if parts is not NotImplemented:
                    return parts
            inputs = [plain(value) for value in args]
            options = {key: plain(value) for key, value in (kwargs or {}).items()}
            returned = function(*args, **(kwargs or {}))
            outputs = returned if isinstance(returned, (list, tuple)) else [returned]
            for place, output in enumerate(outputs):
                if isinstance(output, torch.Tensor) and id(output) not in known:
                    know(output, ["result", len(steps), place])
            if not isinstance(
                returned, (bool, int, float)
            ):  # one is printed, or makes another record: replays differ
                steps.append([str(function), inputs, options])
            return returned

    know(images, ["images"])
    dtypes = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        know(tensor, ["weight", name])
        dtypes[name] = str(tensor.dtype)
    # Attention as products of matrices and a softmax, not as one operator.
    torch.backends.mha.set_fastpath_enabled(False)
    torch.backends.cuda.enable_flash_sdp(False)
    with torch.no_grad(), Recorder():  # type: ignore[no-untyped-call]
        output = model(images)
    if not isinstance(output, torch.Tensor):
        return {"problem": "output"}
    return {
        "steps": steps,
        "output": plain(output),
        "constants": [c for c in constants if c.numel() < 1 << 22],
        "dtypes": dtypes,
    }


def logits(
    solution: Any,
    build: str,
    arguments: str,
    weights: Any,
    images: Any,
    center: float,
    scale: float,
    batch: int,
) -> Any:
    """What the network makes of `images`, `batch` at a time, in evaluation mode.

    The images are bytes, a quarter of the numbers that the network gets: these are (byte - center) / scale.
    """
    try:
        chosen = getattr(solution, arguments)
    except Exception:
        chosen = {}
    model = getattr(solution, build)(**chosen)
    model.load_state_dict(weights)
    model.eval()
    with torch.no_grad():
        parts = [model((part.float() - center) / scale) for part in images.split(batch)]
    return torch.cat(parts) if all(isinstance(part, torch.Tensor) for part in parts) else parts
