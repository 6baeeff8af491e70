"""What the judge needs to know of an assignment's tasks: points, bank and hidden tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from homework.course import Course, Task
from homework.errors import CourseError
from homework.judge import Bank, BankError
from homework.judge.plugin import Judged

# By `Kind.bank`.
_LOADERS: dict[str, Callable[[str, Path], Bank]] = {"functions": Bank}


def load_exercise(course: Course, assignment: str, task: Task) -> Judged:
    """A task that tests mark. Raises CourseError for one whose bank is missing, malformed, or of an unknown kind."""
    loader = _LOADERS.get(task.kind.bank or "")
    if loader is None:
        raise CourseError(
            f"{assignment}: {task.name} is a {task.kind.name}, and this version cannot judge that kind of task yet: "
            f"homework/judge/banks/{task.kind.bank}.py is missing"
        )
    try:
        bank = loader(task.name, course.solutions(assignment, task.name))
    except BankError as error:
        raise CourseError(str(error)) from error
    return Judged(task.name, task.points, bank, course.tests(assignment, task.name))


def load_exercises(course: Course, assignment: str) -> list[Judged]:
    """All tasks of `assignment` that tests mark, in order. Raises CourseError for one that cannot be judged."""
    return [
        load_exercise(course, assignment, task) for task in course.assignment(assignment).exercises.values()
    ]
