"""When a network's logits are those of its record: near in all, for all but a few with the same class."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch

PATH = Path(__file__).resolve().parents[2] / "hw4" / "test_CompressedCNN.py"


@pytest.fixture(scope="module")
def hidden(request: pytest.FixtureRequest) -> Any:
    request.config.addinivalue_line("markers", "points(number): what a hidden test gives")
    spec = importlib.util.spec_from_file_location("hidden_of_networks", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def logits() -> torch.Tensor:
    return torch.randn(3, 32, 10, generator=torch.Generator().manual_seed(0))


def turned(logits: torch.Tensor, rows: int) -> torch.Tensor:
    """The same, with two of the largest logits that are nearly equal, of which the other is now the larger one."""
    other = logits.clone()
    for row in range(rows):
        logits[0, row, :2] = torch.tensor([5.0, 5.0 - 1e-4])
        other[0, row, :2] = torch.tensor([5.0 - 1e-4, 5.0])
    return other


@pytest.mark.parametrize(
    ("rows", "precision", "same"), [(1, 1e-3, True), (2, 1e-3, False), (4, 2e-2, True), (5, 2e-2, False)]
)
def test_few_classes_may_turn(
    hidden: Any, logits: torch.Tensor, rows: int, precision: float, same: bool
) -> None:
    other = turned(logits, rows)
    assert hidden.is_of_record(list(logits), list(other), precision) is same


def test_a_record_that_gives_nan_is_near_nothing(hidden: Any, logits: torch.Tensor) -> None:
    """One NaN would make the largest difference of a batch NaN, which is not above any bound."""
    mine, theirs = logits.clone(), 3 * logits
    for batch in mine:
        batch[0, batch[0].argmax()] = float("nan")
    assert not hidden.is_of_record(list(mine), list(theirs), 1e-3)
