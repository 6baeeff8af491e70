"""What a complete assignment is: the rules that `release` and `check` explain and that `make test` relies on.

Every rule says in one sentence what is wrong, where, and what to write. All of them are looked at before anything is
said, so that one round shows everything that is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from homework.commands.rules.bank import bank_problems
from homework.commands.rules.notebook import notebook_problems
from homework.commands.rules.problem import Problem
from homework.course import Assignment, Course
from homework.errors import ReleaseError

__all__ = ["Problem", "listed", "problems_of", "require_complete"]


def problems_of(course: Course, assignment: Assignment, only: Collection[str] | None = None) -> list[str]:
    """All that is wrong with an assignment, or with the tasks `only`, each as one sentence with its place."""
    assignment, faults = assignment.readable()
    found = [
        *notebook_problems(course, assignment, faults),
        *bank_problems(course, assignment),
    ]
    order = {name: number for number, name in enumerate(assignment.tasks)}
    found.sort(key=lambda problem: order.get(problem.task, -1))  # stable: a task's own are together
    wanted = [problem for problem in found if only is None or problem.task in only]
    return list(dict.fromkeys(_relative(course, str(problem)) for problem in wanted))


def require_complete(course: Course, assignment: Assignment) -> None:
    """Raise ReleaseError if something of the assignment is missing or contradicts something else, listing all of it."""
    if problems := problems_of(course, assignment):
        raise ReleaseError(f"{assignment.name} is incomplete:{listed(problems)}")


def listed(problems: Iterable[str]) -> str:
    """Sentences as they are shown after a colon: one on the same line, several as a list."""
    sentences = list(problems)
    return f" {sentences[0]}" if len(sentences) == 1 else "".join(f"\n  - {one}" for one in sentences)


def _relative(course: Course, text: str) -> str:
    """Paths from the course's folder, whether pytest dropped their first slash or not."""
    root = f"{course.root}/"
    return text.replace(root, "").replace(root[1:], "")
