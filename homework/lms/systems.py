"""How learning management systems name the files of a class, and whose an entry is.

Theory of operation. Each system has one form of name, which holds the student's number, login or name. Of several
readings of a name the roster decides; what it does not know is said, never guessed. Canvas's and Moodle's forms
are from their source code; those of Blackboard and Brightspace from programs of others that read them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homework.lms.roster import Person, Roster
from homework.lms.table import letters
from homework.submission.times import parse_time

_MOODLE = re.compile(
    r"(?P<name>[^/]*?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>file|onlinetext)(?:_?/(?P<path>.+)|_(?P<file>[^/]+))"
)
# The first that fits is the system's: the file's name, which is the student's, may look like another attempt.
_BLACKBOARD = re.compile(
    r"(?P<user>[^/]+?)_attempt_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>[^/]+)|\.txt)"
)
_BRIGHTSPACE = re.compile(
    r"\d+-\d+ - (?P<name>[^/]+?) - (?P<when>[A-Za-z]{3,9} \d{1,2}, \d{4} \d{3,4} [AP]M)(?:/| - )(?P<file>.+)"
)
_ANONYMOUS = re.compile(r"(?:LATE_)?anon_[A-Za-z0-9]{5}_\d+_[^/]+")
_CANVAS_TEXT = re.compile(r"(?P<name>[^/]*)_(?P<id>\d+)_(?:text|link)\.html")


@dataclass(frozen=True)
class Reading:
    """What an entry's name says. `number` tells attempts apart, `when` is a time as the system writes it."""

    student: str = ""
    file: str = ""
    late: bool = False
    number: int = 0
    when: str = ""
    note: str = ""
    problem: str = ""
    ignored: bool = False


def is_notebook(name: str) -> bool:
    """Whether a file is a notebook by its name, also with what a browser appends."""
    return re.search(r"\.ipynb(?:\.json|\.txt)?$", name.casefold()) is not None


def canvas_pairs(name: str) -> Iterator[tuple[str, str, str, str]]:
    """Readings of a name in Canvas's archive: name, user's number, attachment's number, file."""
    words = name.split("_")
    for i in range(1, len(words) - 2):
        if all(word.isascii() and word.isdigit() for word in words[i : i + 2]):
            yield "_".join(words[:i]), words[i], words[i + 1], "_".join(words[i + 2 :])


def fits(system: str, name: str) -> bool:
    """Whether a path has the form of a system's."""
    if system == "canvas":
        return "/" not in name and (
            any(canvas_pairs(name)) or any(form.fullmatch(name) for form in (_ANONYMOUS, _CANVAS_TEXT))
        )
    return {"moodle": _MOODLE, "blackboard": _BLACKBOARD, "brightspace": _BRIGHTSPACE}[system].fullmatch(
        name
    ) is not None


SYSTEMS = ("canvas", "moodle", "blackboard", "brightspace")


def is_anonymous(name: str, roster: Roster) -> bool:
    """Whether Canvas left the student's name out of an entry's."""
    known = any(roster.by("canvas_id", number) for _, number, _, _ in canvas_pairs(name))
    return _ANONYMOUS.fullmatch(name) is not None and not known


def of_canvas(name: str, roster: Roster) -> Reading:
    """`<name>[_LATE]_<user>_<attachment>_<file>`; the first pair of numbers whose first is known, or fits by name."""
    if text := _CANVAS_TEXT.fullmatch(name):
        return Reading(
            ignored=True, student=next((one.student for one in roster.by("canvas_id", text["id"])), "")
        )
    pairs = list(canvas_pairs(name))
    for place, (before, user, attachment, file) in enumerate(pairs):
        late = before.endswith("_LATE") or before == "LATE"
        called = before.removesuffix("LATE").rstrip("_") if late else before
        for one in roster.by("canvas_id", user):
            if not one.student:
                return Reading(ignored=True)
            same = letters(called) in one.names
            if place and not same:
                continue
            note = "" if same else f"Canvas calls them {called!r}"
            return Reading(one.student, file, late, int(attachment), note=note)
    if not pairs:
        return Reading(problem="its name has no number of a student")
    before, user, attachment, file = pairs[0]
    late = before.endswith("_LATE")
    people = [one for one in roster.named(before.removesuffix("_LATE")) if not one.canvas_id]
    if len(people) == 1:
        note = "found by name: the roster has no number of Canvas for them"
        return Reading(people[0].student, file, late, int(attachment), note=note)
    return Reading(problem=f"Canvas's user {user} is not on the roster")


