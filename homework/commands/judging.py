"""Grade the solutions of banks for `homework check`: what it finds out anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from homework.commands.examples import needless
from homework.commands.fairness import SolutionRow
from homework.commands.rules import listed, problems_of
from homework.counted import counted
from homework.course import Course
from homework.errors import CourseError
from homework.grading import load_exercise
from homework.judge import Bank, BankError, Entry, ExerciseSpec, Judge
from homework.pool import Pool, only_result
from homework.results import Result, Status, Verdict
from homework.submission.handin import Part, Submission
from homework.submission.splice import splice
from homework.submission.template import Template


@dataclass(frozen=True)
class Judged:
    """The `problems` that belong to no solution, and a row for each solution of the exercises that were judged."""

    problems: list[str]
    rows: list[SolutionRow]


@dataclass(frozen=True)
class _Case:
    exercise: str
    kind: str
    name: str

    @property
    def student(self) -> str:
        return f"{self.exercise} {self.kind} {self.name}"


class _Solutions(Sequence[Submission]):
    """The submissions that `make` makes of `cases`, each when its turn comes: the sandbox works meanwhile."""

    def __init__(
        self,
        make: Callable[[_Case, Entry | None], Submission],
        cases: Sequence[tuple[_Case, Entry | None]],
    ) -> None:
        self._make = make
        self._cases = cases

    def __len__(self) -> int:
        return len(self._cases)

    def __getitem__(self, index: Any) -> Any:
        return self._make(*self._cases[index])


def judge_banks(
    course: Course,
    assignment: str,
    only: Collection[str] | None,
    known: Collection[str],
    pool: Pool,
    progress: Callable[[int, int], None],
) -> Judged:
    """Grade in `pool` all solutions in the banks of `assignment`, or of the tasks `only`, but of no `known` exercise.

    Raises CourseError if something that is needed for that is missing or malformed, or if a reference fails.
    """
    problems = problems_of(course, course.assignment(assignment), only)
    exercises = _ready(course, assignment, only, known, problems)
    template = _without_texts(Template.load(course.assignment(assignment).released_notebook))
    everything = {exercise.name: exercise.bank for exercise in exercises}
    banks = {name: bank for name, bank in everything.items() if only is None or name in only}
    problems += too_few(course, assignment, banks)
    banks = {name: bank for name, bank in banks.items() if name not in known}
    if not banks:
        return Judged(problems, [])
    points = {exercise.name: exercise.points for exercise in exercises}
    tests = {one.name: one.tests.read_text("utf-8") if one.tests else "" for one in exercises}
    references = {name: bank.code() for name, bank in everything.items()}
    hands_in = course.assignment(assignment).hands_in
    cases: dict[str, tuple[_Case, Entry | None]] = {}
    for name, bank in banks.items():
        untouched = _Case(name, "release", "untouched")
        of_bank: list[tuple[_Case, Entry | None]] = [(untouched, None), *_cases(bank)]
        cases |= {case.student: (case, entry) for case, entry in of_bank}

    def submission(case: _Case, entry: Entry | None) -> Submission:
        bank = banks[case.exercise]
        is_release = case.kind == "release"
        as_students = is_release or case.kind == "reference"
        code = [] if is_release else _with(references, bank, entry)
        files = {} if is_release else bank.files(entry, hands_in)
        notebook = splice(template, *code) if code else template.notebook
        left_out = (
            frozenset()
            if as_students
            else needless(template.cells, case.exercise, code, tests[case.exercise])
        )
        part = Part(frozenset({case.exercise}), left_out=left_out)
        return Submission(case.student, json.dumps(notebook).encode(), files=files, part=part)

    graded: dict[str, Result] = {}

    def keep(result: Result) -> None:
        graded[result.student] = result
        progress(len(graded), len(cases))

    pool.grade(_Solutions(submission, list(cases.values())), keep, only_result)
    rows = []
    for student, (case, _) in cases.items():
        refused = banks[case.exercise].refused.get(case.name) if case.kind == "refused" else None
        said = refused.sentence if refused else None
        rows.append(_row(case, graded[student], points[case.exercise], said))
    return Judged(problems, rows)


def _ready(
    course: Course,
    assignment: str,
    only: Collection[str] | None,
    known: Collection[str],
    problems: list[str],
) -> list[ExerciseSpec]:
    """All exercises, if they can be graded. Raises CourseError with the `problems` otherwise.

    The references of `known` exercises are known to pass.
    """
    tasks = course.assignment(assignment).exercises.values()
    try:
        exercises = [load_exercise(course, assignment, task) for task in tasks]
        judge = Judge(exercises, course.settings.secret)
        judge.prepare(set())
    except (BankError, CourseError) as error:
        said = problems or problems_of(course, course.assignment(assignment)) or [str(error)]
        raise CourseError(f"{assignment} is incomplete:{listed(said)}") from error
    wanted = {name for name in (exercise.name for exercise in exercises) if only is None or name in only}
    if failing := judge.failing_references(wanted - set(known)):
        said = [text.replace(f"{course.root}/", "") for text in failing]
        raise CourseError(f"the reference itself fails, so that nothing was checked:{listed(said)}")
    return exercises


def _without_texts(template: Template) -> Template:
    """A release without its texts: a notebook made from it is rebuilt with them, and takes half of the time."""
    cells = [cell for cell in template.notebook["cells"] if cell["cell_type"] == "code"]
    return Template({**template.notebook, "cells": cells})


def too_few(course: Course, assignment: str, banks: dict[str, Bank]) -> list[str]:
    """The tasks in `banks` with fewer right and wrong solutions than their kind, or the course's settings, require."""
    problems = []
    for name, bank in banks.items():
        right, wrong = course.least(assignment, course.assignment(assignment).tasks[name])
        counts = [(len(bank.variants), "variant", right), (len(bank.misconceptions), "misconception", wrong)]
        problems += [
            f"{name}: has {counted(found, what)}; at least {least} are required "
            "(c.Homework.least in nbgrader_config.py asks for fewer)"
            for found, what, least in counts
            if found < least
        ]
    return problems


