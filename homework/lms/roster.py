"""Who is in the class, and by which numbers learning management systems know them: `lms.csv`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from homework.course import Course
from homework.errors import UsageError
from homework.lms.table import letters, read_table

FILE = "lms.csv"  # next to nbgrader_config.py


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
