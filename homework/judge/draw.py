"""Inputs of hidden tests: random, but the same for all submissions, whenever the same test is run."""

from __future__ import annotations

import hmac
from functools import cache
from typing import Any

import numpy as np
import torch


@cache  # it takes longer than one would think, and all submissions ask for the same
def seed_for(secret: str, *names: str) -> int:
    """A 63-bit seed for `names` (exercise, test, …) that cannot be foreseen without the course's `secret`."""
    digest = hmac.digest(secret.encode(), "\0".join(names).encode("utf-8", "replace"), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1


class Draw:
    """Random inputs. `generator` is the NumPy generator behind all of them."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def __getattr__(self, name: str) -> Any:
        own = [one for one in vars(Draw) if not one.startswith("_")]
        hint = f"; NumPy's own is rng.generator.{name}" if hasattr(np.random.Generator, name) else ""
        raise AttributeError(f"rng has no {name}: it has {', '.join(own)} and generator{hint}")

    def array(
        self, *shape: int, scale: float = 1.0, shift: float = 0.0, dtype: type[np.generic] = np.float64
    ) -> np.ndarray:
        """An array of `shape`, normally distributed with mean `shift` and standard deviation `scale`."""
        return np.asarray(self.generator.normal(shift, scale, shape)).astype(dtype)

    def tensor(
        self, *shape: int, scale: float = 1.0, shift: float = 0.0, dtype: torch.dtype = torch.float64
    ) -> torch.Tensor:
        """A tensor of `shape`, normally distributed with mean `shift` and standard deviation `scale`."""
        return torch.from_numpy(self.array(*shape, scale=scale, shift=shift)).to(dtype)

    def integers(self, low: int, high: int) -> int:
        """A whole number from `low` to `high - 1`."""
        return int(self.generator.integers(low, high))
