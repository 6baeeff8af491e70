"""Errors that a user can fix. Each message says what happened, where, and what to do next.

CourseError        the course's files or settings are wrong
├── NotRecorded    one submission cannot be recorded; others can
├── UsageError     the command was called with something that does not exist
└── ReleaseError   a release would reveal something that it must not, or the source is incomplete
"""


class CourseError(Exception):
    """The course's files or settings are wrong."""


class NotRecorded(CourseError):
    """One submission cannot be recorded; others can."""


class UsageError(CourseError):
    """The command was called with something that does not exist."""


class ReleaseError(CourseError):
    """A release would reveal something that it must not, or the source is incomplete."""