def of_moodle(name: str, roster: Roster) -> Reading:
    """`<full name>_<participant>_assignsubmission_file_/<path>`."""
    match = _MOODLE.fullmatch(name)
    if match is None:
        return Reading(problem="its name is not one of Moodle's")
    called, number, file = match["name"], match["number"] or "", match["path"] or match["file"]
    known = roster.by("moodle_id", number)
    text = match["kind"] == "onlinetext"
    if not number:
        return Reading(problem="its name has no number of a participant", ignored=text)
    if known:
        one = known[0]
        same = any(letters(called).endswith(name) for name in one.names)
        others = [] if same else [other for other in roster.named(called) if other is not one]
        if others:
            return Reading(
                problem=f"the number {number} is {one.student}'s and the name {others[0].student}'s: numbers are "
                "of one assignment, so give its worksheet with --times"
            )
        note = "" if same else f"Moodle calls them {called!r}"
        return Reading(one.student, file, note=note, ignored=text)
    people = [one for one in roster.named(called) if not one.moodle_id]
    if len(people) == 1:
        note = "found by name: the roster has no number of Moodle for them"
        return Reading(people[0].student, file, note=note, ignored=text)
    return Reading(problem=f"Moodle's participant {number} is not on the roster", ignored=text)


def moodle_folder(path: str) -> tuple[str, str] | None:
    """What comes before a student's own files in a path of Moodle's archive, and the participant's number in it."""
    for start in (0, path.find("/") + 1):  # there may be a folder around everything
        match = _MOODLE.fullmatch(path, start)
        if match:
            own = "path" if match["path"] else "file"
            return (path[: match.start(own)], match["number"]) if match["number"] else None
    return None


def of_blackboard(name: str, roster: Roster, assignment: str) -> Reading:
    """`<assignment>_<user>_attempt_<time>_<file>`. `assignment` is its title, if `blackboard_title` could tell it."""
    match = _BLACKBOARD.fullmatch(name)
    if match is None:
        return Reading(problem="its name is not one of Blackboard's")
    users = [
        one
        for title, one in _blackboard_users(match["user"], roster)
        if not assignment or title == assignment
    ]
    users = list(dict.fromkeys(users))
    if len(users) != 1:
        why = "fits no student" if not users else f"fits {' and '.join(one.student for one in users)}"
        return Reading(problem=f"{match['user']!r} {why}", ignored=match["file"] is None)
    number = int(match["when"].replace("-", ""))
    if match["file"] is None:
        return Reading(users[0].student, ignored=True)
    date, clock = match["when"][:10], match["when"][11:].replace("-", ":")
    return Reading(users[0].student, match["file"], number=number, when=f"{date} {clock}")


def _blackboard_users(before: str, roster: Roster) -> Iterator[tuple[str, Person]]:
    words = before.split("_")
    for i in range(len(words)):
        for one in roster.known_as("_".join(words[i:])):
            yield "_".join(words[:i]), one


def blackboard_title(names: Iterable[str], roster: Roster) -> str:
    """The assignment's title in Blackboard's names: the one that explains the most entries; "" if two do."""
    titles: Counter[str] = Counter()
    for name in names:
        if match := _BLACKBOARD.fullmatch(name):
            titles.update({title for title, _ in _blackboard_users(match["user"], roster)})
    best = titles.most_common(2)
    return best[0][0] if len(best) == 1 or (len(best) == 2 and best[0][1] > best[1][1]) else ""


def of_brightspace(name: str, roster: Roster) -> Reading:
    """`<numbers> - <full name> - <time>/<file>`; only the name tells the student."""
    match = _BRIGHTSPACE.fullmatch(name)
    if match is None:
        return Reading(problem="its name is not one of Brightspace's", ignored=name == "index.html")
    people = roster.named(match["name"])
    if len(people) != 1:
        why = (
            "is not on the roster"
            if not people
            else f"is the name of {' and '.join(p.student for p in people)}"
        )
        return Reading(problem=f"{match['name']!r} {why}")
    when = re.sub(r"(\d{1,2})(\d\d) ([AP]M)$", r"\1:\2 \3", match["when"])
    time = parse_time(when)
    return Reading(people[0].student, match["file"], number=int(time.timestamp()) if time else 0, when=when)
