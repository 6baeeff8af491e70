"""The written answers of a class, read from `answers.json` and kept until a file changes."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from homework.course import Course
from homework.review.groups import Group, grouped
from homework.review.rows import number_of
from homework.submission.answers import ANSWERS, Answer, Answers


class ClassAnswers:
    """The answers to the questions of one assignment."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.course, self.assignment = course, assignment
        self._read: dict[str, tuple[tuple[int, int], Answers | None]] = {}
        self._groups: dict[str, tuple[str, list[Group]]] = {}
        self._keys: dict[str, str] = {}
        self._students: dict[str, str] = {}

    def read(self) -> dict[str, Answers]:
        """The answers of every student whose file can be read."""
        folder = self.course.autograded
        found: dict[str, Answers] = {}
        for student in sorted(os.listdir(folder)) if folder.is_dir() else ():  # noqa: PTH208  see _of
            one = self._of(student)
            if one is not None:
                found[student] = one
        return found

    def _of(self, student: str) -> Answers | None:
        """A student's answers. A page looks at all files, for which pathlib takes several times as long."""
        folder = f"{self.course.autograded}/{student}/{self.assignment}"
        try:
            info = os.stat(f"{folder}/{ANSWERS}")  # noqa: PTH116
            stamp = (info.st_mtime_ns, info.st_size)
            kept = self._read.get(student)
            if kept is None or kept[0] != stamp:
                kept = (stamp, Answers.read(Path(folder)))
        except OSError:
            return None
        except ValueError:
            kept = (stamp, None)
        self._read[student] = kept
        return kept[1]

    def to(self, question: str) -> dict[str, Answer]:
        """The answers to one question, by student."""
        return {
            student: one.answers[question] for student, one in self.read().items() if question in one.answers
        }

    def answer(self, student: str, question: str) -> Answer | None:
        """One student's answer to a question."""
        one = self._of(student)
        return one.answers.get(question) if one else None

    def key(self, student: str) -> str:
        """The name under which a student's answers are shown."""
        if student not in self._keys:
            key = self._keys[student] = self._digest(self.assignment, student)[:10]
            self._students[key] = student
        return self._keys[student]

    def student(self, key: str, question: str) -> str | None:
        """The student whose answer to a question is shown under a key."""
        if key not in self._students:
            for one in self.read():
                self.key(one)
        student = self._students.get(key)
        return student if student is not None and self.answer(student, question) else None

    def _digest(self, *parts: str) -> str:
        secret = self.course.settings.secret.encode()
        return hmac.new(secret, "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def numbered(self, question: str) -> dict[int, str]:
        """The keys of the answers to a question, by their numbers."""
        return {number_of(key): key for key in map(self.key, self.to(question))}

    def groups(self, question: str, moved: Mapping[str, int]) -> list[Group]:
        """The answers to a question in groups, computed once for the same answers. `moved` are `Mark.group`s.

        The order is drawn for each question: grading the same students first each time would be unfair to them.
        """
        answers = self.to(question)
        content = [f"{student} {one.sha256}" for student, one in answers.items()]
        content += [f"{student} {number}" for student, number in sorted(moved.items())]
        digest = hashlib.sha256("\n".join(content).encode("utf-8", "replace")).hexdigest()
        if self._groups.get(question, ("",))[0] != digest:
            order = sorted(answers, key=lambda student: self._digest(self.assignment, question, student))
            numbers = {number_of(self.key(student)): student for student in answers} if moved else {}
            beside = {student: numbers.get(number) for student, number in moved.items()}
            self._groups[question] = (digest, grouped(answers, order, beside))
        return self._groups[question][1]
