"""The class that every grader gets: made of the banks, the same each time.

Every third student is wrong in one exercise (a misconception, another for each), and the last two of these never
return from a call; all others are right in every exercise, each with other variants. Entries that need a second cell
changed are left out, as in the class of `homework demo`. Written answers are the sample answers.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homework.course import Course
from homework.grading import load_exercises
from homework.judge import Bank
from homework.submission.splice import fill
from homework.submission.template import Template

ENDLESS = 2  # students whose last exercise never returns


@dataclass(frozen=True)
class Student:
    """One student: `kind` is right, wrong or endless; `sources` are the cells filled, by the cell's name."""

    name: str
    kind: str
    entries: dict[str, str]  # the variant or misconception of each exercise, by exercise
    sources: dict[str, str]

    def notebook(self, template: Template) -> bytes:
        """What this student hands in when given `template`."""
        return json.dumps(fill(template, self.sources), indent=1).encode()


def sample_class(course: Course, assignment: str, size: int) -> list[Student]:
    """A class of `size` students, in the order of their names."""
    banks = [exercise.bank for exercise in load_exercises(course, assignment)]
    exercises = [bank.exercise for bank in banks]
    prose = _answers(course, assignment)
    endless = {index for index in range(size) if index % 3 == 2}
    endless = set(sorted(endless)[-ENDLESS:])
    students = []
    for index in range(size):
        kind = "endless" if index in endless else "wrong" if index % 3 == 2 else "right"
        chosen = {bank.exercise: _entry(bank, place, index, kind) for place, bank in enumerate(banks)}
        sources = {
            bank.exercise: bank.code(entry) for bank, entry in zip(banks, chosen.values(), strict=True)
        }
        if kind == "endless":
            sources[exercises[-1]] = f"def {exercises[-1]}(*args):\n    while True:\n        pass\n"
        entries = {name: entry.name if entry else "reference" for name, entry in chosen.items()}
        if kind == "endless":
            entries[exercises[-1]] = "endless loop"
        sources.update({name: texts[index % len(texts)] for name, texts in prose.items()})
        students.append(Student(f"s{index:04d}", kind, entries, sources))
    return students


def without_endless(students: Sequence[Student]) -> list[Student]:
    """Those whose code ends."""
    return [student for student in students if student.kind != "endless"]


def evenly(students: Sequence[Student], size: int) -> list[Student]:
    """About `size` of those whose code ends, in threes from all over the class, so that a third of them is wrong."""
    threes = [list(students[start : start + 3]) for start in range(0, len(students), 3)]
    threes = [three for three in threes if [s.kind for s in three] == ["right", "right", "wrong"]]
    count = max(1, min(size // 3, len(threes)))
    if size >= len(students):
        return without_endless(students)
    return [student for number in range(count) for student in threes[number * len(threes) // count]]


def _entry(bank: Bank, place: int, index: int, kind: str) -> Any:
    """What student `index` wrote for the exercise at `place`: an entry of its bank, None for the reference."""
    number = index // 3
    if kind == "wrong":
        # Not `number % 4` alone: every 16th of the wrong ones would then be wrong in the same exercise.
        if (number + number // 16) % 4 != place:
            return None
        entries = [entry for entry in bank.misconceptions.values() if not entry.also]
        return entries[number // 4 % len(entries)]
    # Backward passes work on the cache of the forward pass, and the variants keep other caches than the reference.
    if kind == "endless" or bank.exercise.endswith("_forward"):
        return None
    entries = [entry for entry in bank.variants.values() if not entry.also]
    return entries[index % len(entries)]


def _answers(course: Course, assignment: str) -> dict[str, list[str]]:
    paths = {
        name: course.solutions(assignment, name) / "answers.toml"
        for name in course.assignment(assignment).questions
    }
    return {
        name: [answer["text"] for answer in tomllib.loads(path.read_text())["answer"]]
        for name, path in paths.items()
        if path.is_file()
    }
