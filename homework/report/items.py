"""How each multiple-choice question did in a class: difficulty, discrimination, and who chose which option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from homework.choices import Choice
from homework.report.statistics import FEW, SOME, correlation
from homework.report.summary import ClassSummary
from homework.results import Status

_ENOUGH = 20  # with fewer students, an option that no one chose means nothing


@dataclass(frozen=True)
class OptionRow:
    """One option over a class: who chose it, their mean score in the other questions, and its correlation with that.

    `of` is the size of the class.
    """

    letter: str
    text: str
    right: bool
    of: int
    students: list[str]
    rest: float | None
    r: float | None

    @property
    def count(self) -> int:
        """How many chose it."""
        return len(self.students)

    @property
    def idle(self) -> bool:
        """Whether it is a wrong one that no one chose."""
        return not self.right and not self.students and self.of >= _ENOUGH

    @property
    def doubtful(self) -> bool:
        """Whether it speaks against the key: the key chosen by the weaker, or a wrong option by the stronger.

        A single strong student who errs does not: some must have lost points by it.
        """
        lost = self.of - self.count if self.right else self.count
        if self.r is None or self.of < _ENOUGH or lost < FEW:
            return False
        return self.r < 0 if self.right else self.r > 0.1


@dataclass(frozen=True)
class Item:
    """One question over a class.

    `discrimination` is the correlation of the score here with that in the other questions; None if it cannot be
    computed.
    """

    name: str
    text: str
    of: int
    discrimination: float | None
    options: list[OptionRow]
    figures: Mapping[str, bytes]

    @property
    def right(self) -> int:
        """How many are right."""
        return sum(option.count for option in self.options if option.right)

    @property
    def others(self) -> int:
        """How many gave no answer, or one that cannot be read."""
        return self.of - sum(option.count for option in self.options)

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
    wrong = {(one.exercise, student): one.name for one in summary.misconceptions for student in one.students}
    found = []
    for name, choice in choices.items():
        if name not in summary.exercises:
            continue
        most = summary.exercises[name].max
        here = [row.scores.get(name, 0.0) for row in rows]
        rests = [sum(row.scores.get(other, 0.0) for other in choices if other != name) for row in rows]
        chosen = [
            choice.right.name if score >= most - 1e-9 else wrong.get((name, row.student), "")
            for row, score in zip(rows, here, strict=True)
        ]
        options = []
        for letter, option in choice.options.items():
            its = [one == option.name for one in chosen]
            students = [row.student for row, chose in zip(rows, its, strict=True) if chose]
            theirs = [rest for rest, chose in zip(rests, its, strict=True) if chose]
            rest, r = fmean(theirs) if theirs else None, correlation([float(one) for one in its], rests)
            options.append(
                OptionRow(letter, option.text, option is choice.right, len(rows), students, rest, r)
            )
        discrimination = correlation(here, rests) if len(rows) >= SOME else None
        found.append(Item(name, choice.text, len(rows), discrimination, options, choice.figures))
    return found
