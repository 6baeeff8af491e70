"""The judge: runs the hidden tests over submissions, and says how each test ended.

    judge = Judge(exercises, secret)
    results = judge.run(subject)

Tests are collected once (`collect`), go through a dry run before the first submission (`replay`), and are then called
for each submission with what they ask for: `student`, `reference`, `rng`. What a failure is called, and whose fault
it is, is decided in `_verdict` alone; which misconception is named, in `naming`.
"""

from __future__ import annotations

import hashlib
import time
import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from homework.judge.agree import Disagreement
from homework.judge.banks import Entry, Known
from homework.judge.banks.choices import NoAnswer
from homework.judge.collect import ExerciseSpec, HiddenTest, collect
from homework.judge.draw import Draw, seed_for
from homework.judge.naming import Found, named
from homework.judge.replay import CallPlan, PassCache, Passed, Transcript
from homework.judge.scoring import Drawn, Measured
from homework.judge.subject import Ask, Evidence, Reference, Student, Subject
from homework.results import ExerciseResult, TestResult, Verdict
from homework.sandbox.errors import (
    Crashed,
    Missing,
    NotPlainData,
    OutOfMemory,
    OutOfTime,
    Raised,
    StudentFault,
)

NO_GRADIENT = "No gradient flows back through your function: somewhere its result leaves the autograd graph."
NO_VIEW = (
    "`.view` needs values that follow each other in memory, and those of a transpose do not: use `.reshape`."
)


@dataclass(frozen=True)
class _Ending:
    """How one test ended; `candidates`: the misconceptions that give the student's very answer, likeliest first.

    `only_raised`: that answer is an exception which says little by itself. `answers`: the digest of what was answered.
    """

    test: HiddenTest
    verdict: Verdict
    message: str = ""
    measured: Measured | None = None
    drawn: Drawn | None = None
    candidates: Sequence[Entry] = ()
    only_raised: bool = False
    branch: tuple[str, ...] = ()
    answers: str = ""

    @property
    def found(self) -> Found:
        """What naming asks of it."""
        failed = self.verdict not in (Verdict.PASSED, Verdict.SKIPPED) and self.measured is None
        return Found(self.candidates, failed, self.only_raised, self.branch)

    def result(self, named: Entry | Known | None) -> TestResult:
        """The record of it, with the sentence of the misconception that is `named`, if any."""
        score = self.test.points if self.verdict == Verdict.PASSED else 0.0
        if self.measured is not None:
            score = round(self.test.points * self.measured.share, 6)
        return TestResult(
            self.test.name,
            self.test.title,
            self.test.points,
            score,
            self.verdict,
            self.message if named is None else str(named.sentence),
            None if named is None else named.name,
            None if self.measured is None else self.measured.value,
            self.answers,
            None if self.measured is None else self.measured.curve,
            self.measured is not None and self.measured.named,
            {} if self.drawn is None else self.drawn.series,
        )


