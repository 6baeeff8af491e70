"""What the judge needs to know about an assignment's tasks: points, bank and hidden tests."""

from __future__ import annotations

from homework.course import Course, Task
from homework.errors import CourseError
from homework.judge import BankError, ExerciseSpec
from homework.judge.banks import LOADERS, load


def load_exercise(course: Course, assignment: str, task: Task) -> ExerciseSpec:
    """A task graded by tests. Raises CourseError if its bank is missing, malformed, or of an unknown kind."""
    kind = task.kind.bank
    if kind not in LOADERS:
        raise CourseError(
            f"{assignment}: {task.name} is a {task.kind.name}, and this version cannot grade that kind of task yet: "
            f"homework/judge/banks/{kind}.py is missing"
        )
    try:
        bank = load(kind, course.bank(assignment, task), task.name, course.settings.offering)
    except BankError as error:
        raise CourseError(str(error)) from error
    tests = None if task.kind.file else course.tests(assignment, task.name)
    return ExerciseSpec(task.name, task.points, bank, tests)


def load_exercises(course: Course, assignment: str) -> list[ExerciseSpec]:
    """All tasks of `assignment` that are graded by tests, in order. Raises CourseError if one cannot be graded."""
    return [
        load_exercise(course, assignment, task) for task in course.assignment(assignment).exercises.values()
    ]
