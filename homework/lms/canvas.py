"""`homework export --canvas`: the totals of one assignment in Canvas's own export."""

from __future__ import annotations

import re
from collections.abc import Mapping

from homework.course import Assignment
from homework.errors import UsageError
from homework.lms.grades import Filled, Students, Total, fill, scaled
from homework.lms.roster import Roster
from homework.lms.table import SHORTENED, records, separator, value

_RESERVED = re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
_ID = re.compile(r"\s*\((\d+)\)\s*\Z")


def canvas(
    text: str,
    task: Assignment,
    totals: Mapping[str, Total],
    roster: Roster,
    column: str = "",
    *,
    scale: bool = False,
) -> Filled:
    """Canvas's export with the scores of one assignment, and no other assignment. Raises UsageError."""
    mark = separator(text)
    found = records(text, mark)
    header = [value(raw) for raw in found[0]] if found else []
    last = max((i for i, name in enumerate(header) if "Section" in name), default=-1)
    if "ID" not in header or last < 0:
        raise UsageError("this is not Canvas's gradebook: it has no columns ID and Section")
    chosen = _column(header, last, task, column)
    rows = found[1:]
    first = next((n for n, row in enumerate(rows) if value(row[0]) == "Points Possible"), None)
    theirs = "" if first is None or len(rows[first]) <= chosen else value(rows[first][chosen])
    if theirs.casefold() == "(read only)" or theirs.casefold() == "read only":
        raise UsageError(f"Canvas does not let anybody change {header[chosen]!r}: it is read only")
    factor = scaled(task.max_points, theirs, scale, f"Canvas's {header[chosen]!r}")
    people, done = Students(totals, roster), Filled("")
    comma = mark == ";" and any("," in value(row[chosen]) for row in rows if len(row) > chosen)
    names = {name: i for i, name in enumerate(header[: last + 1])}
    numbers = [value(row[names["ID"]]) for row in rows if len(row) > names["ID"]]
    if shortened := next(filter(SHORTENED.fullmatch, numbers), ""):
        raise UsageError(
            f"a spreadsheet has shortened Canvas's numbers, as {shortened}: export the gradebook again, and do not "
            "save it in between"
        )
    for row in rows if first is None else rows[first + 1 :]:
        if len(row) <= chosen or value(row[chosen]).upper() in ("EX", "N/A"):
            if len(row) > chosen:
                _student(people, row, names)
            continue
        student = _student(people, row, names)
        if student is not None:
            fill(row, chosen, student, totals[student], factor, mark, comma, done)
    kept = [*range(last + 1), chosen]
    lines = []
    for record in found:
        end = record[-1][len(record[-1].rstrip("\r\n")) :]
        fields = [record[i].rstrip("\r\n") if i < len(record) else "" for i in kept]
        lines.append(mark.join(fields) + end)
    done.text = "".join(lines)
    done.strangers = list(people.left)
    return done


def _student(people: Students, row: list[str], names: Mapping[str, int]) -> str | None:
    """The student of a row, by Canvas's number, else by an identifier, else by name."""
    number = value(row[names["ID"]])
    if people.has_number(number):
        return people.of_canvas(number)
    # Canvas's number is nobody's name where the roster has these numbers: names may be numbers, too.
    used = ("SIS Login ID", "SIS User ID") if people.numbered else ("SIS Login ID", "SIS User ID", "ID")
    ids = [value(row[names[n]]) for n in used if n in names]
    person = [value(row[names[n]]) for n in ("Student",) if n in names]
    if "LastName" in names and "FirstName" in names:
        person.append(value(row[names["LastName"]]) + value(row[names["FirstName"]]))
    return people.find(ids, person)


def _column(header: list[str], last: int, task: Assignment, column: str) -> int:
    titles = {i: name for i, name in enumerate(header) if i > last}
    found = [i for i, name in titles.items() if column in (name, _ID.sub("", name))] if column else []
    if not column:
        first = next((cell["source"] for cell in task.cells if cell["cell_type"] == "markdown"), "")
        title = first.partition("\n")[0].strip("# ").casefold()
        wanted = {task.name.casefold(), title, title.partition(":")[0]}
        found = [i for i, name in titles.items() if _ID.sub("", name).casefold() in wanted]
    if len(found) != 1:
        said = ", ".join(repr(name) for name in titles.values() if not _RESERVED.search(name)) or "none"
        raise UsageError(f"which column of Canvas is {task.name}? Name it with --column; there are: {said}")
    title = header[found[0]]
    if _RESERVED.search(title):
        raise UsageError(
            f"Canvas drops a column called {title!r} without a word: rename the assignment there"
        )
    return found[0]
