"""Which system an archive comes from, and whose each of its entries is."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import PurePosixPath

from homework.errors import UsageError
from homework.lms.archive import Entry
from homework.lms.roster import Roster
from homework.lms.systems import (
    SYSTEMS,
    Reading,
    blackboard_title,
    fits,
    is_anonymous,
    is_notebook,
    of_blackboard,
    of_brightspace,
    of_canvas,
    of_moodle,
)
from homework.submission.choose import DOCUMENTS, OF_ITSELF, is_hidden
from homework.submission.files import fitting
from homework.untrusted.text import printable

# Where there is no roster, or names have no form of a system's: what in a name is the student's.
_PLAIN = (
    re.compile(r"(?P<student>[^/_]+)(?:_LATE)?_(?P<id>\d+)_\d+_(?P<file>[^/]+)"),  # Canvas
    re.compile(r"(?P<student>[^/]+?)_(?P<id>\d+)_assignsubmission_file_?/(?P<file>.+)"),  # Moodle, folders
    re.compile(r"(?P<student>[^/]+?)_(?P<id>\d+)_assignsubmission_file_(?P<file>[^/]+)"),  # Moodle, none
    re.compile(r"(?:[^/]*?_)??(?P<student>[^/_]+)_attempt_(?P<id>[\d-]+)_(?P<file>[^/]+)"),  # Blackboard
    re.compile(r"(?P<student>[^/]+)/(?P<file>.+)"),  # a folder for each student
    re.compile(r"(?P<student>[^/.]+)(?P<file>\.[^/]+)"),  # a file for each student: ada.ipynb
)


class Reader:
    """Reads the names of an archive of `system`: one of SYSTEMS, or "" for names that tell the student as they are."""

    def __init__(
        self, entries: list[Entry], roster: Roster, system: str, pattern: re.Pattern[str] | None
    ) -> None:
        self.system, self.roster, self.pattern = system, roster, pattern
        self.refused: set[str] = set()  # students of whom an entry was refused
        self._top = _top(entries, system)
        self._title = blackboard_title(map(self.inside, entries), roster) if system == "blackboard" else ""
        self._ids: dict[str, str] = {}

    def inside(self, entry: Entry) -> str:
        """The path of an entry without a folder around everything."""
        return "/".join(entry.parts[self._top :])

    def require_somebody(self, students: Collection[str], entries: list[Entry]) -> None:
        """Raise UsageError if no name has a system's form, or tells a student of the roster."""
        if students or self.system or not self.roster.students:
            return
        first = printable(entries[0].name, 100)
        if len(entries) == 1 and first.casefold().endswith(".zip"):
            raise UsageError(f"the archive holds only {first}: unpack it, and collect that")
        raise UsageError(
            f"no name in the archive tells a student of the roster, as {first!r} does not: give a folder or a file for "
            "each student that is called like them, or say with --pattern what in a name is the student"
        )

    def read(self, entry: Entry) -> Reading:
        """Whose an entry is."""
        name = self.inside(entry)
        if not self.system:
            return self._as_named(name)
        if self.system == "blackboard":
            return of_blackboard(name, self.roster, self._title)
        return {"canvas": of_canvas, "moodle": of_moodle, "brightspace": of_brightspace}[self.system](
            name, self.roster
        )

    def _as_named(self, name: str) -> Reading:
        forms = (self.pattern,) if self.pattern else _PLAIN
        match = next((match for form in forms if (match := form.fullmatch(name))), None)
        student = _folder(match["student"]) if match else ""
        file = PurePosixPath(match["file"]).name if match else ""
        if match is None or not student or not file:
            return Reading(problem="its name does not tell a student")
        if self.roster.students:
            people = self.roster.known_as(student) or self.roster.named(student)
            if len(people) != 1:
                return Reading(problem=f"{student!r} is not on the roster")
            student = people[0].student
        number = match.groupdict().get("id") or ""
        attempt = "-" in number
        if number and not attempt and self._ids.setdefault(student, number) != number:
            return Reading(
                problem=f"two students are called {student!r}: import a roster with `homework roster`"
            )
        late = f"{student}_LATE_{number}_" in name
        when = int(number.replace("-", "")) if attempt else 0
        if not attempt and number and (found := re.search(rf"_{number}_(\d+)_", name)):
            when = int(found[1])
        return Reading(student, f"{student}{file}" if file.startswith(".") else file, late, when)


