"""Drivers: the small functions of hidden tests that call a solution's; run inside for the student's, outside for ours.

A driver's first parameter is the namespace of the solution. Its source travels, so that it can use nothing of its
module but the names that are given to every driver.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

import numpy as np
import torch

from . import values


def as_tensor(value: Any) -> torch.Tensor:
    """What a solution returned for a tensor, as one: `torch.as_tensor` for all arrays that are right answers.

    torch takes none that is mirrored, of another byte order or of extended precision, and warns of a read-only one.
    """
    return torch.as_tensor(values.plain(value).copy() if isinstance(value, np.ndarray) else value)


_GIVEN = {"np": np, "torch": torch, "F": torch.nn.functional, "as_tensor": as_tensor}


def function_of(code: CodeType) -> Callable[..., Any]:
    """The one function that the compiled source of a driver defines."""
    namespace: dict[str, Any] = dict(_GIVEN)
    exec(code, namespace)
    (function,) = [namespace[name] for name in namespace if name not in _GIVEN and name != "__builtins__"]
    return function  # type: ignore[no-any-return]
