"""What `homework check` finds out, as records that can be printed and kept. Imports neither torch nor NumPy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class SolutionRow:
    """One solution and its result in its exercise. `problem` says what is wrong with the tests, if anything."""

    exercise: str
    kind: str  # reference, variant, misconception, refused, release
    name: str
    score: float
    max: float
    verdicts: dict[str, str]
    named: str
    problem: str = ""
    seconds: float = 0.0  # that its tests took


@dataclass
class Report:
    """The matrix of one assignment, and problems that do not belong to one solution."""

    assignment: str
    rows: list[SolutionRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what was looked at besides, and what is no problem yet
    kept: int = 0  # of the rows, how many are from an earlier check

    @property
    def failures(self) -> list[str]:
        """Everything that must be fixed, in words; where the reference fails, nothing else of its exercise."""
        broken = {row.exercise for row in self.rows if row.kind == "reference" and row.problem}
        return self.problems + [
            f"{row.exercise}: {row.kind} {row.name} {row.problem}"
            for row in self.rows
            if row.problem and (row.kind == "reference" or row.exercise not in broken)
        ]
