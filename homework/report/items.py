"""How each multiple-choice question did in a class: difficulty, discrimination, idle distractors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from homework.choices import Choice
from homework.report.summary import ClassSummary
from homework.results import Status

_ENOUGH = 10  # with fewer students, a correlation or an option that no one chose means nothing


@dataclass(frozen=True)
class OptionCount:
    """How often one option was chosen. `idle`: a wrong one that no one chose."""

    letter: str
    text: str
    count: int
    right: bool
    idle: bool


@dataclass(frozen=True)
class Item:
    """One question over a class.

    `difficulty` is the share of students who are right. `discrimination` is the correlation of being right here with
    the score in the other questions; None if it cannot be computed. `others` gave no
    answer, or one that cannot be read.
    """

    name: str
    text: str
    of: int
    right: int
    others: int
    discrimination: float | None
    options: list[OptionCount]

    @property
    def difficulty(self) -> float:
        """The share of students who are right, from 0 to 1."""
        return self.right / self.of if self.of else 0.0

    @property
    def suspicious(self) -> bool:
        """Whether those who do well elsewhere are wrong here more often: a wrong key, or a misleading text."""
        return self.discrimination is not None and self.discrimination < 0


def items(choices: Mapping[str, Choice], summary: ClassSummary) -> list[Item]:
    """The questions of a quiz over the graded submissions in `summary`."""
    rows = summary.of_status(Status.GRADED)
    chosen = {(one.exercise, one.name): len(one.students) for one in summary.misconceptions}
    found = []
    for name, choice in choices.items():
        if name not in summary.exercises:
            continue
        here = [row.scores.get(name, 0.0) for row in rows]
        elsewhere = [sum(row.scores.get(other, 0.0) for other in choices if other != name) for row in rows]
        right = summary.exercises[name].full
        options = []
        for letter, option in choice.options.items():
            key = option is choice.right
            count = right if key else chosen.get((name, option.name), 0)
            idle = not key and not count and len(rows) >= _ENOUGH
            options.append(OptionCount(letter, option.text, count, key, idle))
        others = len(rows) - sum(option.count for option in options)
        discrimination = _correlation(here, elsewhere) if len(rows) >= _ENOUGH else None
        found.append(Item(name, choice.text, len(rows), right, others, discrimination, options))
    return found


def _correlation(x: list[float], y: list[float]) -> float | None:
    """Pearson's; None if one of the two is constant."""
    mean_x, mean_y = fmean(x), fmean(y)
    spread = sqrt(sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y))
    if spread < 1e-12:
        return None
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread
