"""`homework name`: give wrong answers a sentence, without running or keeping the code of a student."""

from __future__ import annotations

import keyword
import re

from homework.counted import counted
from homework.course import Course
from homework.errors import CourseError, UsageError
from homework.grading.exercises import load_exercise
from homework.judge.banks import Known
from homework.judge.banks.known import add_known
from homework.report.unnamed import Unnamed, unnamed
from homework.results import Status, read_receipt

_LONGEST = 600  # characters of a sentence


def groups(course: Course, assignment: str) -> list[Unnamed]:
    """The wrong answers of an assignment that can be named, also those of one student. Raises UsageError."""
    course.assignment(assignment)
    folders = sorted(course.autograded.iterdir()) if course.autograded.is_dir() else []
    receipts = [read_receipt(folder / assignment) for folder in folders]
    graded = [one for one in receipts if one is not None and one.status is Status.GRADED]
    if not graded:
        raise UsageError(f"no {assignment} is graded yet: run `homework autograde {assignment}` first")
    found = unnamed(course, assignment, graded, least=1)
    return [one for one in found if one.group]


def name_group(course: Course, assignment: str, group: str, sentence: str, name: str = "") -> str:
    """Write an entry for a group into its bank's `named.toml`. Returns what was done. Raises UsageError."""
    known = groups(course, assignment)
    chosen = [one for one in known if group and one.group.startswith(group.rpartition("/")[2])]
    if len(chosen) != 1:
        there = ", ".join(f"{one.exercise}/{one.group} ({len(one.students)})" for one in known[:10]) or "none"
        why = (
            f"there is no group {group!r}" if not chosen else f"{group!r} is the beginning of several groups"
        )
        raise UsageError(f"{why}; there are: {there}. If it was graded by an earlier version, grade again")
    (one,) = chosen
    sentence = " ".join(sentence.split())
    if not 10 <= len(sentence) <= _LONGEST or not sentence.isprintable():
        raise UsageError(f"the sentence is what students read: write 10 to {_LONGEST} characters")
    task = course.assignment(assignment).exercises.get(one.exercise)
    if task is None or task.kind.bank != "functions":
        raise UsageError(f"{one.exercise} is not an exercise whose answers can be named")
    bank = load_exercise(course, assignment, task).bank
    taken = {*bank.misconceptions, *(entry.name for entry in bank.known)}
    name = name or _name_of(sentence, taken)
    if not name.isidentifier() or keyword.iskeyword(name) or name in taken:
        raise UsageError(f"{name!r} is taken or no name: choose another with --as, such as adds_bias_twice")
    try:
        path = add_known(course.solutions(assignment, one.exercise), Known(name, sentence, one.answers))
    except OSError as error:
        raise CourseError(f"the entry cannot be written: {error}") from error
    return (
        f"{name} in {path.relative_to(course.root)}: {counted(len(one.students), 'student')}; "
        f"to tell them: homework regrade {assignment} --apply, then homework feedback {assignment}"
    )


def _name_of(sentence: str, taken: set[str]) -> str:
    words = re.findall(r"[a-z]+", sentence.casefold().encode("ascii", "ignore").decode())
    name = "_".join(words[:5]) or "unnamed"
    number = 2
    fresh = name
    while fresh in taken or keyword.iskeyword(fresh):
        fresh, number = f"{name}_{number}", number + 1
    return fresh