class Judge:
    """The hidden tests of `exercises`; `secret` is in the seed of what they draw."""

    def __init__(self, exercises: list[ExerciseSpec], secret: str) -> None:
        self._exercises = {exercise.name: exercise for exercise in exercises}
        self._references = {exercise.name: exercise.bank.reference for exercise in exercises}
        self._secret = secret
        self._plan = CallPlan()
        self._planned: set[str] = set()  # exercises that had their dry run
        self._passes = PassCache()

    @cached_property
    def _tests(self) -> dict[str, list[HiddenTest]]:
        return collect(list(self._exercises.values()))

    def prepare(self, wanted: Collection[str] | None = None) -> None:
        """Collect the tests and make the dry run of the exercises `wanted` (None: all), where it was not made yet.

        Raises BankError for tests that are missing or malformed.
        """
        for name, tests in self._tests.items():
            # What is called with a student's own file is not known in advance.
            no_plan = name in self._planned or self._exercises[name].bank.with_files
            if not no_plan and (wanted is None or name in wanted):
                self._dry_run(name, tests)

    def failing_references(self, wanted: Collection[str] | None = None) -> list[str]:
        """Of each exercise `wanted` (None: all) the first test that its own reference fails, with file and line.

        Not of those with files that are handed in: their reference is more than what can be called here.
        Raises BankError for tests that are missing or malformed.
        """
        found = []
        for name, tests in self._tests.items():
            if self._exercises[name].bank.with_files or (wanted is not None and name not in wanted):
                continue
            ask, evidence = CallPlan().recording(self._reference(name)), Evidence()
            for test in tests:
                try:
                    self._call(test, ask, evidence)
                except BaseException as error:
                    where = _place(error, self._exercises[name].tests)
                    _settle(error)
                    found.append(f"{where}{test.name}: {type(error).__name__}: {error}")
                    break
        return found

    def run(self, subject: Subject, wanted: Collection[str] | None = None) -> list[ExerciseResult]:
        """Run the tests of the exercises `wanted` (None: all) over `subject`.

        Raises BankError for tests that are missing or malformed, and lets KeyboardInterrupt through.
        """
        self.prepare(wanted)
        chosen = [name for name in self._exercises if wanted is None or name in wanted]
        subject.expect(self._plan.of(chosen))
        return [self._exercise(name, subject) for name in chosen]

    def _dry_run(self, name: str, tests: list[HiddenTest]) -> None:
        """Run `tests` over the reference; of one that fails there, the plan gets the calls up to that point."""
        ask, evidence = self._plan.recording(self._reference(name)), Evidence()
        for test in tests:
            try:
                self._call(test, ask, evidence)
            except BaseException as error:
                _settle(error)
        self._planned.add(name)

    def _exercise(self, name: str, subject: Subject) -> ExerciseResult:
        started = time.perf_counter()
        evidence = Evidence(files=subject.files)
        endings = [self._test(test, subject, evidence) for test in self._tests[name]]
        failures = sum(ending.verdict == Verdict.FAILED and ending.measured is None for ending in endings)
        entries: list[Entry | Known | None] = [
            *named([ending.found for ending in endings], failures, evidence.agreed)
        ]
        answers = {ending.test.name: ending.answers for ending in endings if ending.answers}
        for known in self._exercises[name].bank.known:
            if known.explains(answers):
                entries = [
                    known if entry is None and ending.test.name in known.answers else entry
                    for ending, entry in zip(endings, entries, strict=True)
                ]
        tests = [ending.result(entry) for ending, entry in zip(endings, entries, strict=True)]
        score = round(sum(test.score for test in tests), 6)
        seconds = round(time.perf_counter() - started, 4)
        return ExerciseResult(name, score, self._exercises[name].points, seconds, tests)

    def _test(self, test: HiddenTest, subject: Subject, evidence: Evidence) -> _Ending:
        """Run one test over `subject`, or find in the cache that it passes with the answers of `subject`."""
        transcript = Transcript(subject.call)
        try:
            with_files = self._exercises[test.exercise].bank.with_files  # of which the calls say nothing
            passed = None if with_files else self._passes.get(test, transcript)
            if passed is not None:
                evidence.agreed += passed.agreed
            else:
                before = len(evidence.agreed)
                returned = self._call(test, transcript.ask, evidence)
                passed = Passed(evidence.agreed[before:], returned)
                if not with_files:
                    self._passes.add(test, transcript, passed)
        except BaseException as error:
            _settle(error)
            verdict, message = _verdict(error)
            only_raised = isinstance(error, Raised) and not (
                error.no_grad or error.view or error.name == "KeyError"
            )
            candidates, branch = getattr(error, "candidates", ()), getattr(error, "branch", ())
            answers = self._digest(transcript) if isinstance(error, (Disagreement, AssertionError)) else ""
            return _Ending(
                test,
                verdict,
                message,
                candidates=candidates,
                only_raised=only_raised,
                branch=branch,
                answers=answers,
            )
        if isinstance(passed.returned, Drawn):
            return _Ending(test, Verdict.PASSED, drawn=passed.returned)
        if passed.returned is None or passed.returned.share == 1:
            return _Ending(test, Verdict.PASSED, measured=passed.returned)
        return _Ending(test, Verdict.FAILED, passed.returned.sentence, passed.returned)

    def _digest(self, transcript: Transcript) -> str:
        """A keyed digest of all that a submission answered in a test; "" if it did not answer every call."""
        digests = transcript.digests
        if not digests or None in digests:
            return ""
        content = b"".join(one for one in digests if one is not None)
        return hashlib.blake2b(content, digest_size=16, key=self._secret.encode()[:64]).hexdigest()

    def _call(self, test: HiddenTest, ask: Ask, evidence: Evidence) -> Measured | Drawn | None:
        """Call a test with what it wants; what it measured or drew, if anything. Raises what it raises."""
        given: dict[str, Any] = dict(test.parameters)
        for name in test.wants:
            if name == "student":
                given[name] = Student(ask, test.exercise, self._plan.call, evidence)
            elif name == "reference":
                given[name] = self._reference(test.exercise)
            else:
                given[name] = Draw(seed_for(self._secret, test.exercise, test.name))
        returned = test.function(**given)
        if returned is not None and not isinstance(returned, (Measured, Drawn)):
            kind = type(returned).__name__
            raise TypeError(f"a hidden test returns nothing, measured(...) or drawn(...), not {kind}")
        return returned

    def _reference(self, exercise: str) -> Reference:
        return Reference(self._exercises[exercise].bank, self._references)


def _place(error: BaseException, module: Path | None) -> str:
    """The line of the `module` of hidden tests at which `error` was raised, or at which it called what raised it."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(module)
    ]
    return f"{module}, line {lines[-1]}, " if lines else ""


def _settle(error: BaseException) -> None:
    """Make fit to be kept what a test raised. Raises KeyboardInterrupt if it is not of the test but of the program."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, pytest.exit.Exception)):
        raise KeyboardInterrupt
    # Its frames hold what the student returned, and would hold it for long.
    error.__traceback__ = error.__context__ = error.__cause__ = None


def _verdict(error: BaseException) -> tuple[Verdict, str]:
    """What is said of a test that raised `error`, and the sentence for the student."""
    if isinstance(error, NoAnswer):
        return Verdict.SKIPPED, "There is no answer."
    if isinstance(error, Disagreement):
        return Verdict.FAILED, str(error)
    if isinstance(error, StudentFault):
        kinds: list[tuple[type[StudentFault], Verdict]] = [
            (OutOfTime, Verdict.TIMEOUT),
            (OutOfMemory, Verdict.MEMORY),
            (Crashed, Verdict.CRASHED),
            (NotPlainData, Verdict.FAILED),
            (Missing, Verdict.ERROR),
            (Raised, Verdict.ERROR),
        ]
        verdict = next((name for kind, name in kinds if isinstance(error, kind)), Verdict.ERROR)
        if isinstance(error, Raised) and error.no_grad:
            return verdict, NO_GRADIENT
        if isinstance(error, Raised) and error.view:
            return verdict, f"{error} {NO_VIEW}"
        return verdict, str(error)
    if isinstance(error, AssertionError):
        return Verdict.FAILED, str(error) or "This does not hold for your solution."
    return (
        Verdict.GRADER_FAULT,
        f"The grader itself failed ({type(error).__name__}: {error}); a person will look at it.",
    )
