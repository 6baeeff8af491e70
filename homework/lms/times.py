"""When students handed in, from Moodle's grading worksheet, which also has the participants' numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from homework.course import Course
from homework.errors import UsageError
from homework.lms.readings import with_numbers
from homework.lms.roster import Roster
from homework.lms.roster_files import moodle_columns, participant
from homework.lms.table import read_table
from homework.submission.times import parse_time

_COLUMN = "last modified (submission)"
_LANGUAGES = """
bg ca cs da de el en es et eu fi fr gl hr hu is it lt lv nb nl nn pl pt ro ru sk sl sr sv tr uk
""".split()
_EAST_ASIAN = re.compile(r"(?P<year>\d{4})[年년]\s*(?P<month>\d\d?)[月월]\s*(?P<day>\d\d?)[日일]")
_NAMED = re.compile(r"(?<![\d:])(?P<day>\d\d?)(?![\d:])\D+(?P<year>\d{4})\b")
_CLOCK = re.compile(r"(?<![\d.:])(\d\d?)[:.](\d\d)\b")
_AFTERNOON = re.compile(r"\bp\.?\s?m\b|下午|午後|오후", re.IGNORECASE)
_MORNING = re.compile(r"\ba\.?\s?m\b|上午|午前|오전", re.IGNORECASE)


@dataclass(frozen=True)
class Times:
    """The times of one assignment as Moodle writes them, by student, and the roster with that assignment's numbers."""

    roster: Roster
    written: dict[str, str]
    zone: ZoneInfo

    @classmethod
    def read(cls, path: Path, roster: Roster, course: Course) -> Times:
        """Raises UsageError for what is no worksheet."""
        columns, rows = read_table(path)
        at = moodle_columns(columns, rows)
        column = next((name for name in columns if name.casefold() == _COLUMN), at.get("time", ""))
        if not at or not column:
            raise UsageError(
                f"{path} is not Moodle's grading worksheet: it needs 'Identifier' and 'Last modified (submission)'; "
                f"its columns are: {', '.join(columns)}"
            )
        numbers, written = {}, {}
        for row in rows:
            number, email = participant(row[at["number"]]), row[at["email"]] if "email" in at else ""
            people = (
                roster.known_as(email)
                or roster.known_as(email.partition("@")[0])
                or roster.named(row[at["name"]])
            )
            if (
                len(people) != 1
            ):  # the roster's number may be of another assignment: it only decides between namesakes
                numbered = roster.by("moodle_id", number)
                people = [one for one in numbered if one in people or not people]
            if len(people) == 1:
                numbers[people[0].student] = number
                written[people[0].student] = row[column]
        return cls(with_numbers(roster, numbers), written, ZoneInfo(course.settings.timezone))

    def of(self, student: str) -> tuple[datetime | None, str]:
        """When a student handed in, in UTC, and what is wrong with that time."""
        text = self.written.get(student, "")
        if text in ("", "-"):
            return None, "the worksheet has no time for them"
        time = parse_time(text, self.zone) or parse_time(_in_numbers(text), self.zone)
        return time, "" if time else f"the worksheet's time cannot be read: {text}"


def _in_numbers(text: str) -> str:
    """A time as a site in another language writes it, as in *mardi 1 décembre 2026, 20:15*, in numbers.

    "" for what is none, and where the name of the month means several.
    """
    date, clock = _EAST_ASIAN.search(text) or _NAMED.search(text), _CLOCK.search(text)
    if date is None or clock is None:
        return ""
    month = date.groupdict().get("month")
    if month is None:
        words = re.findall(r"[^\W\d_]{3,}", text.casefold())
        months = {number for word in words for number in _months().get(word, ())}
        if len(months) != 1:
            return ""
        month = str(months.pop())
    half = " PM" if _AFTERNOON.search(text) else " AM" if _MORNING.search(text) else ""
    return f"{date['year']}-{month:0>2}-{date['day']:0>2} {clock[1]}:{clock[2]}{half}"


@cache
def _months() -> dict[str, set[int]]:
    """The months that a name stands for, in any of the languages."""
    from babel import Locale

    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for form in Locale(language).months.values():  # alone, and next to a day
            for number, name in form["wide"].items():
                found.setdefault(name.casefold(), set()).add(number)
    return found