def reader_of(entries: list[Entry], roster: Roster, system: str, pattern: str) -> Reader:
    """The reader for an archive. Raises UsageError if its system cannot be told, and if it is anonymous."""
    if pattern:
        return Reader(entries, roster, "", _compiled(pattern))
    readers = {name: Reader(entries, roster, name, None) for name in SYSTEMS}
    counted = [entry for entry in entries if is_notebook(entry.name)] or entries
    counts = {
        name: sum(fits(name, reader.inside(entry)) for entry in counted) for name, reader in readers.items()
    }
    likely = [name for name, count in counts.items() if count > len(counted) / 2]
    best = [name for name in likely if counts[name] == max(counts.values())]
    anonymous = [is_anonymous(readers["canvas"].inside(entry), roster) for entry in counted]
    if (system == "canvas" or (not system and best == ["canvas"])) and sum(anonymous) > len(counted) / 2:
        raise UsageError(
            "this archive is anonymous, so that no file tells its student: "
            "switch anonymous grading off in Canvas, and download it again"
        )
    if system:
        if not roster.students:
            raise UsageError("there is no roster: import one with `homework roster`")
        return readers[system]
    if len(best) > 1:
        raise UsageError(f"names fit {' and '.join(best)}: say which with --from")
    if roster.students and not best and any(counts.values()):
        said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        raise UsageError(
            f"no system's names are more than half of {len(counted)} ({said}): say which with --from"
        )
    return readers[best[0]] if best and roster.students else Reader(entries, roster, "", None)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        form = re.compile(pattern)
    except re.error as error:
        raise UsageError(f"the pattern is not a regular expression: {error}") from None
    if not {"student", "file"} <= form.groupindex.keys():
        raise UsageError("the pattern needs the groups (?P<student>...) and (?P<file>...)")
    return form


def _top(entries: list[Entry], system: str) -> int:
    """How many folders are around everything. A folder of one student's is none of them."""
    paths = [entry.parts for entry in entries if not entry.problem]
    if not paths:
        return 0
    if not system:
        plain = any(form.fullmatch("/".join(parts[1:])) for form in _PLAIN[:4] for parts in paths)
        return int(_share_a_folder(paths, 2 if plain else 3))
    number = 0
    while _share_a_folder(paths, 2):
        if system in ("moodle", "brightspace") and fits(system, f"{paths[0][0]}/x"):
            break
        paths = [parts[1:] for parts in paths]
        number += 1
    return number


def _share_a_folder(paths: list[list[str]], least: int) -> bool:
    """Whether all paths begin with the same folder, and have at least `least` parts."""
    return len({parts[0] for parts in paths}) == 1 and all(len(parts) >= least for parts in paths)


def _folder(name: str) -> str:
    """`name` as the name of one folder; "" if it cannot be one."""
    name = printable(name).strip().replace("\ufffd", "")
    return "" if name.startswith(".") or "/" in name else fitting(name)


def document(name: str) -> str:
    """The name that a file gets next to the notebook if it may hold answers or functions; "" if it does not."""
    name = fitting(printable(name).strip())
    if (
        PurePosixPath(name).suffix.casefold() not in {*DOCUMENTS, ".py"}
        or is_hidden(name)
        or name in OF_ITSELF
    ):
        return ""
    return "" if is_notebook(name) else name


def with_numbers(roster: Roster, numbers: dict[str, str]) -> Roster:
    """The roster with the participants' numbers of one assignment, by student."""
    return Roster(replace(one, moodle_id=numbers.get(one.student, "")) for one in roster.people)
