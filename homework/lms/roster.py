"""`homework roster`: who is in the class, and by which numbers learning management systems know them.

Theory of operation. A roster is Canvas's gradebook export, Moodle's grading worksheet, or a table of one's own. Names
and addresses go into nbgrader's gradebook, identifiers into `lms.csv` next to nbgrader_config.py. A file is taken as a
whole or not at all: with half a roster, archives would be half collected.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import open_gradebook
from homework.lms.table import letters, read_table
from homework.untrusted.text import printable

FILE = "lms.csv"
_STUDENT = re.compile(r"(?!\.)[A-Za-z0-9._@-]{1,64}")
_MOST_NAMED = 10
# Other words for columns of a table of one's own, as other systems write them.
_ALIASES = {
    "email": ("email_address", "e_mail", "e_mail_address", "mail"),
    "last_name": ("surname", "family_name", "lastname", "last"),
    "first_name": ("given_name", "firstname", "first"),
    "section": ("sections",),
}
_SUMS = {"total", "totals", "sum", "average", "mean", "median", "count", "maximum", "minimum", "points possible"}
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)  # a long number, as spreadsheets show it


@dataclass(frozen=True)
class Person:
    """One row of a roster. `student` is the name in the gradebook; it is empty for Canvas's test student.

    `moodle_id` is the participant's number in one assignment, as in the worksheet that it was read from.
    """

    student: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    canvas_id: str = ""
    moodle_id: str = ""
    login_id: str = ""
    section: str = ""

    @property
    def names(self) -> set[str]:
        """The full name in both orders, as letters alone."""
        both = {letters(self.last_name + self.first_name), letters(self.first_name + self.last_name)}
        return both - {""}


COLUMNS = tuple(field.name for field in fields(Person))


class Roster:
    """The people of a course, found by what learning management systems say of them."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = list(people)
        self.students = {one.student: one for one in self.people if one.student}
        self._by: dict[tuple[str, str], list[Person]] = {}
        for one in self.people:
            for name in ("canvas_id", "moodle_id"):
                self._by.setdefault((name, getattr(one, name)), []).append(one)
        for one in self.students.values():
            for full in one.names:
                self._by.setdefault(("name", full), []).append(one)
            for word in {one.student.casefold(), one.login_id.casefold(), one.email.casefold()}:
                self._by.setdefault(("word", word), []).append(one)

    @classmethod
    def load(cls, course: Course) -> Roster:
        """The roster of a course; empty if there is none. Raises UsageError if it cannot be read."""
        path = course.root / FILE
        if not path.exists():
            return cls()
        columns, rows = read_table(path)
        if "student" not in columns:
            raise UsageError(f"{path} has no column `student`: remove it, and run `homework roster` again")
        return cls(Person(**{name: row.get(name, "") for name in COLUMNS}) for row in rows)

    def by(self, column: str, value: str) -> list[Person]:
        """The people with this `canvas_id` or `moodle_id`."""
        return self._by.get((column, value), []) if value else []

    def named(self, name: str) -> list[Person]:
        """The students with this full name."""
        return self._by.get(("name", letters(name)), []) if letters(name) else []

    def known_as(self, word: str) -> list[Person]:
        """The students with this name in the gradebook, login or address, whatever its case."""
        return self._by.get(("word", word.casefold()), []) if word else []


def read_roster(path: Path, column: str = "") -> list[Person]:
    """The people in a file. `column` is the one with the names for the gradebook, if it is not the usual one.

    Raises UsageError, with every line that is wrong.
    """
    columns, rows = read_table(path)
    plain = {name.casefold().replace(" ", "_").replace("-", "_"): name for name in columns}
    chosen = next((name for name in columns if column and name.casefold() == column.casefold()), "")
    if column and not chosen:
        raise UsageError(f"{path} has no column {column!r}; its columns are: {', '.join(columns)}")
    at = moodle_columns(rows)
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
            "Moodle's worksheet (Identifier, Email address): say with --id which column has the students' names for the "
            f"gradebook; there are: {printable(', '.join(columns), 200)}"
        )
    people = _joined(people)
    problems = [*_problems(people, chosen or usual)]
    if problems:
        more = f"; and {len(problems) - _MOST_NAMED} more" * (len(problems) > _MOST_NAMED)
        raise UsageError(
            f"{path}: nothing was taken: {'; '.join(problems[:_MOST_NAMED])}{more}. "
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
        replace(one, section=", ".join(dict.fromkeys(filter(None, sections)))) for one, sections in found.items()
    ]


