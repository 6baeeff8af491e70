"""Banks: what is known of a task's right and wrong answers. One loader for each kind of bank, found by name.

load("functions", course.solutions("hw1", "cross_corr_2d"), "cross_corr_2d")
load("choices", root / "solutions" / "quiz1" / "choices.toml", "q01", offering="2026")
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from homework.judge.banks.bank import Bank, BankError, Entry, Known, words_of
from homework.judge.banks.choices import ChoiceBank
from homework.judge.banks.functions import FunctionBank
from homework.judge.banks.models import ModelBank

__all__ = ["LOADERS", "Bank", "BankError", "Entry", "Known", "load", "words_of"]

LOADERS: dict[str, Callable[[Path, str, str], Bank]] = {
    "functions": lambda folder, task, _: FunctionBank(folder, task),
    "choices": ChoiceBank,
    "models": lambda folder, task, _: ModelBank(folder, task),
}


def load(kind: str, place: Path, task: str, offering: str = "") -> Bank:
    """The bank of `task` in `place`, of a kind in LOADERS, for an `offering` of the course.

    Raises BankError where it is malformed.
    """
    return LOADERS[kind](place, task, offering)
