"""The pytest plugin: hidden tests are collected once and run over many submissions.

Theory of operation. A `Judge` starts pytest on the test modules of the exercises, with this plugin and nothing
else. pytest collects; then `pytest_runtestloop` takes submissions from an iterator and runs every collected test
over each, the fixtures `student`, `reference` and `rng` speaking of the submission at hand. A test that asks for
these alone is simply called; any other goes through pytest's protocol, which takes ten times as long, as plugins that
repeat flaky tests do it. Where there is none of the latter, all further submissions do without pytest. How a test ends
becomes a `TestResult`; what a failure is called, and whose fault it is, is decided in `_verdict` alone.
"""

from __future__ import annotations

import inspect
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from homework.judge.agree import Disagreement, contradictions
from homework.judge.bank import Bank, BankError, Entry
from homework.judge.draw import Draw, seed_for
from homework.judge.precedents import Hearing, Precedents
from homework.judge.script import Rehearsal, Script
from homework.judge.subject import Case, Reference, Respondent, Student, Subject
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

# Parts of pytest that would cost time at every test and tell nobody anything here.
_NOT_NEEDED = (
    "cacheprovider",
    "capture",
    "logging",
    "warnings",
    "unraisableexception",
    "threadexception",
    "faulthandler",
)
_SHARE_TO_BE_NAMED = 0.25  # a misconception that explains fewer of the failures is a coincidence
NO_GRADIENT = "No gradient flows back through your function: somewhere its result leaves the autograd graph."


def points(weight: float) -> pytest.MarkDecorator:
    """How many points of its exercise a hidden test is worth."""
    return pytest.mark.points(weight)


@dataclass
class Judged:
    """An exercise to judge: its points, its bank, its test module."""

    name: str
    points: float
    bank: Bank
    tests: Path
    weights: dict[str, float] = field(default_factory=dict)


class Judge:
    """The hidden tests of `exercises`, collected once; `secret` is in the seed of what they draw."""

    def __init__(self, exercises: list[Judged], secret: str) -> None:
        self._exercises = exercises
        self._secret = secret
        self._collected: _Plugin | None = None  # kept if all its tests are plain: these can do without pytest
        self._prepared = False

    def collect(self) -> None:
        """Find the tests and add up their weights, now. Raises BankError for tests that are missing or malformed."""
        self.run([], lambda *_: None)

    def prepare(self) -> None:
        """Collect and rehearse now rather than for the first submission. Raises as `collect` does."""
        if not self._prepared:
            self.collect()
            self._prepared = True
        if self._collected is not None:
            self._collected.rehearse()

    def run(
        self,
        subjects: Iterable[tuple[Subject, set[str] | None]],
        done: Callable[[Subject, list[ExerciseResult]], None],
    ) -> None:
        """Run the tests over `subjects` and hand each one's results to `done`.

        A subject comes with the names of the exercises to run over it (None: all). Raises BankError for tests that
        are missing or malformed; lets KeyboardInterrupt and what `subjects` or `done` raise through.
        """
        if self._collected is not None:
            self._collected.judge(subjects, done)
            return
        plugin = _Plugin(self._exercises, self._secret, lambda: plugin.judge(subjects, done))
        _run_pytest(self._exercises, plugin)
        if plugin.all_plain:
            self._collected = plugin


def _run_pytest(exercises: list[Judged], plugin: _Plugin) -> None:
    for exercise in exercises:
        if not exercise.tests.is_file():
            raise BankError(
                f"{exercise.tests} is missing: the exercise `{exercise.name}` has no hidden tests"
            )
    arguments = [
        # The root directory makes a module's name from its whole path, so that two of one name stay apart.
        *("-c", os.devnull, "--rootdir", os.sep, "--noconftest"),
        *("--import-mode=importlib", "--assert=plain", "--strict-markers", "-p", "no:terminal"),
        *(word for name in _NOT_NEEDED for word in ("-p", f"no:{name}")),
        *(str(exercise.tests) for exercise in exercises),
    ]
    saved = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        status = pytest.main(arguments, plugins=[plugin])
    finally:
        if saved is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = saved
    if plugin.error is not None:
        raise plugin.error
    if not plugin.finished:
        raise BankError(f"the hidden tests cannot be run (pytest status {int(status)})")


