"""The people in a file: Canvas's gradebook export, Moodle's grading worksheet, or a table of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

from homework.errors import UsageError
from homework.lms.roster import COLUMNS, Person
from homework.lms.table import SHORTENED, read_table
from homework.untrusted.text import printable

MOST_NAMED = 10  # problems
_STUDENT = re.compile(r"(?!\.)[A-Za-z0-9._@-]{1,64}")
# Other words for columns of a table of one's own, as other systems write them.
_ALIASES = {
    "email": ("email_address", "e_mail", "e_mail_address", "mail"),
    "last_name": ("surname", "family_name", "lastname", "last"),
    "first_name": ("given_name", "firstname", "first"),
    "section": ("sections",),
}
_SUMS = "total totals sum average mean median count maximum minimum".split()


def read_roster(path: Path, column: str = "") -> list[Person]:
    """The people in a file. `column` is the one with the names for the gradebook, if it is not the usual one.

    Raises UsageError, with every line that is wrong.
    """
    columns, rows = read_table(path)
    plain = {name.casefold().replace(" ", "_").replace("-", "_"): name for name in columns}
    chosen = next((name for name in columns if column and name.casefold() == column.casefold()), "")
    if column and not chosen:
        raise UsageError(f"{path} has no column {column!r}; its columns are: {', '.join(columns)}")
    at = moodle_columns(columns, rows)
    if {"id", "section"} <= plain.keys() and {"student", "lastname"} & plain.keys():
        chosen = chosen or plain.get("sis_login_id", "")
        people = [_of_canvas(row, plain, chosen) for row in rows if _is_person(row, plain)]
        usual = "SIS Login ID"
    elif "student" in plain or (("id" in plain or column) and not at):
        people = _of_table(rows, plain, chosen or plain.get("student") or plain.get("id", ""))
        usual = "student"
    elif at:
        if not chosen and "email" not in at:
            raise UsageError(
                f"{path} has no addresses: is the assignment marked blind? Download the worksheet of another one, or "
                f"choose a column with --id; there are: {', '.join(columns)}"
            )
        people = [_of_moodle(row, at, chosen) for row in rows]
        usual = "Email address"
    elif not columns:
        raise UsageError(f"{path} is empty: export it again")
    elif columns[0].casefold().startswith(("<!doctype html", "<html")):
        raise UsageError(f"{path} is a web page, perhaps a login page: export it again, while logged in")
    else:
        raise UsageError(
            f"{path} has neither a column `student`, nor those of Canvas's gradebook (ID, SIS Login ID, Section) or "
            "Moodle's worksheet (Identifier, Email address): say with --id which column has the students' names for "
            f"the gradebook; there are: {printable(', '.join(columns), 200)}"
        )
    people = _joined(people)
    problems = [*problems_of(people, chosen or usual)]
    if problems:
        more = f"; and {len(problems) - MOST_NAMED} more" * (len(problems) > MOST_NAMED)
        raise UsageError(
            f"{path}: nothing was taken: {'; '.join(problems[:MOST_NAMED])}{more}. "
            "Correct the file, or choose another column with --id"
        )
    if not any(one.student for one in people):
        raise UsageError(f"{path} names no student")
    return people


def _of_table(rows: list[dict[str, str]], plain: dict[str, str], chosen: str) -> list[Person]:
    """The people in a table of one's own, or one of another system; `chosen` is the column with their names."""
    names = {
        name: next((plain[word] for word in (name, *_ALIASES.get(name, ())) if word in plain), "")
        for name in COLUMNS[1:]
    }
    full = plain.get("name", "") if not names["last_name"] and not names["first_name"] else ""
    role = plain.get("role", "")
    if not any(role and row[role].casefold() in ("student", "learner") for row in rows):
        role = ""  # no column with roles
    people = []
    for row in rows:
        one = Person(
            row[chosen].removeprefix("#"),  # Brightspace's
            **{name: row[here] for name, here in names.items() if here and here != chosen},
        )
        if full:
            last, _, first = row[full].partition(",") if "," in row[full] else row[full].rpartition(" ")[::-1]
            one = replace(one, last_name=last.strip(), first_name=first.strip())
        told = any(char.isalpha() for char in f"{one.last_name}{one.first_name}{one.email}")
        if (one.student.casefold() in _SUMS and not told) or not any(asdict(one).values()):
            continue
        if not role or row[role].casefold() in ("student", "learner", ""):
            people.append(one)
    return people


def _joined(people: list[Person]) -> list[Person]:
    """The people, with one row for each who has the same row in several sections."""
    found: dict[Person, list[str]] = {}
    for one in people:
        found.setdefault(replace(one, section=""), []).append(one.section)
    return [
        replace(one, section=", ".join(dict.fromkeys(filter(None, sections))))
        for one, sections in found.items()
    ]


