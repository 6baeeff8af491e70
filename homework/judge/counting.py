"""What the operators of a network cost: which are known, and how many MACs each of them counts.

Theory of operation. A convolution can be written with operators that cost nothing in other counters: as products that
are summed, as additions with a factor, with the factors of a normalization, with logarithms. All of these have to add
up as many values as the convolution has products. So products count where they are seen, and whatever adds up counts
beyond an allowance that is large enough for biases, shortcuts, normalization and average pooling.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

# Shapes, copies, maxima and activations: no MACs, as the statement says.
_FREE = frozenset(
    """
    view _unsafe_view reshape alias detach clone contiguous _to_copy permute transpose t expand
    squeeze unsqueeze slice select split split_with_sizes unbind chunk cat stack constant_pad_nd flip roll repeat
    copy_ lift_fresh pixel_shuffle pixel_unshuffle channel_shuffle native_channel_shuffle im2col fill_ zero_
    zeros zeros_like ones ones_like empty empty_like full full_like new_zeros new_empty new_full new_ones arange
    linspace scalar_tensor masked_fill masked_fill_ reflection_pad2d replication_pad2d
    amax amin max min all any abs abs_ neg neg_ sign round floor ceil trunc
    relu relu_ relu6 hardtanh hardtanh_ hardsigmoid hardswish hardswish_ leaky_relu leaky_relu_ elu elu_ selu celu
    gelu silu silu_ mish sigmoid sigmoid_ tanh tanh_ softplus threshold threshold_ clamp clamp_ clamp_min clamp_min_
    clamp_max exp log sqrt rsqrt reciprocal _prelu_kernel where gt ge lt le eq ne
    log_sigmoid_forward softshrink hardshrink rrelu_with_noise rrelu_with_noise_
    sin cos erf log1p expm1 log2 exp2 nan_to_num tril triu eye unfold
    index index_select gather embedding
    max_pool2d_with_indices max_pool3d_with_indices adaptive_max_pool2d upsample_nearest1d upsample_nearest2d
    """.split()
)
_PRODUCTS: dict[str, Callable[[list[Any], torch.Tensor], int]] = {
    "convolution": lambda args, y: (args[0] if args[6] else y).numel() * args[1][0].numel(),
    "mm": lambda args, y: y.numel() * args[0].shape[-1],
    "bmm": lambda args, y: y.numel() * args[0].shape[-1],
    "addmm": lambda args, y: y.numel() * args[1].shape[-1],
    "baddbmm": lambda args, y: y.numel() * args[1].shape[-1],
    "mv": lambda args, y: args[0].numel(),
    "dot": lambda args, y: args[0].numel(),
    "vdot": lambda args, y: args[0].numel(),
}
# One MAC for each element of the largest input or of the output, whichever are more.
_ELEMENTWISE = frozenset(
    """
    mul mul_ div div_ addcmul addcmul_ square pow prod lerp bitwise_left_shift glu
    std var std_mean var_mean linalg_vector_norm _weight_norm_interface
    """.split()
)
_SUMS = frozenset("add add_ sub sub_ rsub maximum minimum".split())  # counted where they combine all with all
_VALUED = _ELEMENTWISE | _SUMS | set("full full_like new_full fill_ scalar_tensor linspace arange".split())
_NORMS = {
    "native_batch_norm",
    "_native_batch_norm_legit_no_training",
    "_native_batch_norm_legit",
    "native_layer_norm",
    "native_group_norm",
}
# Counted beyond the allowance, like sums that do not combine all with all.
_MEANS = frozenset("sum mean avg_pool2d avg_pool3d adaptive_avg_pool2d _adaptive_avg_pool2d".split())
_GATHERING = _NORMS | _MEANS | {"_softmax", "_safe_softmax", "_log_softmax", "upsample_bilinear2d"}
LOOKUPS = {"index": 1, "index_select": 2, "gather": 2, "embedding": 1}  # the place of their indices
KNOWN = _FREE | _PRODUCTS.keys() | _ELEMENTWISE | _SUMS | _GATHERING
STATISTICS = {"native_batch_norm": (3, 4), "_native_batch_norm_legit_no_training": (3, 4)}

_WINDOWS = {"max_pool2d_with_indices": 2, "avg_pool2d": 2, "max_pool3d_with_indices": 3, "avg_pool3d": 3}
_ALLOWANCE = 3  # values added up for each one that a product computes, or that the pictures have
_MOST_WORK = 1 << 33  # elementary operations for all pictures of a record: some seconds
_FREE_NUMBERS = 64  # single numbers in the code of a network
_FREE_ENTRIES = 1000  # operators, and tensors in lists: which one stands where could be weights
_MOST_PIECES = 1000  # of one tensor
_LARGEST_WINDOWS = 1 << 26  # elements of all windows of a convolution, where torch copies them


NOT_REPEATED = "The operators of your network could not be repeated outside of it."
NOT_RECORDED = "The operators of your network could not be recorded."


class NotCounted(AssertionError):
    """A network cannot be counted; the text tells the student why."""


@dataclass
class Cost:
    """What the operators of a network cost for `batch` pictures, as they are added one by one."""

    batch: int
    pictures: int  # their elements
    channels: int  # of the pictures
    macs: int = 0
    work: int = 0
    gathered: int = 0
    made: int = 0  # by products
    single: int = 0  # products of single values, whose MACs include that they are added up
    numbers: int = 0
    entries: int = 0

    def add(
        self,
        name: str,
        args: list[Any],
        options: Iterable[Any],
        outputs: list[torch.Tensor],
        depends: bool,
    ) -> None:
        """Add one call; only if it `depends` on the pictures it has MACs. Raises NotCounted if it is too much work."""
        inputs = [one.numel() for one in args if isinstance(one, torch.Tensor)]
        made = max((one.numel() for one in outputs), default=0)
        largest = max([made, *inputs])
        if name in _PRODUCTS:
            cost = max(made, _PRODUCTS[name](args, outputs[0])) * _width(outputs[0])
        elif name in _ELEMENTWISE or (name == "_prelu_kernel" and inputs[-1] * self.batch > made):
            cost = largest * _width(outputs[0])
        else:
            cost = made if name in _SUMS and len(inputs) > 1 and made > max(inputs) else 0
        window = args[1] if name in _WINDOWS else []
        sides = _WINDOWS[name] if len(window) == 1 else 1
        self.work += max(cost, largest, made * math.prod(window) ** sides)
        if self.work > _MOST_WORK:
            raise NotCounted("Your network computes too much for pictures of this size.")
        if name == "convolution" and args[0].dtype != torch.float32:
            maps = args[0] if args[6] else outputs[0]
            places = maps.numel() // max(1, maps.shape[1])
            if places * args[1][0].numel() * args[8] > _LARGEST_WINDOWS:
                raise NotCounted("Your network computes too much for pictures of this size.")
        lists = [one for one in [*args, *options] if isinstance(one, list)]
        self.entries += 1 + sum(isinstance(item, torch.Tensor) for one in lists for item in one)
        if name not in _NORMS:
            kinds = (int, float) if name in _VALUED else (float,)  # elsewhere whole numbers are sizes
            self.numbers += sum(type(one) in kinds for one in [*args, *options])
        if not depends:
            return
        self.macs += cost
        if name in _PRODUCTS:
            self.made += made
            self.channels += _channels(name, outputs[0], self.batch)
        elif cost:
            self.single += made
        elif name in _MEANS:
            self.gathered += max(largest, made * math.prod(window)) - made
        elif name in _GATHERING or name in _SUMS:
            self.gathered += largest

    @property
    def macs_of_one(self) -> int:
        """The MACs for one picture, with what is added up beyond the allowance."""
        beyond = self.gathered - _ALLOWANCE * (self.pictures + self.made) - self.single
        return math.ceil((self.macs + max(0, beyond)) / self.batch)

    def parameters(self, others: int, statistics: int, numbers: int) -> int:
        """All parameters: `others`, and of `statistics` of normalization and single `numbers` what is too many.

        A convolution has two statistics for each channel that it computes, and far more weights; more than these are
        weights in disguise. So are operators and entries of lists without end.
        """
        too_many = max(0, statistics - min(2 * self.channels, others // 4))
        too_many += max(0, self.entries - _FREE_ENTRIES)
        return others + too_many + max(0, self.numbers + numbers - _FREE_NUMBERS)


def check(name: str, args: list[Any], options: Mapping[str, Any]) -> None:
    """Raise NotCounted for arguments with which torch would read foreign memory, or end the process."""
    fit = True
    if name == "view" and isinstance(args[1], torch.dtype):
        raise NotCounted(
            "Your network reads the bits of numbers as those of another dtype, which is not counted here."
        )
    if name in ("unbind", "split", "split_with_sizes", "chunk") and _pieces(name, args) > _MOST_PIECES:
        raise NotCounted("Your network cuts a tensor into too many pieces.")
    if name in _NORMS and "batch" in name:
        X, tensors = args[0], [one for one in args[1:5] if isinstance(one, torch.Tensor)]
        fit = X.ndim > 1 and all(one.shape == (X.shape[1],) for one in tensors)
        fit = fit and not any(isinstance(one, torch.Tensor) for one in options.values())
    elif name == "_weight_norm_interface":  # a length for each row, or for each column
        v, lengths, dim = args[0], args[1], args[2] if len(args) > 2 else 0
        kept = range(v.ndim)[dim]
        fit = lengths.shape == tuple(n if at == kept else 1 for at, n in enumerate(v.shape))
        fit = fit and kept in (0, v.ndim - 1) and v.dtype == lengths.dtype and not options
    elif name.startswith("rrelu"):  # in training it draws its slopes
        fit = args[1].shape == args[0].shape and (len(args) < 5 or args[4] is False) and not options
    elif "rounding_mode" in options:  # the smallest whole number, divided by -1
        fit = bool(args[0].is_floating_point())
    if not fit:
        raise NotCounted(NOT_REPEATED)


def _pieces(name: str, args: list[Any]) -> int:
    """Into how many tensors an operator cuts its argument."""
    if name == "chunk":
        return int(args[1])
    if name.startswith("split"):
        dim = args[2] if len(args) > 2 else 0
        return len(args[1]) if isinstance(args[1], list) else args[0].shape[dim] // max(1, args[1])
    return int(args[0].shape[args[1] if len(args) > 1 else 0])


def _width(tensor: torch.Tensor) -> int:
    """How many numbers of 32 bits a product computes at once: two could be packed into one of 64 bits."""
    return max(1, tensor.element_size() // 4) * (2 if tensor.is_complex() else 1)


def _channels(name: str, output: torch.Tensor, batch: int) -> int:
    """The channels that a convolution or a product of matrices computes."""
    if name == "convolution" or (output.ndim == 2 and output.shape[0] == batch):
        return output.shape[1]
    return min(output.shape[-2:], default=0)
