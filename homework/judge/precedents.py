"""Precedents: a test that hears the same answers as once before ends as it did then.

Everybody is asked the same, and many answer the same to the bit. What a test makes of answers depends on nothing but
them, so one that passed with certain answers need not be run for the next submission that gives these: neither are
inputs drawn again, nor values compared. Only passes are remembered. A test that fails is always run: what is said of
it depends on the tests before it as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from homework.judge.subject import Agreement, Call, Outcome, Respondent
from homework.sandbox.errors import StudentFault

_MOST = 2000  # answers that are remembered of one test


class Hearing:
    """A submission, in front of one test: what it is asked is asked once, by whoever comes first."""

    def __init__(self, subject: Respondent) -> None:
        self.answers: list[tuple[Call, Outcome | StudentFault]] = []
        self._subject = subject
        self._told = 0  # answers that the test has got

    def call(self, call: Call) -> Outcome:
        """The answer for the test. Raises a StudentFault."""
        if self._told == len(self.answers) or self.answers[self._told][0] is not call:
            del self.answers[self._told :]  # asked for nothing: the test asks something else this time
            self._ask(call)
        answer = self.answers[self._told][1]
        self._told += 1
        if isinstance(answer, StudentFault):
            raise answer
        return answer

    def mark(self, call: Call) -> bytes | None:
        """The mark of the answer, which the test has not asked for yet; None if it cannot be told by one."""
        return _mark(self._ask(call))

    def _ask(self, call: Call) -> Outcome | StudentFault:
        try:
            answer: Outcome | StudentFault = self._subject.call(call)
        except StudentFault as fault:
            answer = fault
        self.answers.append((call, answer))
        return answer


@dataclass
class _Point:
    """What a test did when it had heard certain answers: ask `call`, or end: it `passed` with these agreements."""

    call: Call | None = None
    then: dict[bytes, _Point] = field(default_factory=dict)  # by the mark of the answer
    passed: Sequence[Agreement] | None = None


class Precedents:
    """The passes of all tests so far, by the test's name."""

    def __init__(self) -> None:
        self._first: dict[str, _Point] = {}
        self._sizes: dict[str, int] = {}

    def passed(self, test: str, hearing: Hearing) -> Sequence[Agreement] | None:
        """With what `test` passes, if it is known to do so with these answers; else None, and it is to be run."""
        point = self._first.get(test)
        while point is not None and point.call is not None:
            mark = hearing.mark(point.call)
            point = point.then.get(mark) if mark is not None else None
        return None if point is None else point.passed

    def add(self, test: str, hearing: Hearing, passed: Sequence[Agreement]) -> None:
        """Remember that `test` passed with the answers of `hearing`.

        Not if it asked what others may not be asked, or heard of a fault.
        """
        marks = [_mark(answer) for _, answer in hearing.answers]
        size = self._sizes.get(test, 0) + len(marks)
        if size > _MOST or None in marks or not all(call.in_script for call, _ in hearing.answers):
            return
        self._sizes[test] = size
        point = self._first.setdefault(test, _Point())
        for (call, _), mark in zip(hearing.answers, marks, strict=True):
            if point.passed is not None or point.call not in (None, call):
                return  # it did something else after the same answers: not one to be foreseen
            point.call = call
            assert mark is not None
            point = point.then.setdefault(mark, _Point())
        if point.call is None:
            point.passed = passed


def _mark(answer: Outcome | StudentFault) -> bytes | None:
    return answer.mark if isinstance(answer, Outcome) else None
