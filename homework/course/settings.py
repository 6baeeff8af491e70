"""The settings of a course, read from its `nbgrader_config.py` (sections `c.Homework` and `c.CourseDirectory`)."""

from __future__ import annotations

import os
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast

from homework.course.hints import handout_pages, hint_levels
from homework.course.policy import LatePolicy, late_policies
from homework.errors import CourseError

REVIEW_PLACE = "HOMEWORK_REVIEW"  # the variable by which `homework review` tells its server what to open
DEFAULT_SECRET = "not secret: set c.Homework.secret in nbgrader_config.py"


@dataclass(frozen=True)
class Settings:
    """What instructors can set. `limits` are by assignment, `"*"` for all; their keys are the fields of `Limits`.

    `offering` names this offering of the course: it shuffles the options of quizzes. `published` are the assignments
    whose key students may read. `least` is how many right and wrong solutions `homework check` asks for, by assignment
    or `assignment/exercise`, where it is not what the kind of task says. `hints` are how much feedback pages say and
    `handouts` the web pages that they link to, both by assignment, `"*"` for all others.
    """

    secret: str = DEFAULT_SECRET
    offering: str = ""
    published: frozenset[str] = frozenset()
    least: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    limits: dict[str, dict[str, float]] | None = None
    db_url: str = ""
    course_id: str = ""
    late: Mapping[str, LatePolicy] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    handouts: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"  # of times that say no zone, such as those of learning management systems
    groupshared: bool = False  # whether a group of instructors writes into the course's folders

    def limits_for(self, assignment: str) -> Any:
        """The sandbox limits of one assignment. Raises CourseError for an unknown limit."""
        from homework.sandbox.limits import Limits

        chosen = {**(self.limits or {}).get("*", {}), **(self.limits or {}).get(assignment, {})}
        known = {field.name for field in fields(Limits)}
        if unknown := set(chosen) - known:
            raise CourseError(
                f"nbgrader_config.py sets the limit {sorted(unknown)[0]!r}, which does not exist; the limits are: "
                + ", ".join(sorted(known))
            )
        return replace(Limits(), **cast("dict[str, Any]", chosen))

    def late_policy(self, assignment: str) -> LatePolicy | None:
        """What late work costs, if `c.Homework.late` says it."""
        return self.late.get(assignment) or self.late.get("*")

    def hint_level(self, assignment: str) -> str:
        """What feedback pages say beyond the sentence about a mistake: one of `LEVELS`."""
        return self.hints.get(assignment) or self.hints.get("*") or "message"

    def handout(self, assignment: str) -> str:
        """The web page of an assignment's text, or ""."""
        return self.handouts.get(assignment) or self.handouts.get("*") or ""


def load_settings(root: Path) -> Settings:
    """Settings of the course at `root`. Raises CourseError if its nbgrader_config.py cannot be read."""
    path = root / "nbgrader_config.py"
    if not path.is_file():
        return Settings(db_url=_default_db(root))
    from traitlets.config.loader import PyFileConfigLoader

    try:
        config = PyFileConfigLoader(path.name, path=str(root)).load_config()
    except Exception as error:
        raise CourseError(f"{path} cannot be read: {type(error).__name__}: {error}") from error
    ours, directory = config.get("Homework", {}), config.get("CourseDirectory", {})
    published = ours.get("published", ())
    if isinstance(published, str):  # its letters would be taken for assignments
        raise CourseError(f"{path}: c.Homework.published must be a list, as in [{published!r}]")
    timezone = str(ours.get("timezone") or "UTC")
    if timezone not in zoneinfo.available_timezones():
        raise CourseError(
            f"{path}: c.Homework.timezone is {timezone!r}, which is not a time zone; "
            "write one such as 'America/Los_Angeles'"
        )
    return Settings(
        secret=os.environ.get("HOMEWORK_SECRET") or str(ours.get("secret") or DEFAULT_SECRET),
        offering=str(ours.get("offering", "")),
        published=frozenset(map(str, published)),
        least=_least(path, dict(ours.get("least", {}))),
        limits={name: dict(values) for name, values in dict(ours.get("limits", {})).items()},
        db_url=str(directory.get("db_url") or _default_db(root)),
        course_id=str(directory.get("course_id") or ""),
        late=late_policies(path, ours.get("late", {})),
        hints=hint_levels(path, ours.get("hints", {})),
        handouts=handout_pages(path, ours.get("handouts", {})),
        timezone=timezone,
        groupshared=directory.get("groupshared") is True,
    )


def _least(path: Path, least: dict[str, Any]) -> dict[str, tuple[int, int]]:
    for name, counts in least.items():
        pair = isinstance(counts, (tuple, list)) and len(counts) == 2
        if not pair or not all(type(one) is int and one >= 0 for one in counts):
            raise CourseError(
                f"{path}: c.Homework.least[{name!r}] must be two numbers, of variants and of misconceptions: (1, 3)"
            )
    return {name: (right, wrong) for name, (right, wrong) in least.items()}


def _default_db(root: Path) -> str:
    return f"sqlite:///{root / 'gradebook.db'}"
