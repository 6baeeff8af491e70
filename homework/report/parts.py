"""The parts of a feedback page: what it shows of each exercise, question and quiz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup

from homework.choices import Choice
from homework.course import Task
from homework.course.cells import grade_cell
from homework.drawings import plots
from homework.gradebook.scores import CellScore, SubmissionScore
from homework.report.findings import Finding, findings
from homework.report.hints import Hint
from homework.report.quiz import ChoicePart, TopicPart, choice_part, topics
from homework.results import ExerciseResult, Result, Status, TestResult, Verdict
from homework.submission.answers import Answer, Answers
from homework.submission.rebuild import State
from homework.untrusted import html

_NOT_SCORED = CellScore("", False, 0.0, None, None, 0.0, False)


@dataclass
class ExercisePart:
    """One task that is graded by tests, on the page. `score` is None while there is none."""

    form: ClassVar = "exercise"
    by_tests: ClassVar = True

    name: str
    score: float | None
    max: float
    by_person: bool
    findings: list[Finding]
    passed: list[TestResult]
    skipped: list[TestResult]
    code: Markup | None
    comments: list[Markup]
    plots: list[Markup] = field(default_factory=list)
    hint: Hint | None = None
    bonus: bool = False

    @property
    def label(self) -> str:
        """Its name in the table of scores."""
        return self.name

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"exercise-{self.name}"

    @property
    def tests(self) -> int:
        """The number of tests."""
        return len(self.passed) + len(self.skipped) + sum(len(finding.tests) for finding in self.findings)


@dataclass
class QuestionPart:
    """One written answer on the page. `score` is None until it is reviewed; `again`: it has changed since."""

    form: ClassVar = "question"
    by_tests: ClassVar = False

    name: str
    title: str
    score: float | None
    max: float
    again: bool
    answered: bool
    answer: Markup | None
    comment: Markup | None
    bonus: bool = False

    @property
    def label(self) -> str:
        """Its name in the table of scores."""
        return self.title

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"question-{self.name}"


Part = ExercisePart | QuestionPart | TopicPart | ChoicePart


def is_bonus(part: Part) -> bool:
    """Whether its points count in no maximum. The questions of a quiz always count."""
    return isinstance(part, (ExercisePart, QuestionPart)) and part.bonus


@dataclass
class Group:
    """Tasks under one heading, with their points so far."""

    title: str
    parts: list[Part] = field(default_factory=list)

    @property
    def score(self) -> float | None:
        """The points of the tasks that have a score; None while none has."""
        known = [part.score for part in self.parts if part.score is not None]
        return sum(known) if known else None

    @property
    def max(self) -> float:
        """The maximum number of points, without a bonus."""
        return sum(part.max for part in self.parts if not is_bonus(part))


def quiz_parts(
    choices: Mapping[str, Choice], published: bool, result: Result, exercises: list[ExercisePart]
) -> list[TopicPart] | list[ChoicePart]:
    """The parts on multiple-choice questions: one for each topic, or for each question of a published quiz."""
    graded = [exercise for exercise in result.exercises if exercise.name in choices]
    parts = {part.name: part for part in exercises}
    if published:
        return [choice_part(choices[one.name], one, parts[one.name]) for one in graded]
    return topics(choices, graded, parts)


def exercise_part(
    exercise: ExerciseResult, status: Status, answers: Answers, given: SubmissionScore
) -> ExercisePart:
    """What a page shows of an exercise, from its tests, the student's code and what a person decided."""
    name, tests = exercise.name, exercise.tests
    unknown = exercise.at_fault or (
        status is Status.GRADER_FAULT and any(test.verdict is Verdict.SKIPPED for test in tests)
    )
    # Formgrader shows a score field at the grade cell, and a comment field at the student's cell.
    graded = grade_cell(name)
    cell = given.cells.get(graded, _NOT_SCORED)
    score = cell.manual if cell.manual is not None else None if unknown else exercise.score
    comments = [given.comments.get(place, "") for place in (name, graded)]
    source = answers.code[name].source if name in answers.code else ""
    untouched = name in answers.code and answers.code[name].state is State.UNTOUCHED
    return ExercisePart(
        name=name,
        score=None if score is None else score + cell.extra,
        max=exercise.max,
        by_person=cell.manual is not None or cell.extra != 0,
        findings=findings(name, tests, untouched),
        passed=[test for test in tests if test.verdict is Verdict.PASSED],
        skipped=[test for test in tests if test.verdict is Verdict.SKIPPED],
        code=html.code(source) if source.strip() else None,
        comments=[html.comment(comment) for comment in comments if comment.strip()],
        plots=plots(tests),
    )


def question_part(
    question: Task, answered: set[str], answers: Answers, given: SubmissionScore
) -> QuestionPart:
    """What a page shows of a question; `answered` are those with an answer for a person."""
    cell = given.cells.get(question.name, _NOT_SCORED)
    has_answer = question.name in answered
    typed = answers.answers.get(question.name) if has_answer else None
    score = cell.manual if cell.manual is not None or has_answer else 0.0
    comment = given.comments.get(question.name, "")
    return QuestionPart(
        name=question.name,
        title=question.title,
        score=None if score is None else score + cell.extra,
        max=question.points,
        again=cell.again,
        answered=has_answer,
        answer=_answer(typed) if typed else None,
        comment=html.comment(comment) if comment.strip() else None,
    )


def _answer(typed: Answer) -> Markup:
    return html.markdown(typed.source, {one.name: one.png for one in typed.pictures}, typed.lost)
