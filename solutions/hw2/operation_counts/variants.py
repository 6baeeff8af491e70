"""Right ways to write `operation_counts` that students take. Each must get full marks."""

from collections import Counter, OrderedDict, defaultdict

import numpy as np
import torch

from homework.judge import variant


@variant
def written_out(kernel_size, c_in):
    """Every count by itself, in another order."""
    return {
        "adder": {
            "add": kernel_size * kernel_size * c_in + kernel_size * kernel_size * c_in - 1,
            "mul": 0,
        },
        "conv": {"add": kernel_size * kernel_size * c_in - 1, "mul": kernel_size * kernel_size * c_in},
    }


@variant
def filled_later(kernel_size, c_in):
    """An empty dict filled by keys."""
    counts = {"conv": {}, "adder": {}}
    n = pow(kernel_size, 2) * c_in
    counts["conv"]["mul"] = n
    counts["conv"]["add"] = n - 1
    counts["adder"]["mul"] = 0
    counts["adder"]["add"] = n + (n - 1)
    return counts


@variant
def counted_in_a_loop(kernel_size, c_in):
    """The operations of the two sums are done one by one, and counted."""
    conv, adder = Counter(mul=0, add=0), Counter(mul=0, add=0)
    first = True
    for _ in range(c_in):
        for _ in range(kernel_size):
            for _ in range(kernel_size):
                conv["mul"] += 1
                adder["add"] += 1
                if not first:
                    conv["add"] += 1
                    adder["add"] += 1
                first = False
    return {"conv": conv, "adder": adder}


@variant
def numpy_integers(kernel_size, c_in):
    """Counts as NumPy has them."""
    n = np.prod([kernel_size, kernel_size, c_in])
    return {
        "conv": {"mul": n, "add": n - np.int64(1)},
        "adder": {"mul": np.int64(0), "add": np.int32(2 * n - 1)},
    }


@variant
def floats(kernel_size, c_in):
    """Whole numbers as floats."""
    n = kernel_size**2.0 * c_in
    return OrderedDict(conv={"mul": n, "add": n - 1}, adder={"mul": 0.0, "add": 2 * n - 1})


@variant
def number_of_elements(kernel_size, c_in):
    """The number of weights of a filter, and counts as tensors."""
    n = torch.tensor(torch.empty(c_in, kernel_size, kernel_size).numel())
    adder = defaultdict(int, add=n * 2 - 1)
    adder["mul"] += 0
    return {"conv": {"mul": n, "add": n - 1}, "adder": dict(adder)}


@variant
def channel_by_channel(kernel_size, c_in):
    """Sums inside the channels, then over them."""
    inside = kernel_size**2 - 1
    add = c_in * inside + (c_in - 1)
    print("additions", add)
    return {
        "conv": {"mul": c_in * (inside + 1), "add": add},
        "adder": {"mul": 0, "add": add + c_in * kernel_size**2},
    }
