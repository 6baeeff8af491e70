"""What a network that was handed in computes, found out without trusting it.

Theory of operation. A student's network runs in the sandbox, next to the student's code, and nothing that is counted
there can be believed. So the sandbox only *records* which operators of torch the network calls on which tensors
(`recording.py`), and the record is plain data. Here it is replayed:

- on the meta device, where tensors have shapes and no content, to count multiply-accumulate operations (`Record.macs`)
  and the elements that it reads (`Record.parameters`);
- on some of the hidden images (`Record.replay`). Only if this gives the logits that the sandbox gave is the record that
  of the network, and the images' logits cannot come from anything that was not counted.

Only operators in _FREE, _PRODUCTS and _ELEMENTWISE are replayed; none of them reads files, draws random numbers, or
looks values up by an index. A network that calls another one is refused with its name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

_aten = torch.ops.aten
_LARGEST = 1 << 26  # elements of all results
_MOST_OPERATORS = 2000
# Shapes, copies, sums, pooling, normalization and activations: no MACs, as the statement says.
_FREE = frozenset(
    """
    view _unsafe_view reshape _reshape_alias alias detach clone contiguous _to_copy permute transpose t expand
    squeeze unsqueeze slice select split split_with_sizes unbind chunk cat stack constant_pad_nd flip roll repeat
    copy_ lift_fresh pixel_shuffle pixel_unshuffle channel_shuffle native_channel_shuffle im2col fill_ zero_
    zeros zeros_like ones ones_like empty empty_like full full_like new_zeros new_empty new_full new_ones arange
    add add_ sub sub_ rsub sum mean amax amin max min maximum minimum abs abs_ neg neg_ sign round floor ceil trunc
    relu relu_ relu6 hardtanh hardtanh_ hardsigmoid hardswish hardswish_ leaky_relu leaky_relu_ elu elu_ selu celu
    gelu silu silu_ mish sigmoid sigmoid_ tanh tanh_ softplus threshold threshold_ clamp clamp_ clamp_min clamp_min_
    clamp_max exp log sqrt rsqrt reciprocal _softmax _log_softmax _prelu_kernel where gt ge lt le eq ne
    max_pool2d_with_indices avg_pool2d adaptive_avg_pool2d _adaptive_avg_pool2d adaptive_max_pool2d
    native_batch_norm _native_batch_norm_legit_no_training _native_batch_norm_legit native_layer_norm
    native_group_norm upsample_nearest2d upsample_bilinear2d
    """.split()
)
_PRODUCTS: dict[str, Callable[[list[Any], torch.Tensor], int]] = {
    "convolution": lambda args, y: (args[0] if args[6] else y).numel() * args[1][0].numel(),
    "mm": lambda args, y: y.numel() * args[0].shape[-1],
    "bmm": lambda args, y: y.numel() * args[0].shape[-1],
    "addmm": lambda args, y: y.numel() * args[1].shape[-1],
    "baddbmm": lambda args, y: y.numel() * args[1].shape[-1],
}
# One MAC for each element of the largest input or of the output, whichever are more.
_ELEMENTWISE = frozenset("mul mul_ div div_ addcmul addcmul_ square pow lerp bitwise_left_shift".split())
_SUMS = frozenset("add add_ sub sub_ rsub maximum minimum".split())  # charged where they combine all with all
_STATISTICS = {"native_batch_norm": (3, 4), "_native_batch_norm_legit_no_training": (3, 4)}


class NotCounted(AssertionError):
    """A network cannot be counted; the text tells the student why."""


@dataclass(frozen=True)
class Layer:
    """One operator whose result depends on the images: its name, the shapes of its tensors and of its result."""

    name: str
    inputs: list[tuple[int, ...]]
    output: tuple[int, ...]


class Record:
    """The operators of a network, as `record` returned them for the `weights` and for images of the shape `images`.

    Raises NotCounted for a record that is malformed, or has an operator that is not known.
    """

    def __init__(
        self, found: Mapping[str, Any], weights: Mapping[str, torch.Tensor], images: torch.Tensor
    ) -> None:
        self._weights = weights
        self._steps, self._output, self._constants = _parts(found)
        if len(self._steps) > _MOST_OPERATORS:
            raise NotCounted(f"Your network calls more than {_MOST_OPERATORS} operators.")
        self.batch = len(images)
        self._functions = [_function(step[0]) for step in self._steps]
        self._read: set[str | int] = set()  # weights by name, constants by number
        self._other: set[str | int] = set()  # those that are read as something else than statistics
        self.macs = 0
        self.layers: list[Layer] = []
        meta = self._run(images.to("meta"), "meta", count=True)
        self.shape = tuple(meta.shape)
        self.macs = math.ceil(self.macs / self.batch)

    def replay(self, images: torch.Tensor) -> torch.Tensor:
        """The logits of as many `images` as were recorded."""
        with torch.no_grad():
            return self._run(images, "cpu", count=False)

    @property
    def parameters(self) -> int:
        """All elements in the file, and all others that the network reads, but no statistics of batch normalization."""
        statistics = {name for name in self._read - self._other if isinstance(name, str)}
        counted = {
            name: tensor.numel()
            for name, tensor in self._weights.items()
            if name not in statistics and not (name.endswith("num_batches_tracked") and tensor.numel() == 1)
        }
        constants = [self._constants[number].numel() for number in self._read if isinstance(number, int)]
        return int(sum(counted.values()) + sum(n for n in constants if n > 1))

    def _run(self, images: torch.Tensor, device: str, count: bool) -> torch.Tensor:
        results: list[list[Any]] = []
        elements = 0
        depends: set[int] = set()  # numbers of the steps whose results depend on the images
        weights = {name: tensor.to(device, copy=True) for name, tensor in self._weights.items()}
        constants = [tensor.to(device, copy=True) for tensor in self._constants]

        def tensor(name: list[Any]) -> torch.Tensor:
            kind, *place = name
            if kind == "images":
                return images
            if kind == "weight":
                return weights[place[0]]
            if kind == "constant":
                found: Any = constants[place[0]]
                return found  # type: ignore[no-any-return]
            found = results[place[0]][place[1]]
            if not isinstance(found, torch.Tensor):
                raise NotCounted("The operators of your network could not be recorded.")
            return found

        def value(item: Any) -> Any:
            if isinstance(item, dict):
                return tensor(item["tensor"]) if "tensor" in item else _word(item["word"])
            return [value(one) for one in item] if isinstance(item, list) else item

        try:
            for number, (_, inputs, options) in enumerate(self._steps):
                name, function = self._functions[number]
                args = [value(item) for item in inputs]
                given = {key: value(item) for key, item in options.items()}
                given = {key: item for key, item in given.items() if item is not None}
                if "device" in given:
                    given["device"] = torch.device(device)
                returned = function(*args, **given)
                results.append(list(returned) if isinstance(returned, (list, tuple)) else [returned])
                tensors = [one for one in results[-1] if isinstance(one, torch.Tensor)]
                elements += sum(one.numel() for one in tensors)
                if elements > _LARGEST:
                    raise NotCounted(
                        "Your network makes tensors that are too large for pictures of this size."
                    )
                if not count:
                    continue
                names = list(_names([inputs, options]))
                for place, item in enumerate(inputs):
                    self._note(_names(item), place in _STATISTICS.get(name, ()))
                self._note(_names(options), False)
                if any(one[0] == "images" or (one[0] == "result" and one[1] in depends) for one in names):
                    depends.add(number)
                    self.macs += _cost(name, args, tensors)
                    shapes = [tuple(one.shape) for one in args if isinstance(one, torch.Tensor)]
                    self.layers.append(Layer(name, shapes, tuple(tensors[0].shape) if tensors else ()))
            return tensor(self._output["tensor"])
        except NotCounted:
            raise
        except Exception as error:
            raise NotCounted("The operators of your network could not be repeated outside of it.") from error

    def _note(self, names: Any, as_statistics: bool) -> None:
        for kind, *place in names:
            if kind in ("weight", "constant"):
                self._read.add(place[0])
                if not as_statistics:
                    self._other.add(place[0])


def _parts(found: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any], list[torch.Tensor]]:
    """Steps, output and constants of a record. Raises NotCounted for one of another form."""
    steps, output, constants = found.get("steps"), found.get("output"), found.get("constants")
    forms = (str, list, dict)
    if (
        isinstance(steps, list)
        and all(isinstance(one, list) and tuple(map(type, one)) == forms for one in steps)
        and isinstance(output, dict)
        and isinstance(constants, list)
        and all(isinstance(one, torch.Tensor) for one in constants)
    ):
        return steps, output, constants
    raise NotCounted("The operators of your network could not be recorded.")


def _function(text: str) -> tuple[str, Any]:
    """The name of an operator, without its overload, and the operator. Raises NotCounted."""
    namespace, _, rest = text.partition(".")
    name, _, overload = rest.partition(".")
    if namespace != "aten" or not (name in _FREE or name in _PRODUCTS or name in _ELEMENTWISE):
        shown = "".join(c for c in text[:60] if c.isalnum() or c in "._")
        raise NotCounted(
            f"Your network calls the operator {shown}, which is not counted here: write that part with convolutions, "
            "linear layers, poolings and activations."
        )
    found = getattr(getattr(_aten, name), overload, None)
    if found is None:
        raise NotCounted("The operators of your network could not be recorded.")
    return name, found


def _names(item: Any) -> Any:
    """The names of all tensors in the plain form of arguments."""
    if isinstance(item, dict):
        if "tensor" in item:
            yield item["tensor"]
        else:
            for one in item.values():
                yield from _names(one)
    elif isinstance(item, list):
        for one in item:
            yield from _names(one)


def _word(text: str) -> Any:
    """A dtype, a memory format, a layout or a device by its name; None for what is none of these."""
    found = getattr(torch, text.removeprefix("torch."), None)
    if isinstance(found, (torch.dtype, torch.memory_format, torch.layout)):
        return found
    return (
        torch.device("cpu") if text == "cpu" else text if text in ("none", "tanh", "floor", "trunc") else None
    )


def _cost(name: str, args: list[Any], outputs: list[torch.Tensor]) -> int:
    """The MACs of one call that depends on the images."""
    if name in _PRODUCTS:
        return _PRODUCTS[name](args, outputs[0])
    inputs = [one.numel() for one in args if isinstance(one, torch.Tensor)]
    made = max((one.numel() for one in outputs), default=0)
    if name in _ELEMENTWISE:
        return max([made, *inputs])
    return made if name in _SUMS and len(inputs) > 1 and made > max(inputs) else 0
