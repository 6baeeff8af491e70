"""`homework roster`: take the people in a file.

Theory of operation. Names and addresses go into nbgrader's gradebook, identifiers into `lms.csv` next to
nbgrader_config.py. A file is taken as a whole or not at all: with half a roster, archives would be half collected.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import open_gradebook
from homework.lms.roster import COLUMNS, FILE, Person, Roster
from homework.lms.roster_files import MOST_NAMED, problems_of, read_roster


class Imported(NamedTuple):
    """How many students a file has, who was on the roster before and is not in it, and whose name has changed there."""

    students: int
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
    clash = [*problems_of(list(merged.values()), "student")]
    if clash:
        raise UsageError(f"{path} contradicts {FILE}: {'; '.join(clash[:MOST_NAMED])}; remove one of the two")
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
