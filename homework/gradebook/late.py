"""Late penalties: by `c.Homework.late`, otherwise by the plugin that nbgrader's configuration names.

Due dates and extensions move, and people give marks after the tests have run. So a penalty in the gradebook may be out
of date: whoever reads or writes totals computes penalties again from what the gradebook says now. That runs no code of
students.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from homework.course import Course
from homework.errors import NotRecorded
from homework.gradebook.database import nbgrader_config
from homework.gradebook.scores import SubmissionScore
from homework.submission.files import HandedIn

WITHOUT_TIME = "late, as its system says, which gives no time: no points were taken off"
_SECTIONS = ("AssignLatePenalties", "LateSubmissionPlugin")


class LatePenalty:
    """The course's policy, or nbgrader's plugin without opening the gradebook again for each notebook."""

    def __init__(self, course: Course) -> None:
        self.course = course

    @cached_property
    def _plugin(self) -> Any:
        from nbgrader.preprocessors import AssignLatePenalties

        sys.path.insert(0, str(self.course.root))  # nbgrader also looks for plugins here
        try:
            preprocessor = AssignLatePenalties(config=nbgrader_config(self.course))
            preprocessor.init_plugin()
        finally:
            sys.path.remove(str(self.course.root))
        return preprocessor.plugin_inst

    @cached_property
    def _configured(self) -> bool:
        """Whether there can be penalties. nbgrader's own plugin gives none unless it is configured."""
        config = nbgrader_config(self.course)
        return any(config.get(section) for section in _SECTIONS)

    @staticmethod
    def seconds(time: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
        """How late something was handed in, in seconds; 0 if it was on time, or if a time is unknown."""
        if time is None or due is None:
            return 0.0
        return max(0.0, (time - due - (extension or timedelta())).total_seconds())

    def points(self, assignment: str, student: str, score: float, seconds: float) -> float | None:
        """Points to subtract from `score`, at most all of it; None for no penalty.

        Raises NotRecorded if the plugin fails: without its answer the total is unknown.
        """
        if not seconds:
            return None
        if (policy := self.course.settings.late_policy(assignment)) and assignment in self.course.assignments:
            return policy.late_submission_penalty(
                score, self.course.assignment(assignment).max_points, seconds
            )
        if not self._configured:
            return None
        try:
            penalty = self._plugin.late_submission_penalty(student, score, seconds)
            return None if penalty is None else min(max(0.0, float(penalty)), score)
        except Exception as error:  # an instructor's plugin, which may raise anything
            raise NotRecorded(
                f"the late penalty for {student}, {seconds / 3600:.1f} hours late, cannot be computed: "
                f"c.AssignLatePenalties.plugin_class raised {type(error).__name__}: {error}"
            ) from error


def reported(course: Course, one: HandedIn) -> bool:
    """Whether a submission is to be listed as late without a time."""
    policy = course.settings.late_policy(one.folder.name if one.folder else "")
    return one.late_without_time and (policy is None or policy.without_time == "report")


@dataclass(frozen=True)
class PenaltyChange:
    """A late penalty that is not what the gradebook has, and the totals with the one and the other."""

    student: str
    before: float
    now: float
    total_before: float
    total: float
    why: str

    def __str__(self) -> str:
        before, now, total_before, total = (
            f"{round(number, 3):g}" for number in (self.before, self.now, self.total_before, self.total)
        )
        points = f"late penalty {before} → {now}, total {total_before} → {total}"
        return f"{self.student}: {points}; because {self.why}"


def bring_up_to_date(course: Course, scores: Iterable[SubmissionScore]) -> list[PenaltyChange]:
    """Give `scores` the penalties that follow from due date, extension and marks as they are. Returns what changed.

    Where the plugin fails, the earlier penalty stays, and `late_problem` says so.
    """
    late = LatePenalty(course)
    changes = []
    for one in scores:
        if not one.handed_in:
            continue
        before, total_before = one.penalty, one.total
        try:
            seconds = late.seconds(one.timestamp, one.due, one.extension)
            now = late.points(one.assignment, one.student, one.sum, seconds) or 0.0
        except NotRecorded as error:
            one.late_problem = f"{error}; the penalty stays {before:g}"
            continue
        if abs(now - before) > 1e-9:
            one.penalty = now
            why = _why(one, before, seconds)
            changes.append(PenaltyChange(one.student, before, now, total_before, one.total, why))
    return changes


def _why(one: SubmissionScore, before: float, seconds: float) -> str:
    due = f" (due {shown_time(one.due)})" if one.due else ""
    if not seconds:
        return f"it is on time now: the due date or an extension changed{due}"
    if not before:
        return f"it is {seconds / 3600:.1f} hours late: the due date, an extension or the marks changed{due}"
    return f"the marks, the due date or an extension changed{due}"


def shown_time(time: datetime) -> str:
    """A time of the gradebook, which is in UTC, for people: in UTC, and in the zone of this machine."""
    utc = time.replace(tzinfo=UTC)
    here = utc.astimezone()
    said = f"{utc:%Y-%m-%d %H:%M} UTC"
    return said if here.utcoffset() == timedelta() else f"{said}, {here:%Y-%m-%d %H:%M %Z} on this machine"
