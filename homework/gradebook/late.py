"""Late penalties, computed by the plugin that nbgrader's configuration names."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from homework.course import Course
from homework.errors import NotRecorded
from homework.gradebook.database import nbgrader_config


class LatePenalty:
    """nbgrader's AssignLatePenalties, without opening the gradebook again for each notebook."""

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

    @staticmethod
    def seconds(time: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
        """How late something was handed in, in seconds; 0 if it was on time, or if a time is unknown."""
        if time is None or due is None:
            return 0.0
        return max(0.0, (time - due - (extension or timedelta())).total_seconds())

    def points(self, student: str, score: float, seconds: float) -> float | None:
        """Points to subtract from `score`, at most all of it; None for no penalty.

        Raises NotRecorded if the plugin fails: without its answer the total is unknown.
        """
        try:
            penalty = self._plugin.late_submission_penalty(student, score, seconds)
            return None if penalty is None else min(max(0.0, float(penalty)), score)
        except Exception as error:  # an instructor's plugin, which may raise anything
            raise NotRecorded(
                f"the late penalty for {student}, {seconds / 3600:.1f} hours late, cannot be computed: "
                f"c.AssignLatePenalties.plugin_class raised {type(error).__name__}: {error}"
            ) from error
