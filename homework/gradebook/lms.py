"""Totals in the files that Canvas and Moodle export and import again.

Theory of operation. A file that comes back must differ from what was exported in nothing but the scores: a changed
identifier loses a row, and an empty cell over a score takes the score away. So a file is cut into its fields as they
are written, quotes and all, and only the field of a score is replaced. Students are found by their identifiers, then by
e-mail address, then by name if only one has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from homework.course import Assignment, Course
from homework.errors import UsageError
from homework.gradebook.late import bring_up_to_date
from homework.gradebook.scores import SubmissionScore, scores_of
from homework.results import Status, read_receipt

_RESERVED = re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
_ID = re.compile(r"\s*\((\d+)\)\s*\Z")


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


def totals(course: Course, assignment: str, *, partial: bool = False) -> dict[str, Total]:
    """The totals of an assignment after late points, by student."""
    scores = scores_of(course, assignment)
    bring_up_to_date(course, scores.values())
    found = {}
    for student, score in scores.items():
        receipt = read_receipt(course.autograded / student / assignment)
        waiting = sum(cell.review or cell.score is None for cell in score.cells.values())
        waits = f"{waiting} of its marks wait" if waiting and not partial else ""
        if receipt is None or receipt.status is Status.GRADER_FAULT:
            waits = "it is not graded"
        found[student] = Total(score, waits)
    return found


# ---------------------------------------------------------------------------------------------- fields


def _records(text: str, mark: str) -> list[list[str]]:
    """The fields of a CSV file as they are written; the last field of a record keeps its line end."""
    found: list[list[str]] = [[]]
    start, quoted, position = 0, False, 0
    while position < len(text):
        char = text[position]
        if char == '"' and quoted and text[position + 1 : position + 2] == '"':
            position += 1
        elif char == '"' and (quoted or position == start):
            quoted = not quoted
        elif not quoted and char == mark:
            found[-1].append(text[start:position])
            start = position + 1
        elif not quoted and char == "\n":
            found[-1].append(text[start : position + 1])
            found.append([])
            start = position + 1
        position += 1
    if start < len(text):
        found[-1].append(text[start:])
    return [record for record in found if record]


def _value(raw: str) -> str:
    raw = raw.rstrip("\r\n")
    if len(raw) > 1 and raw[0] == raw[-1] == '"':
        return raw[1:-1].replace('""', '"').strip()
    return raw.strip()


def _put(record: list[str], index: int, value: str) -> None:
    end = record[index][len(record[index].rstrip("\r\n")) :]
    quoted = record[index].startswith('"') or "," in value
    record[index] = (f'"{value}"' if quoted else value) + end


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _decimal(text: str) -> Decimal | None:
    text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    return Decimal(text) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else None


def _rounded(score: float, scale: Decimal) -> Decimal:
    exact = Decimal(repr(round(score, 9))) * scale
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


# ---------------------------------------------------------------------------------------------- students


def _squeezed(name: str) -> str:
    return re.sub(r"\W", "", name).casefold()


class _Students:
    """Finds our students by what a row of a file says."""

    def __init__(self, totals: Mapping[str, Total]) -> None:
        self.totals = totals
        self.left = dict.fromkeys(totals)
        self._by: dict[str, list[str]] = {}
        for student, total in totals.items():
            last, first, email = total.score.names
            for name in {
                _squeezed(student),
                _squeezed(last + first),
                _squeezed(first + last),
                email.casefold(),
            }:
                if name:
                    self._by.setdefault(name, []).append(student)

    def find(self, ids: Iterable[str], names: Iterable[str]) -> str | None:
        """The student of a row, who is then no longer missing."""
        for name in ids:
            for one in (name, name.partition("@")[0]):
                if one in self.totals:
                    self.left.pop(one, None)
                    return one
        for name in (*ids, *names):
            found = self._by.get(name.casefold()) or self._by.get(_squeezed(name), [])
            if name and len(found) == 1:
                self.left.pop(found[0], None)
                return found[0]
        return None


def _scaled(ours: float, theirs: str, scale: bool, where: str) -> Decimal:
    """What our points are multiplied by. Raises UsageError if the maxima differ and that was not asked for."""
    maximum = _decimal(theirs)
    if maximum is None or maximum == Decimal(repr(ours)):
        return Decimal(1)
    if not scale:
        raise UsageError(
            f"{where} has {maximum} points and we give {ours:g}: correct it there, or use --scale"
        )
    return maximum / Decimal(repr(ours))


def _fill(
    record: list[str], index: int, student: str, total: Total, scale: Decimal, comma: bool, done: Filled
) -> None:
    """Replace one score, unless there is none to give or it is there already."""
    if total.waits:
        done.skipped.append(f"{student}: {total.waits}")
        return
    old, new = _value(record[index]), _rounded(total.score.total, scale)
    before = _decimal(old)
    if before is not None and before.quantize(Decimal("0.01"), ROUND_HALF_UP) == new:
        return
    _put(record, index, str(new).replace(".", ",") if comma else str(new))
    done.changes.append(f"{student}: {old or '–'} → {new}")


# ---------------------------------------------------------------------------------------------- the two files


def canvas(
    text: str, task: Assignment, totals: Mapping[str, Total], column: str = "", *, scale: bool = False
) -> Filled:
    """Canvas's export with the scores of one assignment, and no other assignment. Raises UsageError."""
    mark = _separator(text)
    records = _records(text, mark)
    header = [_value(raw) for raw in records[0]] if records else []
    last = max((i for i, name in enumerate(header) if "Section" in name), default=-1)
    if "ID" not in header or last < 0:
        raise UsageError("this is not Canvas's gradebook: it has no columns ID and Section")
    chosen = _canvas_column(header, last, task, column)
    rows = records[1:]
    first = next((n for n, row in enumerate(rows) if _value(row[0]) == "Points Possible"), None)
    theirs = "" if first is None else _value(rows[first][chosen])
    if theirs.casefold() == "(read only)" or theirs.casefold() == "read only":
        raise UsageError(f"Canvas does not let anybody change {header[chosen]!r}: it is read only")
    factor = _scaled(task.max_points, theirs, scale, f"Canvas's {header[chosen]!r}")
    people, done = _Students(totals), Filled("")
    comma = mark == ";" and any("," in _value(row[chosen]) for row in rows if len(row) > chosen)
    names = {name: i for i, name in enumerate(header[: last + 1])}
    for row in rows if first is None else rows[first + 1 :]:
        if len(row) <= chosen or _value(row[chosen]).upper() in ("EX", "N/A"):
            if len(row) > chosen:
                people.find(*_canvas_ids(row, names))
            continue
        student = people.find(*_canvas_ids(row, names))
        if student is not None:
            _fill(row, chosen, student, totals[student], factor, comma, done)
    kept = [*range(last + 1), chosen]
    lines = []
    for record in records:
        end = record[-1][len(record[-1].rstrip("\r\n")) :]
        fields = [record[i].rstrip("\r\n") if i < len(record) else "" for i in kept]
        lines.append(mark.join(fields) + end)
    done.text = "".join(lines)
    done.skipped += [f"{student}: not in the file" for student in people.left]
    return done


