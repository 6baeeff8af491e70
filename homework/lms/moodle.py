"""`homework export --moodle` and `--moodle-gradebook`: totals and comments for Moodle."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Mapping
from decimal import Decimal

from homework.course import Assignment
from homework.errors import UsageError
from homework.lms.grades import Filled, Students, Total, decimal, fill, rounded, scaled
from homework.lms.roster import Roster
from homework.lms.roster_files import moodle_columns
from homework.lms.table import put, records, separator, value


def moodle(
    text: str,
    task: Assignment,
    totals: Mapping[str, Total],
    roster: Roster,
    columns: str = "",
    *,
    scale: bool = False,
    comments: bool = False,
) -> Filled:
    """Moodle's grading worksheet with our scores. Raises UsageError.

    `columns` gives the names of columns on a site in another language: id, grade, maximum, name, email, changeable,
    feedback. With `comments` graders' comments go into *Feedback comments*.
    """
    called = {
        "id": "Identifier",
        "grade": "Grade",
        "maximum": "Maximum grade",
        "name": "Full name",
        "email": "Email address",
        "changeable": "Grade can be changed",
        "feedback": "Feedback comments",
    }
    called |= dict(part.split("=", 1) for part in columns.split(",") if "=" in part)
    mark = separator(text)
    found = records(text, mark)
    header = [value(raw).casefold() for raw in found[0]] if found else []
    at = {key: header.index(name.casefold()) for key, name in called.items() if name.casefold() in header}
    if not columns and "id" not in at:
        at = _by_content(found) | at
    needed = ("id", "grade", "feedback") if comments else ("id", "grade")
    if missing := [called[key] for key in needed if key not in at]:
        raise UsageError(f"the worksheet has no column {missing[0]!r}: name it with --columns")
    people, done = Students(totals, roster), Filled("")
    others = [i for i, name in enumerate(header) if name in ("username", "id number", "email address")]
    comma = mark == ";" and any("," in value(row[at["grade"]]) for row in found[1:] if len(row) > at["grade"])
    for row in found[1:]:
        if len(row) < len(header):
            continue
        ids = [value(row[i]) for i in dict.fromkeys([*others, *([at["email"]] if "email" in at else [])])]
        student = people.find(ids, [value(row[at["name"]])] if "name" in at else [])
        if student is None:
            continue
        if "changeable" in at and value(row[at["changeable"]]).casefold() == "no":
            done.skipped.append(f"{student}: Moodle says that its grade cannot be changed")
            continue
        theirs = value(row[at["maximum"]]) if "maximum" in at else ""
        factor = scaled(task.max_points, theirs, scale, "Moodle's assignment")
        most = decimal(theirs)
        if most is not None and rounded(totals[student].score.total, factor) > most:
            done.skipped.append(f"{student}: more points than Moodle's maximum {most}, which it would skip")
            continue
        said = comments_of(task, totals[student]) if comments and not totals[student].waits else ""
        if said and value(row[at["feedback"]]) != said:
            put(row, at["feedback"], said, mark)
            done.changes.append(f"{student}: feedback comments")
        fill(row, at["grade"], student, totals[student], factor, mark, comma, done)
    done.text = "".join(mark.join(record) for record in found)
    done.strangers = list(people.left)
    return done


def _by_content(found: list[list[str]]) -> dict[str, int]:
    """The columns of a worksheet with other words than English ones, as far as its content and order tell them.

    The maximum is the one column with the same number in all rows, and the grade stands before it.
    """
    header = [value(raw) for raw in found[0]] if found else []
    rows = [[value(raw) for raw in record] for record in found[1:] if len(record) == len(header)]
    told = moodle_columns(header, [dict(zip(header, row, strict=True)) for row in rows])
    keys = {"id": "number", "name": "name", "email": "email"}
    at = {key: header.index(told[theirs]) for key, theirs in keys.items() if theirs in told}
    end = header.index(told["time"]) if "time" in told else 0
    same = [i for i in range(1, end) if len({row[i] for row in rows}) == 1 and decimal(rows[0][i])]
    grades = [row[same[0] - 1] for row in rows] if len(same) == 1 else ["?"]
    if not all(text in ("", "-") or decimal(text) is not None for text in grades):
        return {}
    return at | {"grade": same[0] - 1, "maximum": same[0]}


def comments_of(task: Assignment, total: Total) -> str:
    """What graders wrote about each task, as the HTML that Moodle takes a comment for."""
    lines = []
    for one in task.tasks.values():
        cells = dict.fromkeys((one.name, one.answer_cell, one.grade_cell))
        said = [total.score.comments.get(cell, "").strip() for cell in cells]
        lines += [f"<p><b>{html.escape(one.title)}</b><br>{_lines(text)}</p>" for text in said if text]
    return "".join(lines)


def _lines(text: str) -> str:
    return html.escape(text).replace("\r", "").replace("\n", "<br>")


def moodle_gradebook(task: Assignment, totals: Mapping[str, Total]) -> Filled:
    """A table for Moodle's *Grades › Import*: address, total and comments of those who have a final mark."""
    file, done = io.StringIO(newline=""), Filled("")
    writer = csv.writer(file)
    writer.writerow(["email", task.name, f"{task.name} feedback"])
    for student, total in totals.items():
        email = total.score.names[2]
        if total.waits:
            done.skipped.append(f"{student}: {total.waits}")
        elif not email:
            done.skipped.append(f"{student}: no e-mail address is known; import it with `homework roster`")
        else:
            mark = rounded(total.score.total, Decimal(1))
            writer.writerow([email, mark, comments_of(task, total)])
            done.changes.append(f"{student}: {mark}")
    done.text = file.getvalue()
    return done