def _cases(bank: Bank) -> list[tuple[_Case, Entry | None]]:
    cases: list[tuple[_Case, Entry | None]] = [(_Case(bank.exercise, "reference", "reference"), None)]
    cases += [(_Case(bank.exercise, "variant", name), entry) for name, entry in bank.variants.items()]
    cases += [
        (_Case(bank.exercise, "misconception", name), entry) for name, entry in bank.misconceptions.items()
    ]
    cases += [(_Case(bank.exercise, "refused", name), entry) for name, entry in bank.refused.items()]
    return cases


def _with(references: dict[str, str], bank: Bank, entry: Entry | None) -> list[str]:
    """The code for an assignment: all references, with `entry` instead of the reference of its exercise."""
    if entry is None:
        return list(references.values())
    replaced = {bank.exercise, *entry.also}
    others = [code for name, code in references.items() if name not in replaced]
    return [*others, bank.code(entry)]


def _row(case: _Case, result: Result, points: float, said: str | None) -> SolutionRow:
    """What became of one solution; `said` is the sentence that a refused one must get."""
    found = next((e for e in result.exercises if e.name == case.exercise), None)
    if found is None or result.status is not Status.GRADED:
        reasons = [t.message for e in result.exercises for t in e.tests if t.verdict is Verdict.GRADER_FAULT]
        problem = f"could not be graded: {'; '.join(reasons[:1]) or result.reason}"
        return SolutionRow(case.exercise, case.kind, case.name, 0.0, points, {}, "", problem)
    verdicts = {test.name: str(test.verdict) for test in found.tests}
    named = list(found.misconceptions)
    full = abs(found.score - found.max) < 1e-9
    problem = ""
    if case.kind in ("reference", "variant") and not full:
        failed = [
            f"{test.name} ({test.message})" for test in found.tests if test.verdict is not Verdict.PASSED
        ]
        problem = f"must get full marks but fails {', '.join(failed)}"
    elif case.kind == "release" and found.score != 0:
        problem = f"must score 0 but gets {found.score:g}"
    elif case.kind == "refused":
        if found.score != 0:
            problem = f"must score 0 but gets {found.score:g}"
        elif said not in (messages := [test.message for test in found.tests]):
            problem = f"must be told why it is refused but reads {'; '.join(messages) or 'nothing'}"
    elif case.kind == "misconception":
        others = [name for name in named if name != case.name]
        if full:
            problem = "survives: it must lose points"
        elif others:
            problem = f"is misdiagnosed as {', '.join(others)}"
        elif not named:
            problem = "loses points but is not named"
    return SolutionRow(
        case.exercise,
        case.kind,
        case.name,
        found.score,
        points,
        verdicts,
        ", ".join(named),
        problem,
        found.seconds,
    )