class _Plugin:
    def __init__(
        self,
        exercises: list[Judged],
        secret: str,
        when_collected: Callable[[], None],
    ) -> None:
        self._exercises = {exercise.name: exercise for exercise in exercises}
        self._by_path = {exercise.tests.resolve(): exercise for exercise in exercises}
        self._exercise_of: dict[str, Judged] = {}  # by test
        self._items: dict[str, list[pytest.Item]] = {exercise.name: [] for exercise in exercises}
        self._plain: dict[str, list[str]] = {}  # the fixtures that a plain test asks for, by test
        self._references = {name: exercise.bank.reference for name, exercise in self._exercises.items()}
        self._secret = secret
        self._when_collected = when_collected
        self._subject: Respondent | None = None  # of the test that runs
        self._endings: list[BaseException | None] = []  # of the item that runs: one, if pytest reports
        self._script = Script()
        self._rehearsed: set[str] = set()  # exercises whose part of the script is there
        self._precedents = Precedents()
        self._case = Case()
        self._problems: list[str] = []
        self.error: BaseException | None = None
        self.finished = False

    # -- fixtures

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        return self._student(request.node)

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Reference:
        return self._reference(request.node)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Draw:
        return self._rng(request.node)

    def _student(self, item: pytest.Item) -> Student:
        assert self._subject is not None
        return Student(self._subject, self._of(item).name, self._case)

    def _reference(self, item: pytest.Item) -> Reference:
        return Reference(self._of(item).bank, self._references)

    def _rng(self, item: pytest.Item) -> Draw:
        return Draw(seed_for(self._secret, self._of(item).name, item.name))

    def _of(self, item: pytest.Item) -> Judged:
        found = self._exercise_of.get(item.nodeid)
        if found is None:
            found = self._exercise_of[item.nodeid] = self._by_path[item.path.resolve()]
        return found

    # -- hooks

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line(
            "markers", "points(weight): how many points of its exercise a hidden test is worth"
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._problems.append(f"{report.nodeid}: {report.longreprtext.strip().splitlines()[-1]}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            mark = item.get_closest_marker("points")
            if mark is None:
                self._problems.append(f"{item.nodeid} has no weight: mark it with @points(...)")
            else:
                self._of(item).weights[item.name] = float(mark.args[0])
        for exercise in self._exercises.values():
            total = sum(exercise.weights.values())
            if not exercise.weights:
                self._problems.append(f"{exercise.tests} contains no test")
            elif abs(total - exercise.points) > 1e-9:
                self._problems.append(
                    f"the weights of {exercise.tests} sum to {total:g}, "
                    f"but its grade cell has {exercise.points:g} points"
                )

    def pytest_internalerror(self, excrepr: Any) -> bool:
        self.error = BankError(f"pytest failed on the hidden tests: {str(excrepr).strip().splitlines()[-1]}")
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self._problems:
            self.error = BankError("; ".join(self._problems))
            return True
        for item in session.items:
            self._items[self._of(item).name].append(item)
            if _is_plain(item):
                self._plain[item.nodeid] = _asked_for(item)
        try:
            self._when_collected()
        except BaseException as error:
            self.error = error
            return True
        self.finished = True
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Keep the exception itself; pytest's own report, with a traceback that nobody reads, is not made."""
        if call.when == "call" or (call.when == "setup" and call.excinfo is not None):
            self._endings.append(call.excinfo.value if call.excinfo else None)
        when = call.when
        assert when != "collect"
        return pytest.TestReport(
            item.nodeid,
            item.location,
            {},
            "failed" if call.excinfo else "passed",
            None,
            when,
            start=call.start,
            stop=call.stop,
            duration=call.duration,
        )

    # -- judging

    @property
    def all_plain(self) -> bool:
        """Whether no test needs more of pytest than that it is found."""
        return all(item.nodeid in self._plain for items in self._items.values() for item in items)

    def judge(
        self,
        subjects: Iterable[tuple[Subject, set[str] | None]],
        done: Callable[[Subject, list[ExerciseResult]], None],
    ) -> None:
        """Run what was collected over `subjects`."""
        for subject, wanted in subjects:
            done(subject, self._judge(subject, wanted))

    def rehearse(self, wanted: set[str] | None = None) -> None:
        """Learn what the plain tests of the exercises that are `wanted` (None: of all) ask."""
        for name, exercise in self._exercises.items():
            if name not in self._rehearsed and (wanted is None or name in wanted):
                self._rehearse(exercise)

    def _rehearse(self, exercise: Judged) -> None:
        """Run them over the reference; one that fails there is learned as far as it comes."""
        self._subject = Rehearsal(self._script, Reference(exercise.bank, self._references))
        self._case = Case(self._script.call)
        for item in self._items[exercise.name]:
            if item.nodeid in self._plain:
                _settled(self._call(item))
        self._rehearsed.add(exercise.name)

    def _judge(self, subject: Subject, wanted: set[str] | None) -> list[ExerciseResult]:
        chosen = [exercise for name, exercise in self._exercises.items() if wanted is None or name in wanted]
        self.rehearse(wanted)
        subject.expect(self._script.of(exercise.name for exercise in chosen))
        queue = [item for exercise in chosen for item in self._items[exercise.name]]
        following = iter([*queue[1:], None])
        results = []
        for exercise in chosen:
            started = time.perf_counter()
            self._case = Case(self._script.call)
            endings = [self._run(item, subject, next(following)) for item in self._items[exercise.name]]
            tests = _with_misconceptions(endings, self._case)
            score = round(sum(test.score for test in tests), 6)
            seconds = round(time.perf_counter() - started, 4)
            results.append(ExerciseResult(exercise.name, score, exercise.points, seconds, tests))
        return results

    def _run(
        self, item: pytest.Item, subject: Subject, following: pytest.Item | None
    ) -> tuple[TestResult, list[Entry]]:
        """Run one test over `subject`; `following` tells pytest what may stay set up."""
        if item.nodeid in self._plain:
            error = _settled(self._hear(item, subject))
        else:
            self._subject = subject
            error = _settled(self._through_pytest(item, following))
        weight = self._of(item).weights[item.name]
        title = (getattr(getattr(item, "obj", None), "__doc__", None) or item.name).strip().splitlines()[0]
        verdict, message = _verdict(error)
        score = weight if verdict == Verdict.PASSED else 0.0
        return TestResult(item.name, title, weight, score, verdict, message, None), list(
            getattr(error, "candidates", ())
        )

    def _hear(self, item: pytest.Item, subject: Subject) -> BaseException | None:
        """Run a plain test over `subject`, if there is no precedent; what it raised."""
        self._subject = hearing = Hearing(subject)
        try:
            agreements = self._precedents.passed(item.nodeid, hearing)
        except BaseException as fault:  # as if the test had asked
            return fault
        if agreements is not None:
            self._case.passed += agreements
            return None
        before = len(self._case.passed)
        error = self._call(item)
        if error is None:
            self._precedents.add(item.nodeid, hearing, self._case.passed[before:])
        return error

    def _call(self, item: pytest.Item) -> BaseException | None:
        """Run a plain test; what it raised."""
        makers = {"student": self._student, "reference": self._reference, "rng": self._rng}
        try:
            item.obj(**{name: makers[name](item) for name in self._plain[item.nodeid]})  # type: ignore[attr-defined]
        except BaseException as error:
            return error
        return None

    def _through_pytest(self, item: pytest.Item, following: pytest.Item | None) -> BaseException | None:
        self._endings.clear()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self._endings[0] if self._endings else RuntimeError("pytest did not report")


def _asked_for(item: pytest.Item) -> list[str]:
    """The fixtures that a test function asks for."""
    return list(inspect.signature(item.obj).parameters)  # type: ignore[attr-defined]  # of pytest.Function


def _is_plain(item: pytest.Item) -> bool:
    """Whether there is nothing to a test but a function of our own three fixtures."""
    return (
        isinstance(item, pytest.Function)
        and item.cls is None
        and not hasattr(item, "callspec")
        and {"student", "reference", "rng"}.issuperset(_asked_for(item))
        and {"student", "reference", "rng", "request"}.issuperset(item.fixturenames)
        and all(mark.name == "points" for mark in item.iter_markers())
    )


def _settled(error: BaseException | None) -> BaseException | None:
    """What a test ended with, fit to be kept. Raises KeyboardInterrupt if it was none of the test's business."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, pytest.exit.Exception)):
        raise KeyboardInterrupt
    if error is not None:  # its frames hold what the student returned, and would hold it for long
        error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


def _verdict(error: BaseException | None) -> tuple[Verdict, str]:
    """What a test's ending is called, and the sentence for the student."""
    if error is None:
        return Verdict.PASSED, ""
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
        return verdict, str(error)
    if isinstance(error, AssertionError):
        return Verdict.FAILED, str(error) or "This does not hold for your solution."
    return (
        Verdict.GRADER_FAULT,
        f"The grader itself failed ({type(error).__name__}: {error}); a person will look at it.",
    )


def _with_misconceptions(endings: list[tuple[TestResult, list[Entry]]], case: Case) -> list[TestResult]:
    """Name one misconception for each failed test: of those that explain it, the one that fits all tests best.

    The best explains the most failures, and of equals contradicts the fewest passes.
    """
    votes = Counter(entry.name for _, found in endings for entry in found)
    failures = sum(test.verdict == Verdict.FAILED for test, _ in endings)

    @cache
    def contradicted(entry: Entry) -> int:
        return contradictions(entry, case.passed)

    tests = []
    for test, found in endings:
        candidates = [entry for entry in found if votes[entry.name] >= failures * _SHARE_TO_BE_NAMED]
        if len(candidates) > 1:
            most = max(votes[entry.name] for entry in candidates)
            candidates = [entry for entry in candidates if votes[entry.name] == most]
            candidates.sort(key=contradicted)  # stable: the first of equals stays first
        if candidates:
            test = replace(test, misconception=candidates[0].name, message=str(candidates[0].sentence))
        tests.append(test)
    return tests
