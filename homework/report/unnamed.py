"""Wrong answers that no misconception explains: students whose functions answer alike, to the bit.

Theory of operation. A receipt has a digest of what was answered in each failed test. Students with the same digests
in the same tests have the same idea, however they wrote it, and one of them shows it. Older receipts have no digests;
there students are grouped by what they were told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from homework.course import Course
from homework.results import Receipt, Verdict
from homework.submission.answers import Answers


@dataclass
class Unnamed:
    """Students who fail the same tests of an exercise with the same answers. `group` is what to call them.

    `answers` are the digests by test, and empty for older receipts; `sample` is the code of the first student.
    """

    exercise: str
    group: str
    tests: list[str]
    message: str
    students: list[str]
    answers: dict[str, str] = field(default_factory=dict)
    sample: str = ""


def unnamed(course: Course, assignment: str, receipts: Iterable[Receipt], least: int = 2) -> list[Unnamed]:
    """The groups with at least `least` students, the largest first."""
    groups: dict[tuple[str, tuple[tuple[str, str, str], ...]], Unnamed] = {}
    for receipt in sorted(receipts, key=lambda one: one.student):
        for exercise in receipt.exercises:
            failed = [
                test
                for test in exercise.tests
                if test.verdict is Verdict.FAILED and not test.misconception and test.measured is None
            ]
            if not failed:
                continue
            known = all(test.answers for test in failed)
            key = tuple((test.name, test.answers, "" if known else test.message) for test in failed)
            one = groups.setdefault(
                (exercise.name, key),
                Unnamed(
                    exercise.name,
                    _group(key) if known else "",
                    [t.name for t in failed],
                    failed[0].message,
                    [],
                ),
            )
            one.students.append(receipt.student)
            one.answers = {test.name: test.answers for test in failed} if known else {}
    found = [one for one in groups.values() if len(one.students) >= least]
    for one in found:
        one.sample = _code(course, assignment, one.students[0], one.exercise)
    return sorted(found, key=lambda one: (-len(one.students), one.exercise, one.tests, one.group))


def _group(key: tuple[tuple[str, str, str], ...]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:8]


def _code(course: Course, assignment: str, student: str, exercise: str) -> str:
    """What a student wrote for an exercise; "" if that is not known."""
    try:
        code = Answers.read(course.autograded / student / assignment).code
    except (OSError, ValueError):
        return ""
    return code[exercise].source if exercise in code else ""
