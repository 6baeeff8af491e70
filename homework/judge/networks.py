"""What a network that was handed in computes, found out without trusting it.

Theory of operation. A student's network runs in the sandbox, next to the student's code, and nothing that is counted
there can be believed. So the sandbox only *records* which operators of torch the network calls on which tensors
(`recording.py`), and the record is plain data. Here it is replayed:

- on the meta device, where tensors have shapes and no content, to count multiply-accumulate operations (`Record.macs`)
  and the elements that it reads (`Record.parameters`);
- on some of the hidden images (`Record.replay`). Only if this gives the logits that the sandbox gave is the record that
  of the network, and the images' logits cannot come from anything that was not counted.

Only the operators that `counting.py` knows are replayed; none of them reads files or draws random numbers, and values
are looked up only by indices that do not depend on the images. A network that calls another one is refused with its
name. Whether a result depends on the images is followed through the memory of tensors, not through their names:
operators may write into what is there already. What seems not to depend on them must be the same in each replay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from homework.judge.counting import (
    KNOWN,
    LOOKUPS,
    NOT_RECORDED,
    NOT_REPEATED,
    STATISTICS,
    Cost,
    NotCounted,
    check,
)

_aten = torch.ops.aten
_LARGEST = 1 << 26  # elements of all results
_OF_ITSELF = 1000  # what a tensor takes without elements, in elements
_MOST_OPERATORS = 2000
_EMPTY = {"empty", "empty_like", "new_empty"}
_RANDOM = ("rand", "bernoulli", "normal", "uniform", "dropout", "multinomial", "exponential")
_NUMBERS = {
    str(one): one
    for one in (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8)
    + (torch.int8, torch.int16, torch.int32, torch.int64)
}
_WORDS: dict[str, Any] = {**_NUMBERS, "torch.strided": torch.strided, "cpu": torch.device("cpu")}
_WORDS |= {str(one): one for one in (torch.contiguous_format, torch.preserve_format)}
_WORDS |= {str(one): one for one in (torch.channels_last, torch.channels_last_3d)}
_WORDS |= {one: one for one in ("none", "tanh", "floor", "trunc")}
_FORMS = {"images": (), "weight": (str,), "constant": (int,), "result": (int, int)}


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
        self._weights = _as_in_the_network(weights, found.get("dtypes"))
        self._steps, self._output, self._constants = _parts(found)
        if len(self._steps) > _MOST_OPERATORS:
            raise NotCounted(f"Your network calls more than {_MOST_OPERATORS} operators.")
        self.batch = len(images)
        self._functions = [_function(step[0]) for step in self._steps]
        self._read: set[str | int] = set()  # weights by name, constants by number
        self._other: set[str | int] = set()  # those that are read as something else than statistics
        self._shapes: list[list[tuple[int, ...]]] = []  # of the results of each step
        self._reached: list[bool] = []  # for each step, whether its results depend on the images
        self._fixed: dict[int, bytes] = {}  # digests of results that do not, from the first replay
        self.layers: list[Layer] = []
        self._cost = Cost(self.batch, images.numel(), images.shape[1])
        self.precision = 1e-3  # the largest difference of logits, relative to the largest of them
        meta = self._run(images.to("meta"), "meta", count=True)
        self.shape = tuple(meta.shape)
        self.macs = self._cost.macs_of_one

    def replay(self, images: torch.Tensor) -> torch.Tensor:
        """The logits of as many `images` as were recorded."""
        with torch.no_grad():
            return self._run(images.clone(), "cpu", count=False)  # a network may write into them

    @property
    def read_besides(self) -> int:
        """The elements of all tensors of more than one element that the network reads and that are not in the file."""
        sizes = [self._constants[one].numel() for one in self._read if isinstance(one, int)]
        return sum(size for size in sizes if size > 1)

    @property
    def parameters(self) -> int:
        """All elements in the file, and all others that the network reads, but no statistics of batch normalization."""
        statistics = {name for name in self._read - self._other if isinstance(name, str)}
        counted, single = 0, 0
        for name, tensor in self._weights.items():
            counts_batches = name.endswith("num_batches_tracked") and name not in self._read
            if name not in statistics and not (counts_batches and tensor.numel() == 1):
                counted += tensor.numel() * _words(tensor)
        for number in self._read:
            if isinstance(number, int):
                one = self._constants[number]
                n = one.numel()
                counted, single = counted + (n * _words(one) if n > 1 else 0), single + (n == 1)
        of_statistics = sum(self._weights[name].numel() for name in statistics)
        return self._cost.parameters(counted, of_statistics, single)

    def _run(self, images: torch.Tensor, device: str, count: bool) -> torch.Tensor:
        results: list[list[Any]] = []
        elements = 0
        depends = {_memory(images)}  # the memory that holds what depends on the images
        weights = {name: tensor.to(device, copy=True) for name, tensor in self._weights.items()}
        constants = [tensor.to(device, copy=True) for tensor in self._constants]

        def tensor(name: list[Any], read: set[str | int]) -> torch.Tensor:
            kind, *place = name
            if tuple(map(type, place)) != _FORMS[kind] or any(one < 0 for one in place if type(one) is int):
                raise NotCounted(NOT_RECORDED)
            tables: dict[str, Any] = {"weight": weights, "constant": constants, "result": results}
            found: Any = tables.get(kind, images)
            for one in place:
                found = found[one]
            if not isinstance(found, torch.Tensor):
                raise NotCounted(NOT_RECORDED)
            if kind in ("weight", "constant"):
                read.add(place[0])
            return found

        def value(item: Any, read: set[str | int]) -> Any:
            if isinstance(item, dict):
                return tensor(item["tensor"], read) if "tensor" in item else _WORDS.get(item["word"])
            if isinstance(item, list):
                return [value(one, read) for one in item]
            if item is not None and type(item) not in (bool, int, float):  # a tensor here would count nothing
                raise NotCounted(NOT_RECORDED)
            return item

        try:
            for number, (_, inputs, options) in enumerate(self._steps):
                name, function = self._functions[number]
                of_statistics, others = set[str | int](), set[str | int]()
                places = STATISTICS.get(name, ())
                args = [
                    value(one, of_statistics if at in places else others) for at, one in enumerate(inputs)
                ]
                given = {key: value(item, others) for key, item in options.items()}
                given = {key: item for key, item in given.items() if item is not None}
                args = _in_place(function, args, given)
                if any(one.name == "device" for one in function._schema.arguments):
                    given["device"] = torch.device(device)  # without one, ones of any size would be made here
                check(name, args, given)
                if name in LOOKUPS and any(_memory(one) in depends for one in _tensors(args[LOOKUPS[name]])):
                    raise NotCounted(
                        f"Your network looks values up by what it computes from the picture ({name}), which is not "
                        "counted here: write that part with convolutions, linear layers, poolings and activations."
                    )
                returned = function(*args, **given)
                results.append(list(returned) if isinstance(returned, (list, tuple)) else [returned])
                tensors = [one for one in results[-1] if isinstance(one, torch.Tensor)]
                shapes = [tuple(one.shape) for one in tensors]
                elements += sum(one.numel() + _OF_ITSELF for one in tensors)
                if elements > _LARGEST:
                    raise NotCounted(
                        "Your network makes tensors that are too large for pictures of this size."
                    )
                if not count:
                    self._compare(number, name, tensors)
                    known = self._shapes[number]
                    if shapes[:1] != known[:1] or len(shapes) != len(known):
                        raise NotCounted(NOT_REPEATED)
                    continue
                self._shapes.append(shapes)
                reached = any(_memory(one) in depends for one in _tensors([args, given]))
                self._reached.append(reached)
                self._read |= of_statistics | others
                self._other |= others if reached else of_statistics | others
                self._cost.add(name, args, given.values(), tensors, reached)
                if reached:
                    if any(one.dtype in (torch.float16, torch.bfloat16) for one in tensors):
                        self.precision = 2e-2  # sums come in another order in batches of another size
                    depends |= {_memory(one) for one in [*tensors, *_written(function, args, given)]}
                    sizes = [tuple(one.shape) for one in args if isinstance(one, torch.Tensor)]
                    self.layers.append(Layer(name, sizes, shapes[0] if shapes else ()))
            return tensor(self._output["tensor"], set())
        except NotCounted:
            raise
        except Exception as error:
            raise NotCounted(NOT_REPEATED) from error

    def _compare(self, number: int, name: str, tensors: list[torch.Tensor]) -> None:
        """Raise NotCounted if what should not depend on the images differs from that of the replay before."""
        if name in _EMPTY:  # what was in this memory could be images
            for one in tensors:
                one.zero_()
        if not self._reached[number]:
            content = hashlib.blake2b()
            for one in tensors:
                plain = one.detach().clone(memory_format=torch.contiguous_format).reshape(-1)
                content.update(plain.view(torch.uint8).numpy().tobytes())
            if self._fixed.setdefault(number, content.digest()) != content.digest():
                raise NotCounted(NOT_REPEATED)


def _as_in_the_network(weights: Mapping[str, torch.Tensor], dtypes: Any) -> dict[str, torch.Tensor]:
    """The weights with the dtypes that the network's own tensors have, as `load_state_dict` converts them."""
    named = dtypes if isinstance(dtypes, dict) else {}
    return {
        name: value.to(_NUMBERS.get(str(named.get(name)), value.dtype)) for name, value in weights.items()
    }


