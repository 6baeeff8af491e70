"""What runs in a process that grades: one grader, with one sandbox, for all chunks that come here.

Nothing of a student's runs in this process; that happens in its sandbox.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from homework.course import Course
from homework.imports import uncollected
from homework.sandbox.errors import SandboxUnavailable
from homework.sandbox.launch import Ancestor, Launched, Zygote, launch
from homework.submission.handin import Submission

if TYPE_CHECKING:
    from homework.grading import GradedSubmission, Grader
    from homework.results import Result

Exported = TypeVar("Exported")
Finish = Callable[["Grader", "GradedSubmission"], Exported]


def only_result(grader: Grader, graded: GradedSubmission) -> Result:
    """The result alone, for those who do not need the notebook."""
    return graded.result


@dataclass(frozen=True)
class Chunk:
    """Submissions to grade in one go."""

    submissions: Sequence[Submission]


def launch_quietly() -> Launched | None:
    """A zygote, or none where there can be none: the first chunk raises that, where somebody hears it."""
    with suppress(SandboxUnavailable):
        return launch()
    return None


def import_grader() -> type[Grader]:
    """The class `Grader`, with torch and all that it needs."""
    with uncollected():
        from homework.grading import Grader
    return Grader


class GraderProcess:
    """Grades chunks of one assignment.

    Its sandbox starts with it, while torch is still being imported, unless it has started already: `launched`, or
    comes of an `ancestor`.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        launched: Zygote | None = None,
        ancestor: Ancestor | None = None,
    ) -> None:
        self.course = course
        self.assignment = assignment
        self._busy = threading.Lock()
        self._ending = False
        self._grader: Grader | None = None
        self._launch = ancestor.fork if ancestor else launch
        self._launched = launched or (ancestor.fork() if ancestor else launch_quietly())

    def grade(self, chunk: Chunk, finish: Finish[Exported], done: Callable[[Exported], None]) -> None:
        """Grade a chunk; each result, as `finish` makes it, goes to `done`. Raises SandboxUnavailable, CourseError."""
        with self._busy:
            try:
                self._grade(chunk, finish, done)
            finally:
                if self._ending:
                    self._end()

    def _grade(self, chunk: Chunk, finish: Finish[Exported], done: Callable[[Exported], None]) -> None:
        if self._grader is None:
            grader_class = import_grader()
            from homework.sandbox.sandbox import Sandbox

            sandbox = Sandbox(self._launched, self._launch)
            self._grader = grader_class(self.course, self.assignment, sandbox)
            self._launched = None
        grader = self._grader
        grader.grade_each(
            (submission for submission in chunk.submissions if not self._ending),
            lambda graded: done(finish(grader, graded)),
        )

    def close(self) -> None:
        """End the sandbox; from another thread, when the submission that is being graded has ended."""
        self._ending = True
        if self._busy.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._busy.release()

    def _end(self) -> None:
        if self._grader is not None:
            self._grader.close()
        if self._launched is not None:
            self._launched.close()
        self._grader = self._launched = None
