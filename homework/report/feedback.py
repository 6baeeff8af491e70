"""Feedback pages: one self-contained HTML file for each graded submission.

A page shows what the receipt says, the student's code and answers as they were typed (`answers.json`), and what a
person decided. The autograded notebook is not read, since it contains marking schemes for graders.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from jinja2 import UndefinedError
from markupsafe import Markup

from homework.choices import Choice
from homework.course import KINDS, Assignment, Task
from homework.course.cells import grade_cell
from homework.drawings import plots
from homework.errors import CourseError, UsageError
from homework.gradebook.late import bring_up_to_date
from homework.gradebook.scores import CellScore, SubmissionScore, scores_of
from homework.report.exchange import complete, copy_exchange_files, names_handed_in
from homework.report.findings import Finding, findings
from homework.report.hints import Hint, Hints
from homework.report.pages import write_page
from homework.report.quiz import ChoicePart, TopicPart, choice_part, topics
from homework.report.rubric import show_points
from homework.results import (
    RECEIPT,
    ExerciseResult,
    Receipt,
    Result,
    Status,
    TestResult,
    Verdict,
    was_interrupted,
)
from homework.submission.answers import Answer, Answers
from homework.submission.rebuild import State
from homework.untrusted import html

if TYPE_CHECKING:
    from homework.course import Course

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


def _is_bonus(part: Part) -> bool:
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
        return sum(part.max for part in self.parts if not _is_bonus(part))


class PagesMissing(CourseError):
    """Some pages could not be written; those that could are `written`."""

    def __init__(self, text: str, written: list[Path]) -> None:
        super().__init__(text)
        self.written = written


def write_feedback(
    course: Course,
    assignment: str,
    students: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    scores: Mapping[str, SubmissionScore] | None = None,
    *,
    all_items: bool = False,
) -> list[Path]:
    """Write `feedback/<student>/<assignment>/<assignment>.html` for what is graded. Returns the pages written.

    `scores` (by student) are read from the gradebook unless given; then rubric items have their points, and with
    `all_items` those that were not applied are listed. Raises UsageError if nothing is graded, and, after writing all
    other pages, PagesMissing for those that cannot be written.
    """
    task = course.assignment(assignment)
    folders = _graded(course, assignment, students)
    if scores is None:
        scores = scores_of(course, assignment)
        bring_up_to_date(course, scores.values())
        show_points(course, assignment, scores, all_items=all_items)
    choices, published = course.choices(assignment), assignment in course.settings.published
    hints = Hints(course, task)
    nothing = SubmissionScore(assignment, "", ("", "", ""))
    pages: list[Path] = []
    problems = []
    exchanged, names = False, names_handed_in(course, assignment)
    for number, (student, folder) in enumerate(folders.items(), 1):
        try:
            result = _receipt(folder)
            answers = Answers.read(folder)
            page = course.feedback / student / assignment / f"{assignment}.html"
            write_page(
                page,
                "feedback.html.j2",
                **_page(
                    task, student, result, answers, scores.get(student, nothing), choices, published, hints
                ),
            )
            exchanged |= copy_exchange_files(folder, page, names.get(student, ""))
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
            UndefinedError,
        ) as error:
            problems.append(f"{folder}: {type(error).__name__}: {error}")
        else:
            pages.append(page)
        if progress is not None:
            progress(number, len(folders))
    if exchanged:
        complete(pages)
    if problems:
        said = f"wrote {len(pages)} pages, but not for {len(problems)}; grade these again with --force: "
        raise PagesMissing(said + "; ".join(problems[:3]), pages)
    return pages


def write_preview(
    course: Course,
    assignment: str,
    result: Result,
    answers: Answers,
    path: Path,
    only: Collection[str] | None = None,
) -> Path:
    """Write the page that a student would read for a `result` that is not recorded, or of the tasks `only` of it."""
    nothing = SubmissionScore(assignment, result.student, ("", "", ""))
    choices, published = course.choices(assignment), assignment in course.settings.published
    task = course.assignment(assignment)
    if only is not None:
        task = task.only(only)
        choices = {name: choice for name, choice in choices.items() if name in only}
    page = _page(task, result.student, result, answers, nothing, choices, published, Hints(course, task))
    return write_page(path, "feedback.html.j2", **page)


def _graded(course: Course, assignment: str, students: Collection[str] | None) -> dict[str, Path]:
    """The folders with a receipt, by student. Raises UsageError if there are none."""
    there = course.autograded.iterdir() if course.autograded.is_dir() else ()
    found = {
        folder.name: folder / assignment
        for folder in sorted(there)
        if (folder / assignment / RECEIPT).is_file()
    }
    if missing := sorted(set(students or ()) - found.keys()):
        raise UsageError(
            f"{missing[0]!r} has no graded {assignment}: run `homework autograde {assignment}` first"
        )
    if not found:
        raise UsageError(f"no {assignment} is graded yet: run `homework autograde {assignment}` first")
    return found if students is None else {name: found[name] for name in found if name in set(students)}


def _receipt(folder: Path) -> Receipt:
    if was_interrupted(folder):
        raise ValueError("its grading was interrupted")
    return Receipt.from_json((folder / RECEIPT).read_bytes())


# ---------------------------------------------------------------------------------------------- content


def _page(
    task: Assignment,
    student: str,
    result: Result,
    answers: Answers,
    given: SubmissionScore,
    choices: Mapping[str, Choice],
    published: bool,
    hints: Hints,
) -> dict[str, Any]:
    """Everything that the template shows. `choices` are the multiple-choice questions of the assignment."""
    exercises = [_exercise(exercise, result.status, answers, given) for exercise in result.exercises]
    for exercise in exercises:
        if not all(finding.fault for finding in exercise.findings):
            exercise.hint = hints.of(exercise.name, given)
    answered = set(result.score.to_review)
    questions = [_question(question, answered, answers, given) for question in task.questions.values()]
    unreadable = result.status is Status.UNREADABLE
    if unreadable:  # show only the questions that a person has already reviewed
        questions = [
            question for question in questions if question.score is not None or question.comment is not None
        ]
    # A receipt may contain a task that is no longer in the assignment.
    groups = {name: Group(name) for name in (KINDS["exercise"].group, *task.groups)}
    marked: list[Part] = [*exercises, *questions]
    for part in marked:
        if isinstance(part, (ExercisePart, QuestionPart)):
            part.bonus = part.name in task.tasks and task.tasks[part.name].bonus
        if part.name not in choices:
            kind = task.tasks[part.name].kind if part.name in task.tasks else KINDS["exercise"]
            groups[kind.group].parts.append(part)
    if choices:
        groups[KINDS["choice"].group].parts += _quiz(choices, published, result, exercises)
    parts = [part for group in groups.values() for part in group.parts]
    scores = [part.score for part in parts if part.score is not None]
    return {
        "title": heading(task),
        "assignment": task.name,
        "student": student,
        "unreadable": result.reason or "It could not be read." if unreadable else "",
        "fault": result.status is Status.GRADER_FAULT,
        "notes": result.submission.notes,
        "groups": [group for group in groups.values() if group.parts],
        "waiting": sum(question.score is None or question.again for question in questions),
        "late_penalty": given.penalty,
        "score": max(0.0, sum(scores) - given.penalty),
        "max": task.max_points,
        "open": sum(part.max for part in parts if part.score is None and not _is_bonus(part)),
        "final": len(scores) == len(parts) and not unreadable and not any(q.again for q in questions),
        "sha256": result.submission.sha256,
        "environment": result.environment,
        "graded_at": _time(result.recorded.at) if isinstance(result, Receipt) else "",
    }


def _time(recorded: str) -> str:
    """When something was recorded, to the minute; "" if the receipt does not say."""
    try:
        return f"{datetime.fromisoformat(recorded).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return ""


def _quiz(
    choices: Mapping[str, Choice], published: bool, result: Result, exercises: list[ExercisePart]
) -> list[TopicPart] | list[ChoicePart]:
    """The parts on multiple-choice questions: one for each topic, or for each question of a published quiz."""
    graded = [exercise for exercise in result.exercises if exercise.name in choices]
    parts = {part.name: part for part in exercises}
    if published:
        return [choice_part(choices[one.name], one, parts[one.name]) for one in graded]
    return topics(choices, graded, parts)


def _exercise(
    exercise: ExerciseResult, status: Status, answers: Answers, given: SubmissionScore
) -> ExercisePart:
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


def _question(question: Task, answered: set[str], answers: Answers, given: SubmissionScore) -> QuestionPart:
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


def heading(task: Assignment) -> str:
    """The title of the assignment: the first heading of its notebook."""
    for cell in task.cells:
        if cell["cell_type"] == "markdown":
            first: str = cell["source"].strip().partition("\n")[0]
            if first.startswith("# "):
                return first.removeprefix("# ").strip()
    return task.name