def _parts(found: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any], list[torch.Tensor]]:
    """Steps, output and constants of a record. Raises NotCounted for one of another form."""
    steps, output, constants = found.get("steps"), found.get("output"), found.get("constants")
    forms = (str, list, dict)
    if (
        isinstance(steps, list)
        and all(isinstance(one, list) and tuple(map(type, one)) == forms for one in steps)
        and isinstance(output, dict)
        and isinstance(constants, list)
        and all(isinstance(one, torch.Tensor) and not one.is_complex() for one in constants)
    ):
        return steps, output, constants
    raise NotCounted(NOT_RECORDED)


def _function(text: str) -> tuple[str, Any]:
    """The name of an operator, without its overload, and the operator. Raises NotCounted."""
    namespace, _, rest = text.partition(".")
    name, _, overload = rest.partition(".")
    if namespace != "aten" or name not in KNOWN:
        shown = "".join(c for c in text[:60] if c.isalnum() or c in "._")
        if any(word in name for word in _RANDOM):
            raise NotCounted(
                f"Your network draws random numbers in evaluation mode ({shown}). `nn.Dropout` does not; give "
                "`F.dropout` the argument `training=self.training`."
            )
        raise NotCounted(
            f"Your network calls the operator {shown}, which is not counted here: write that part with convolutions, "
            "linear layers, poolings and activations."
        )
    found = getattr(getattr(_aten, name), overload, None)
    if not isinstance(found, torch._ops.OpOverload):  # methods of the operator change it for all that follow
        raise NotCounted(NOT_RECORDED)
    return name, found


