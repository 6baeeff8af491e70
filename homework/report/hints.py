"""Where a student should read again, and a worked example: as much as `c.Homework.hints` allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from homework.course import Assignment, Course
from homework.course.hints import LEVELS, address_of, section_of, without_points
from homework.gradebook.scores import SubmissionScore
from homework.untrusted import html


@dataclass(frozen=True)
class Hint:
    """A section of the handout and its address on the web, or "", and a worked example if one is to be shown."""

    section: str
    address: str
    example: Markup | None


class Hints:
    """The hints to the exercises of one assignment. A question of a quiz has none: its options say what they mean."""

    def __init__(self, course: Course, task: Assignment) -> None:
        self._level = LEVELS.index(course.settings.hint_level(task.name))
        self._now = datetime.now(UTC).replace(tzinfo=None)  # as the gradebook has times
        self._hints: dict[str, Hint] = {}
        page = course.settings.handout(task.name)
        for name in (one.name for one in task.exercises.values() if not one.kind.file):
            heading = section_of(task.cells, name)
            example = course.example(task.name, name) if self._level == LEVELS.index("example") else ""
            if self._level and (heading or example):
                self._hints[name] = Hint(
                    without_points(heading),
                    address_of(page, task.name, heading) if page and heading else "",
                    html.markdown(example) if example else None,
                )

    def of(self, exercise: str, given: SubmissionScore) -> Hint | None:
        """The hint for one student: an example only after the due date and the student's own extension."""
        hint = self._hints.get(exercise)
        if hint is None or hint.example is None or self._is_over(given):
            return hint
        return Hint(hint.section, hint.address, None)

    def _is_over(self, given: SubmissionScore) -> bool:
        return given.due is not None and given.due + (given.extension or timedelta()) < self._now
