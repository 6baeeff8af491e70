"""Feedback pages: one self-contained HTML file for each graded submission.

A page shows what the receipt says, the student's code and answers as they were typed (`answers.json`), and what a
person decided. The autograded notebook is not read, since it contains marking schemes for graders.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import UndefinedError

from homework.choices import Choice
from homework.counted import counted
from homework.course import KINDS, Assignment
from homework.errors import CourseError, UsageError
from homework.gradebook.late import bring_up_to_date
from homework.gradebook.scores import SubmissionScore, scores_of
from homework.report.exchange import complete, copy_exchange_files, names_handed_in
from homework.report.hints import Hints
from homework.report.pages import write_page
from homework.report.parts import (
    ExercisePart,
    Group,
    Part,
    QuestionPart,
    exercise_part,
    is_bonus,
    question_part,
    quiz_parts,
)
from homework.report.rubric import show_points
from homework.results import (
    RECEIPT,
    Receipt,
    Result,
    Status,
    was_interrupted,
)
from homework.submission.answers import Answers

if TYPE_CHECKING:
    from homework.course import Course


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
        said = f"wrote {counted(len(pages), 'page')}, but not for {len(problems)}; grade these again with --force: "
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
    exercises = [exercise_part(exercise, result.status, answers, given) for exercise in result.exercises]
    for exercise in exercises:
        if not all(finding.fault for finding in exercise.findings):
            exercise.hint = hints.of(exercise.name, given)
    answered = set(result.score.to_review)
    questions = [question_part(question, answered, answers, given) for question in task.questions.values()]
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
        groups[KINDS["choice"].group].parts += quiz_parts(choices, published, result, exercises)
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
        "open": sum(part.max for part in parts if part.score is None and not is_bonus(part)),
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


def heading(task: Assignment) -> str:
    """The title of the assignment: the first heading of its notebook."""
    for cell in task.cells:
        if cell["cell_type"] == "markdown":
            first: str = cell["source"].strip().partition("\n")[0]
            if first.startswith("# "):
                return first.removeprefix("# ").strip()
    return task.name
