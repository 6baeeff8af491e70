"""Banks: what is known of a task's right and wrong answers. One loader for each kind of bank, found by name.

load("functions", course.solutions("hw1", "cross_corr_2d"), "cross_corr_2d")
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from homework.judge.banks.bank import Bank, BankError, Entry
from homework.judge.banks.functions import FunctionBank

__all__ = ["LOADERS", "Bank", "BankError", "Entry", "load"]

LOADERS: dict[str, Callable[[Path, str], Bank]] = {"functions": FunctionBank}


def load(kind: str, folder: Path, task: str) -> Bank:
    """The bank of `task` in `folder`, of a kind in LOADERS. Raises BankError where it is malformed."""
    return LOADERS[kind](folder, task)
