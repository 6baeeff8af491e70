"""How each multiple-choice question did in a class: difficulty, discrimination, idle distractors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from homework.choices import Choice
from homework.report.statistics import FEW, SOME, correlation
from homework.report.summary import ClassSummary
from homework.results import Receipt, Status

_ENOUGH = 20  # with fewer students, an option that no one chose means nothing


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
    figures: Mapping[str, bytes]

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
        discrimination = correlation(here, elsewhere) if len(rows) >= SOME else None
        found.append(
            Item(name, choice.text, len(rows), right, others, discrimination, options, choice.figures)
        )
    return found


@dataclass(frozen=True)
class OptionRow:
    """One option over a class: who chose it, their mean score in the other questions, and its correlation with that."""

    letter: str
    right: bool
    of: int
    students: list[str]
    rest: float | None
    r: float | None

    @property
    def doubtful(self) -> bool:
        """Whether it speaks against the key: the key chosen by the weaker, or a wrong option by the stronger.

        A single strong student who errs does not: some must have lost points by it.
        """
        lost = self.of - len(self.students) if self.right else len(self.students)
        if self.r is None or self.of < _ENOUGH or lost < FEW:
            return False
        return self.r < 0 if self.right else self.r > 0.1


def options(choice: Choice, names: Iterable[str], graded: Mapping[str, Receipt]) -> list[OptionRow]:
    """The options of one question, by letter. `names` are all questions of the quiz."""
    chosen, rests = dict[str, str](), dict[str, float]()
    others = {name for name in names if name != choice.name}
    for student, receipt in graded.items():
        rests[student] = sum(one.score for one in receipt.exercises if one.name in others)
        for one in receipt.exercises:
            if one.name == choice.name:
                full = one.score >= one.max - 1e-9
                chosen[student] = choice.right.name if full else next(iter(one.misconceptions), "")
    found = []
    for letter, option in choice.options.items():
        students = sorted(student for student, name in chosen.items() if name == option.name)
        r = correlation([float(chosen.get(s) == option.name) for s in rests], [*rests.values()])
        rest = fmean(rests[student] for student in students) if students else None
        found.append(OptionRow(letter, option is choice.right, len(rests), students, rest, r))
    return found
