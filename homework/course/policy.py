"""What late work costs, as `c.Homework.late` says it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from homework.errors import CourseError

_DAY = 86_400
_CHOICES = {
    "of": ("total", "max"),
    "days_counted": ("started", "full", "exact"),
    "without_time": ("report", "ignore"),
}


@dataclass(frozen=True)
class LatePolicy:
    """A share of the points for each day late.

    `grace_minutes` move the deadline silently. `per_day` and `most` are shares (0 to 1) of the student's score (`of`
    "total") or of the assignment's points ("max"). A day counts when it has begun ("started"), when it is over
    ("full"), or by the second ("exact"). `without_time`: whether to list who is late by a system's word only.
    """

    grace_minutes: float = 0.0
    per_day: float = 0.1
    of: str = "total"
    most: float = 1.0
    days_counted: str = "started"
    without_time: str = "report"

    def late_submission_penalty(self, score: float, maximum: float, seconds: float) -> float:
        """Points to subtract from `score`, at most all of it, for work that is `seconds` late."""
        days = max(0.0, seconds - 60 * self.grace_minutes) / _DAY
        if self.days_counted != "exact":
            days = math.ceil(days) if self.days_counted == "started" else math.floor(days)
        share = min(self.most, self.per_day * days)
        return max(0.0, min(score, share * (score if self.of == "total" else maximum)))


def late_policies(where: object, chosen: object) -> dict[str, LatePolicy]:
    """The policies by assignment, `"*"` for all others. Raises CourseError for what cannot be one."""
    if not isinstance(chosen, Mapping) or not all(isinstance(values, Mapping) for values in chosen.values()):
        raise CourseError(
            f"{where}: c.Homework.late must have a policy for each assignment, or for all of them, as in "
            '{"*": {"per_day": 0.1}}'
        )
    return {
        str(name): _policy(f"{where}: c.Homework.late[{name!r}]", dict(values))
        for name, values in chosen.items()
    }


def _policy(where: str, values: dict[str, Any]) -> LatePolicy:
    known = {field.name for field in fields(LatePolicy)}
    for name, value in values.items():
        if name not in known:
            raise CourseError(
                f"{where} has {name!r}, which does not exist; there are: {', '.join(sorted(known))}"
            )
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise CourseError(f"{where}[{name!r}] must be one of {', '.join(map(repr, _CHOICES[name]))}")
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
            raise CourseError(f"{where}[{name!r}] must be a number that is not negative")
        elif name != "grace_minutes" and value > 1:
            raise CourseError(f"{where}[{name!r}] is a share of the points, from 0 to 1: 0.1 is a tenth")
    return LatePolicy(**values)