def _in_place(function: Any, args: list[Any], given: dict[str, Any]) -> list[Any]:
    """All arguments that have a place, in order. Those that are `given` by name are taken from there."""
    places = [one for one in function._schema.arguments if not one.kwarg_only]
    end = max((at + 1 for at, one in enumerate(places) if one.name in given), default=0)
    return args + [given.pop(one.name, one.default_value) for one in places[len(args) : end]]


def _words(tensor: torch.Tensor) -> int:
    """How many numbers of 32 bits each element takes: several small ones could be packed into one of 64 bits."""
    if tensor.element_size() <= 4:
        return 1
    narrow = torch.float32 if tensor.is_floating_point() else torch.int32
    return 1 if torch.equal(tensor, tensor.to(narrow).to(tensor.dtype)) else 2


def _tensors(item: Any) -> Iterable[torch.Tensor]:
    """All tensors in the arguments of a call."""
    if isinstance(item, torch.Tensor):
        yield item
    elif isinstance(item, (list, tuple, dict)):
        for one in item.values() if isinstance(item, dict) else item:
            yield from _tensors(one)


def _written(function: Any, args: list[Any], options: dict[str, Any]) -> Iterable[torch.Tensor]:
    """The arguments of a call that the operator writes into."""
    for place, one in enumerate(function._schema.arguments):
        if one.alias_info is not None and one.alias_info.is_write:
            yield from _tensors(args[place] if place < len(args) else options.get(one.name))
    if function._schema.name == "aten::native_batch_norm" and args[5]:  # its schema does not say so
        yield from _tensors(args[3:5])


def _memory(tensor: torch.Tensor) -> int:
    """The memory of a tensor, which its views share."""
    return int(tensor.untyped_storage()._cdata)
