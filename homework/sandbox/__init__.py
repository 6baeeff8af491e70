"""A place where student code runs and no answer exists. Knows nothing of courses or grading."""

from homework.sandbox.errors import (
    Crashed,
    Missing,
    NotFlat,
    OutOfMemory,
    OutOfTime,
    Raised,
    SandboxError,
    SandboxFault,
    SandboxUnavailable,
    StudentFault,
)
from homework.sandbox.host import Cell, Limits, Reply, Sandbox, Server, Session

__all__ = [
    "Cell",
    "Crashed",
    "Limits",
    "Missing",
    "NotFlat",
    "OutOfMemory",
    "OutOfTime",
    "Raised",
    "Reply",
    "Sandbox",
    "SandboxError",
    "SandboxFault",
    "SandboxUnavailable",
    "Server",
    "Session",
    "StudentFault",
]
