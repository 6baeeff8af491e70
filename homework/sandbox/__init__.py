"""A place where student code runs and no answer exists. Knows nothing of courses or grading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from homework.sandbox.limits import Limits

if TYPE_CHECKING:
    from homework.sandbox.host import Cell, Reply, Sandbox, Server, Session

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


def __getattr__(name: str) -> Any:
    """Import the host, and with it torch, when it is first asked for: the zygote can be launched before."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from homework.sandbox import host

    return getattr(host, name)
