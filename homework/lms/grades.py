"""Our totals, and the students of a file that a learning management system exports and imports again.

Theory of operation. A file that comes back must differ from what was exported in nothing but the scores: a changed
identifier loses a row, and an empty cell over a score takes the score away. So a file is cut into its fields as they
are written, quotes and all (`table.py`), and only the field of a score is replaced. Students are found by their
identifiers, then by e-mail address, then by name if only one has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.late import bring_up_to_date
from homework.gradebook.scores import SubmissionScore, scores_of
from homework.lms.roster import Roster
from homework.lms.table import letters, put, value
from homework.results import Status, read_receipt


@dataclass(frozen=True)
class Total:
    """One student's total. `waits` is why there is no final one."""

    score: SubmissionScore
    waits: str


@dataclass
class Filled:
    """A file with our scores, what changed in it, and whose score was not written, with the reason."""

    text: str
    changes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # students of ours who are not in the file


def totals(course: Course, assignment: str, *, partial: bool = False) -> dict[str, Total]:
    """The totals of an assignment after late points, by student."""
    scores = scores_of(course, assignment)
    bring_up_to_date(course, scores.values())
    found = {}
    for student, score in scores.items():
        receipt = read_receipt(course.autograded / student / assignment)
        waiting = sum(cell.review or cell.score is None for cell in score.cells.values())
        waits = f"{waiting} of its marks wait" if waiting and not partial else ""
        if score.late_problem:
            waits = score.late_problem
        if receipt is None or receipt.status is Status.GRADER_FAULT:
            waits = "it is not graded"
        found[student] = Total(score, waits)
    return found


def decimal(text: str) -> Decimal | None:
    """A number as systems write it, also with a decimal comma; None for anything else."""
    text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    return Decimal(text) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else None


def rounded(score: float, scale: Decimal) -> Decimal:
    """A score with two decimals, half up."""
    exact = Decimal(repr(round(score, 9))) * scale
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Students:
    """Finds our students by what a row of a file says.

    Whoever is on the roster and has no total is found, too, and gives None: their row is not that of somebody who has
    the same name.
    """

    def __init__(self, totals: Mapping[str, Total], roster: Roster) -> None:
        self.totals = totals
        self.left = dict.fromkeys(totals)
        self._by: dict[str, set[str]] = {}
        self._numbers: dict[str, str] = {}
        for student, total in totals.items():
            self._add(student, *total.score.names)
        for one in roster.students.values():
            self._add(one.student, one.last_name, one.first_name, one.email)
            if one.canvas_id:
                self._numbers[one.canvas_id] = one.student

    def _add(self, student: str, last: str, first: str, email: str) -> None:
        for name in {letters(student), letters(last + first), letters(first + last), email.casefold()} - {""}:
            self._by.setdefault(name, set()).add(student)

    @property
    def numbered(self) -> bool:
        """Whether the roster has numbers of Canvas."""
        return bool(self._numbers)

    def has_number(self, number: str) -> bool:
        """Whether the roster knows whose this number of Canvas is."""
        return number in self._numbers

    def of_canvas(self, number: str) -> str | None:
        """The student whom the roster knows by this number of Canvas's."""
        return self._known(self._numbers.get(number, ""))

    def find(self, ids: Iterable[str], names: Iterable[str]) -> str | None:
        """The student of a row, who is then no longer missing."""
        for name in ids:
            address = self._by.get(name.casefold(), set()) if "@" in name else set()
            if name in self.totals or len(address) == 1:
                return self._known(name if name in self.totals else next(iter(address)))
            if (before := name.partition("@")[0]) in self.totals:
                return self._known(before)
        for name in (*ids, *names):
            found = self._by.get(name.casefold()) or self._by.get(letters(name), set())
            if name and len(found) == 1:
                return self._known(next(iter(found)))
        return None

    def _known(self, student: str) -> str | None:
        self.left.pop(student, None)
        return student if student in self.totals else None


def scaled(ours: float, theirs: str, scale: bool, where: str) -> Decimal:
    """What our points are multiplied by. Raises UsageError if the maxima differ and that was not asked for."""
    maximum = decimal(theirs)
    if maximum is not None and maximum < 0:  # Moodle writes the number of a scale so
        raise UsageError(f"{where} is graded by a scale, not by points: give it {ours:g} points there")
    if maximum is None or maximum == (exact := Decimal(repr(round(ours, 9)))):
        return Decimal(1)
    if not maximum or not exact:
        raise UsageError(
            f"{where} has {maximum} points and we give {ours:g}: 0 points cannot be scaled, correct it"
        )
    if not scale:
        raise UsageError(
            f"{where} has {maximum} points and we give {ours:g}: correct it there, or use --scale"
        )
    return maximum / exact


def fill(
    record: list[str],
    index: int,
    student: str,
    total: Total,
    scale: Decimal,
    mark: str,
    comma: bool,
    done: Filled,
) -> None:
    """Replace one score, unless there is none to give or it is there already."""
    if total.waits:
        done.skipped.append(f"{student}: {total.waits}")
        return
    old, new = value(record[index]), rounded(total.score.total, scale)
    before = decimal(old)
    if before is not None and before.quantize(Decimal("0.01"), ROUND_HALF_UP) == new:
        return
    put(record, index, str(new).replace(".", ",") if comma else str(new), mark)
    done.changes.append(f"{student}: {old or '–'} → {new}")