def _is_person(row: dict[str, str], plain: dict[str, str]) -> bool:
    """Whether a row of Canvas's export is somebody's; the first rows are about points and posting."""
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


def moodle_columns(rows: list[dict[str, str]]) -> dict[str, str]:
    """The columns of Moodle's worksheet, which have other names on a site in another language.

    The first is the identifier, a word and a number in all rows; the second the full name; one has addresses. Two tell
    when something was last modified: the submission (`time`), then the grade.
    """
    if not rows:
        return {}
    columns = list(rows[0])[::-1]
    number = next((name for name in columns if name.casefold() == "identifier"), columns[0])
    words = {word[1] if (word := re.fullmatch(r"(\S+?\s?)\d+", row[number].strip())) else "" for row in rows}
    if len(words) > 1 or "" in words or len(columns) < 2:
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


def _problems(people: list[Person], column: str) -> Iterable[str]:
    seen: dict[str, Person] = {}
    numbers: dict[tuple[str, str], Person] = {}
    for one in people:
        who = printable(f"{one.first_name} {one.last_name}".strip() or one.student or one.canvas_id, 80)
        if not one.student:
            if (one.last_name, one.first_name) != ("Student", "Test"):
                yield f"{who} has nothing in the column {column!r}"
            continue
        if shortened := [
            one_of for one_of in (one.student, one.canvas_id, one.login_id) if _SHORTENED.fullmatch(one_of)
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


class Imported(NamedTuple):
    """How many students a file has, who was on the roster before and is not in it, and whose name has changed there."""

    count: int
    gone: list[str]
    renamed: dict[str, str]  # new names, by the one in the gradebook, which stays


def import_roster(course: Course, path: Path, column: str = "") -> Imported:
    """Add the people in a file to the gradebook and to `lms.csv`, or update them; an empty field takes nothing away."""
    before = Roster.load(course)
    people, renamed = _with_known_names(read_roster(path, column), before)
    merged = {_key(one): one for one in before.people}
    fresh = {_key(one): one for one in people}
    # A participant's number belongs to one assignment's worksheet: a new one replaces all of them.
    if any(one.moodle_id for one in people):
        merged = {key: replace(one, moodle_id="") for key, one in merged.items()}
    for key, one in fresh.items():
        said = {name: text for name, text in asdict(one).items() if text}
        merged[key] = replace(merged[key], **said) if key in merged else one
    clash = [*_problems(list(merged.values()), "student")]
    if clash:
        raise UsageError(
            f"{path} contradicts {FILE}: {'; '.join(clash[:_MOST_NAMED])}; remove one of the two"
        )
    with open_gradebook(course) as gradebook:
        for one in people:
            names = {"first_name": one.first_name, "last_name": one.last_name, "email": one.email}
            if one.student:
                gradebook.update_or_create_student(
                    one.student, **{key: text for key, text in names.items() if text}
                )
    _write(course.root / FILE, merged.values())
    students = [one.student for one in people if one.student]
    return Imported(len(students), sorted(set(before.students) - set(students)), renamed)


def _with_known_names(people: list[Person], before: Roster) -> tuple[list[Person], dict[str, str]]:
    """The people under the names that the gradebook has for them, and the new names that systems give some of them.

    Whoever has Canvas's number and the full name of somebody who is known is the same person: work and marks are under
    the earlier name.
    """
    fresh = {one.student for one in people}
    found, renamed = [], {}
    for one in people:
        known = next((old for old in before.by("canvas_id", one.canvas_id) if old.names & one.names), None)
        if known and one.student and known.student not in ("", *fresh) and one.student not in before.students:
            renamed[known.student] = one.student
            one = replace(one, student=known.student)
        found.append(one)
    return found, renamed


def _key(one: Person) -> str:
    return one.student or f"test student {one.canvas_id}"


def _write(path: Path, people: Iterable[Person]) -> None:
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(asdict(one) for one in people)
    temporary.replace(path)