def _is_person(row: dict[str, str], plain: dict[str, str]) -> bool:
    """Whether a row of Canvas's export is a student's; the first rows hold points and posting policies."""
    name = row[plain["student"]] if "student" in plain else row[plain["lastname"]]
    return bool(row[plain["id"]]) and not name.casefold().startswith("points possible")


def _of_canvas(row: dict[str, str], plain: dict[str, str], chosen: str) -> Person:
    def get(name: str) -> str:
        return row[plain[name]] if name in plain else ""

    last, _, first = get("student").partition(",")
    if "lastname" in plain:
        last, first = get("lastname"), get("firstname")
    last, first = last.strip(), first.strip()
    test = (last, first) == ("Student", "Test")
    student = "" if test else row[chosen] if chosen else ""
    login = get("sis_login_id")
    email = login if "@" in login else ""
    return Person(student, last, first, email, get("id"), "", login, get("section"))


def moodle_columns(columns: list[str], rows: list[dict[str, str]]) -> dict[str, str]:
    """The columns of Moodle's worksheet, which have other names on a site in another language.

    The first is the identifier, a word and a number in all rows; the second the full name; one has addresses. Two tell
    when something was last modified: the submission (`time`), then the grade.
    """
    if not rows or len(columns) < 2:
        return {}
    number = next((name for name in columns if name.casefold() == "identifier"), columns[0])
    words = {word[1] if (word := re.fullmatch(r"(.*\D)\d+", row[number].strip())) else "" for row in rows}
    if len(words) > 1 or "" in words:
        return {}
    modified = _modified(columns)
    if not modified and not words.pop().endswith(" "):  # names such as s1, s2, ...
        return {}
    name = next((name for name in columns if name.casefold() == "full name"), columns[1])
    mails = [one for one in columns if all("@" in row[one] or not row[one] for row in rows)]
    mails = [one for one in mails if any(row[one] for row in rows)]
    found = {"number": number, "name": name, "email": mails[0] if mails else "", "time": modified}
    return {key: column for key, column in found.items() if column}


def _modified(columns: list[str]) -> str:
    """The first of two columns as in *Last modified (submission)* and *Last modified (grade)*; "" if there are none."""
    parts = [re.fullmatch(r"(.{3,}?)\s*[(\uff08].+[)\uff09]", name) for name in columns]
    pairs = [one for one, other in pairwise(filter(None, parts)) if one[1] == other[1]]
    return pairs[0][0] if pairs else ""


def _of_moodle(row: dict[str, str], at: dict[str, str], chosen: str) -> Person:
    email = row[at["email"]] if "email" in at else ""
    first, _, last = row[at["name"]].rpartition(" ")
    student = row[chosen] if chosen else email.partition("@")[0]
    return Person(student, last, first, email, "", participant(row[at["number"]]), "", "")


def participant(identifier: str) -> str:
    """The number at the end of Moodle's identifier, as in *Participant 101*; "" if there is none."""
    found = re.search(r"(\d+)\s*$", identifier)
    return found[1] if found else ""


def problems_of(people: list[Person], column: str) -> Iterable[str]:
    seen: dict[str, Person] = {}
    numbers: dict[tuple[str, str], Person] = {}
    for one in people:
        who = printable(f"{one.first_name} {one.last_name}".strip() or one.student or one.canvas_id, 80)
        if not one.student:
            if (one.last_name, one.first_name) != ("Student", "Test"):
                yield f"{who} has nothing in the column {column!r}"
            continue
        if shortened := [
            one_of for one_of in (one.student, one.canvas_id, one.login_id) if SHORTENED.fullmatch(one_of)
        ]:
            yield (
                f"a spreadsheet has shortened a number to {shortened[0]} ({who}): export the file again, and do not "
                "save it in a spreadsheet"
            )
        elif not _STUDENT.fullmatch(one.student):
            yield (
                f"{printable(one.student, 80)!r} cannot be a student's name: 1 to 64 of A-Z, a-z, 0-9 and . _ @ -, "
                "no dot at the beginning"
            )
        if one.student.casefold() in seen:
            yield f"{printable(one.student, 80)} is there twice"
        seen[one.student.casefold()] = one
        for name in ("canvas_id", "moodle_id"):
            number = getattr(one, name)
            if number and (other := numbers.get((name, number))):
                both = f"{printable(other.student, 80)} and {printable(one.student, 80)}"
                yield f"{name} {printable(number, 40)} is there twice, of {both}"
            numbers[name, number] = one
