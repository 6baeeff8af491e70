"""pytest collects the hidden tests; the judge runs them.

Theory of operation. A hidden test is a function of a module, called over and over for different submissions: nothing
of pytest's fixtures, hooks and reports is needed for that, only its way to find tests, their marks and their
parameters. So pytest is started with `--collect-only`, without configuration and without other plugins, and what it
found is kept as plain records. A test that needs more of pytest than that is refused here, before any submission is
judged.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import chdir, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homework.judge.banks import Bank, BankError
from homework.judge.banks.choices import ChoiceBank
from homework.judge.built_in import right_option

FIXTURES = ("student", "reference", "rng")
# Parts of pytest that would only cost time here.
_NOT_NEEDED = (
    "cacheprovider",
    "capture",
    "logging",
    "warnings",
    "unraisableexception",
    "threadexception",
    "faulthandler",
)


@dataclass(frozen=True)
class ExerciseSpec:
    """An exercise to judge: its points, its bank, its module of hidden tests (None: a built-in one)."""

    name: str
    points: float
    bank: Bank
    tests: Path | None


@dataclass(frozen=True, eq=False)
class HiddenTest:
    """One hidden test: a function that `wants` some of FIXTURES, and its `parameters` if it is parametrized."""

    exercise: str
    name: str
    title: str
    points: float
    function: Callable[..., Any]
    wants: tuple[str, ...]
    parameters: Mapping[str, Any]


def collect(exercises: Sequence[ExerciseSpec]) -> dict[str, list[HiddenTest]]:
    """The hidden tests of `exercises`, by exercise, in the order of their modules.

    Raises BankError for tests that are missing, malformed, or ask for more than the judge gives, and where the points
    of an exercise's tests do not sum to those of its grade cell.
    """
    modules: dict[Path, ExerciseSpec] = {}
    for exercise in exercises:
        if exercise.tests is None:
            continue
        if not exercise.tests.is_file():
            raise BankError(
                f"{exercise.tests} is missing: the exercise `{exercise.name}` has no hidden tests"
            )
        modules[exercise.tests.resolve()] = exercise
    tests = {exercise.name: _built_in(exercise) for exercise in exercises}
    if not modules:
        return tests
    collector = _Collector()
    status = _run_pytest(list(modules), collector)
    problems = collector.problems
    if not problems and status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if not problems and status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise BankError(f"the hidden tests cannot be collected (pytest status {status})")
    for item in collector.items:
        try:
            test = _hidden_test(item, modules[item.path.resolve()].name)
        except BankError as error:
            problems.append(str(error))
        else:
            tests[test.exercise].append(test)
    if collector.problems:
        _forget(modules)
    if not problems:
        problems += [text for exercise in exercises if (text := _unbalanced(exercise, tests[exercise.name]))]
    if problems:
        raise BankError("; ".join(problems))
    return tests


class _Collector:
    """The plugin of pytest that keeps what is collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []
        self.problems: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line(
            "markers", "points(weight): how many points of its exercise a hidden test is worth"
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            text = report.longreprtext.strip()
            lines = re.findall(r"(?:\.py:|\bline )(\d+)", text)
            where = f"{report.nodeid}, line {lines[-1]}" if lines else report.nodeid
            self.problems.append(f"{where}: {text.splitlines()[-1].removeprefix('E').strip()}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = session.items

    def pytest_internalerror(self, excrepr: Any) -> bool:
        self.problems.append(f"pytest failed on the hidden tests: {str(excrepr).strip().splitlines()[-1]}")
        return True  # it need not be printed


def _forget(modules: Iterable[Path]) -> None:
    """Let modules that could not be loaded be loaded again: pytest leaves them behind, empty."""
    paths = {str(module) for module in modules}
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) in paths:
            del sys.modules[name]


def _bracketed(modules: list[Path]) -> bool:
    """Whether the course's path has a square bracket, with which pytest would begin a test's parameters."""
    return any("[" in str(module.parent) for module in modules) and len({one.parent for one in modules}) == 1


def _run_pytest(modules: list[Path], collector: _Collector) -> int:
    """Let pytest collect `modules`; its exit status."""
    arguments = [
        # The root directory makes a module's name from its whole path, so that two of one name stay apart.
        *("-c", os.devnull, "--rootdir", os.sep, "--noconftest", "--collect-only"),
        *("--import-mode=importlib", "--assert=plain", "--strict-markers", "-p", "no:terminal"),
        *(word for name in _NOT_NEEDED for word in ("-p", f"no:{name}")),
        *(module.name if _bracketed(modules) else str(module) for module in modules),
    ]
    saved = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        with chdir(modules[0].parent) if _bracketed(modules) else nullcontext():
            return int(pytest.main(arguments, plugins=[collector]))
    finally:
        if saved is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = saved


def _built_in(exercise: ExerciseSpec) -> list[HiddenTest]:
    """The test of a task that has no module of hidden tests."""
    if exercise.tests is not None:
        return []
    if not isinstance(exercise.bank, ChoiceBank):
        raise BankError(f"there is no built-in test for the exercise `{exercise.name}`")
    title, given = str(right_option.__doc__), {"bank": exercise.bank}
    name = right_option.__name__
    return [HiddenTest(exercise.name, name, title, exercise.points, right_option, ("student",), given)]


def _hidden_test(item: pytest.Item, exercise: str) -> HiddenTest:
    """The record of a collected test. Raises BankError."""
    if not isinstance(item, pytest.Function) or item.cls is not None:
        raise BankError(
            f"{item.nodeid} is not a function of its module: hidden tests are written as functions"
        )
    weight = item.get_closest_marker("points")
    if weight is None:
        raise BankError(f"{item.nodeid} has no weight: mark it with @points(...)")
    if others := {mark.name for mark in item.iter_markers()} - {"points", "parametrize"}:
        raise BankError(
            f"{item.nodeid} is marked with {', '.join(sorted(others))}: only points and parametrize are known here"
        )
    callspec = getattr(item, "callspec", None)
    parameters: dict[str, Any] = dict(callspec.params) if callspec is not None else {}
    wants = [
        name
        for name, parameter in inspect.signature(item.obj).parameters.items()
        if name not in parameters and parameter.default is parameter.empty
    ]
    # What pytest would set up beyond that, the test does not name: fixtures that are used automatically.
    unknown = [name for name in wants if name not in FIXTURES] or [
        name for name in item.fixturenames if name not in (*FIXTURES, *parameters)
    ]
    if unknown:
        raise BankError(
            f"{item.nodeid} asks for {', '.join(unknown)}: a hidden test gets {', '.join(FIXTURES)} "
            "and its own parameters; write a function for the rest"
        )
    title = (item.obj.__doc__ or item.name).strip().splitlines()[0]
    return HiddenTest(exercise, item.name, title, float(weight.args[0]), item.obj, tuple(wants), parameters)


def _unbalanced(exercise: ExerciseSpec, tests: list[HiddenTest]) -> str | None:
    """What is wrong with the points of an exercise's tests, if anything."""
    total = sum(test.points for test in tests)
    if not tests:
        return f"{exercise.tests} contains no test"
    if abs(total - exercise.points) > 1e-9:
        return (
            f"the weights of {exercise.tests} sum to {total:g}, "
            f"but its grade cell has {exercise.points:g} points: "
            + ", ".join(f"{test.name} {test.points:g}" for test in tests)
        )
    return None
