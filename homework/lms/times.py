"""When students handed in, from Moodle's grading worksheet, which also has the participants' numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from homework.course import Course
from homework.errors import UsageError
from homework.lms.readings import with_numbers
from homework.lms.roster import Roster, moodle_columns, participant
from homework.lms.table import read_table
from homework.submission.times import parse_time

_COLUMN = "last modified (submission)"


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
        at = moodle_columns(rows)
        column = next((name for name in columns if name.casefold() == _COLUMN), "")
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
        time = parse_time(text, self.zone)
        return time, "" if time else f"the worksheet's time cannot be read: {text}"
