"""`homework check`: whether the hidden tests are fair.

Every reference, variant and misconception of an assignment is spliced into the release and graded like a
submission, in the sandbox. The reference and every variant must get full marks. Every misconception must lose
points, must be named in at least one failed test, and must never be mistaken for another one. An answer that is not
of the form asked for must get the sentence that says so, and no points. The untouched release must score zero.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from homework.course import Course
from homework.errors import CourseError
from homework.grading import load_exercises
from homework.judge import Bank, BankError, Entry
from homework.judge.collect import collect
from homework.pool import Pool, only_result
from homework.results import Result, Status, Verdict
from homework.submission.handin import Submission
from homework.submission.splice import splice
from homework.submission.template import Template


@dataclass
class SolutionRow:
    """One solution and its result in its exercise. `problem` says what is wrong with the tests, if anything."""

    exercise: str
    kind: str  # reference, variant, misconception, refused, release
    name: str
    score: float
    max: float
    verdicts: dict[str, str]
    named: str
    problem: str = ""


@dataclass
class Report:
    """The matrix of one assignment, and problems that do not belong to one solution."""

    assignment: str
    rows: list[SolutionRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """Everything that must be fixed, in words."""
        return self.problems + [
            f"{r.exercise}: {r.kind} {r.name} {r.problem}" for r in self.rows if r.problem
        ]


@dataclass(frozen=True)
class _Case:
    exercise: str
    kind: str
    name: str

    @property
    def student(self) -> str:
        return f"{self.exercise} {self.kind} {self.name}"


def check(
    course: Course,
    assignment: str,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Report:
    """Grade all solutions in the banks of `assignment`. Raises CourseError if something is missing or malformed."""
    template = Template.load(course.assignment(assignment).released_notebook)
    exercises = load_exercises(course, assignment)
    try:
        collect(exercises)  # report errors in the tests before workers start
    except BankError as error:
        raise CourseError(str(error)) from error
    banks = {exercise.name: exercise.bank for exercise in exercises}
    report = Report(assignment, problems=too_few(course, assignment, banks))
    points = {exercise.name: exercise.points for exercise in exercises}
    cases: dict[str, tuple[_Case, Submission]] = {}

    def add(case: _Case, code: str | None) -> None:
        notebook = splice(template, code) if code is not None else template.notebook
        cases[case.student] = (case, Submission(case.student, json.dumps(notebook).encode()))

    references = {name: bank.code() for name, bank in banks.items()}
    for name, bank in banks.items():
        add(_Case(name, "release", "untouched"), None)
        for case, entry in _cases(bank):
            add(case, _with(references, bank, entry))
    graded: dict[str, Result] = {}

    def keep(result: Result) -> None:
        graded[result.student] = result
        progress(len(graded), len(cases))

    wanted = {student: {case.exercise} for student, (case, _) in cases.items()}
    submissions = [submission for _, submission in cases.values()]
    with Pool(course, assignment, jobs) as pool:
        pool.grade(submissions, keep, only_result, wanted)
    for student, (case, _) in cases.items():
        refused = banks[case.exercise].refused.get(case.name) if case.kind == "refused" else None
        said = refused.sentence if refused else None
        report.rows.append(_row(case, graded[student], points[case.exercise], said))
    return report


def too_few(course: Course, assignment: str, banks: dict[str, Bank]) -> list[str]:
    """The tasks with fewer right and wrong solutions, or sample answers, than their kind requires."""
    problems = []
    for task in course.assignment(assignment).tasks.values():
        right, wrong = task.kind.least
        if task.kind.marked_by == "tests":
            bank = banks[task.name]
            counts = [
                (len(bank.variants), "variants", right),
                (len(bank.misconceptions), "misconceptions", wrong),
            ]
        else:
            counts = [(len(course.sample_answers(assignment, task.name)), "sample answers", right)]
        problems += [
            f"{task.name}: has {found} {what}; at least {least} are required"
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


def _with(references: dict[str, str], bank: Bank, entry: Entry | None) -> str:
    """The code for an assignment: all references, with `entry` instead of the reference of its exercise."""
    if entry is None:
        return "\n\n".join(references.values())
    replaced = {bank.exercise, *entry.also}
    others = [code for name, code in references.items() if name not in replaced]
    return "\n\n".join([*others, bank.code(entry)])


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
        case.exercise, case.kind, case.name, found.score, points, verdicts, ", ".join(named), problem
    )