def _canvas_ids(row: list[str], names: Mapping[str, int]) -> tuple[list[str], list[str]]:
    ids = [_value(row[names[n]]) for n in ("SIS Login ID", "SIS User ID", "ID") if n in names]
    person = [_value(row[names[n]]) for n in ("Student",) if n in names]
    if "LastName" in names and "FirstName" in names:
        person.append(_value(row[names["LastName"]]) + _value(row[names["FirstName"]]))
    return ids, person


def _canvas_column(header: list[str], last: int, task: Assignment, column: str) -> int:
    titles = {i: name for i, name in enumerate(header) if i > last}
    found = [i for i, name in titles.items() if column in (name, _ID.sub("", name))] if column else []
    if not column:
        first = next((cell["source"] for cell in task.cells if cell["cell_type"] == "markdown"), "")
        wanted = {task.name.casefold(), first.partition("\n")[0].strip("# ").casefold()}
        found = [i for i, name in titles.items() if _ID.sub("", name).casefold() in wanted]
    if len(found) != 1:
        said = ", ".join(repr(name) for name in titles.values()) or "none"
        raise UsageError(f"which column of Canvas is {task.name}? Name it with --column; there are: {said}")
    title = header[found[0]]
    if _RESERVED.search(title):
        raise UsageError(
            f"Canvas drops a column called {title!r} without a word: rename the assignment there"
        )
    return found[0]


def moodle(
    text: str, task: Assignment, totals: Mapping[str, Total], columns: str = "", *, scale: bool = False
) -> Filled:
    """Moodle's grading worksheet with our scores. Raises UsageError.

    `columns` gives the names of columns on a site in another language: id, grade, maximum, name, email.
    """
    called = {
        "id": "Identifier",
        "grade": "Grade",
        "maximum": "Maximum grade",
        "name": "Full name",
        "email": "Email address",
        "changeable": "Grade can be changed",
    }
    called |= dict(part.split("=", 1) for part in columns.split(",") if "=" in part)
    mark = _separator(text)
    records = _records(text, mark)
    header = [_value(raw).casefold() for raw in records[0]] if records else []
    at = {key: header.index(name.casefold()) for key, name in called.items() if name.casefold() in header}
    if missing := [called[key] for key in ("id", "grade") if key not in at]:
        raise UsageError(f"the worksheet has no column {missing[0]!r}: name it with --columns")
    people, done = _Students(totals), Filled("")
    others = [i for i, name in enumerate(header) if name in ("username", "id number", "email address")]
    comma = mark == ";" and any(
        "," in _value(row[at["grade"]]) for row in records[1:] if len(row) > at["grade"]
    )
    for row in records[1:]:
        if len(row) < len(header):
            continue
        ids = [_value(row[i]) for i in dict.fromkeys([*others, *([at["email"]] if "email" in at else [])])]
        student = people.find(ids, [_value(row[at["name"]])] if "name" in at else [])
        if student is None:
            continue
        if "changeable" in at and _value(row[at["changeable"]]).casefold() == "no":
            done.skipped.append(f"{student}: Moodle says that its grade cannot be changed")
            continue
        theirs = _value(row[at["maximum"]]) if "maximum" in at else ""
        factor = _scaled(task.max_points, theirs, scale, "Moodle's assignment")
        most = _decimal(theirs)
        if most is not None and _rounded(totals[student].score.total, factor) > most:
            done.skipped.append(f"{student}: more points than Moodle's maximum {most}, which it would skip")
            continue
        _fill(row, at["grade"], student, totals[student], factor, comma, done)
    done.text = "".join(mark.join(record) for record in records)
    done.skipped += [f"{student}: not in the file" for student in people.left]
    return done
