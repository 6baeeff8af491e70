"""A place where student code runs and no answer exists. Knows nothing of courses or grading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homework.sandbox.errors import (
    Crashed,
    LostBefore,
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
    from homework.sandbox.host import Cell, Sandbox, Session
    from homework.sandbox.request import Request
    from homework.sandbox.server import Reply, Server

__all__ = [
    "Cell",
    "Crashed",
    "Limits",
    "LostBefore",
    "Missing",
    "NotFlat",
    "OutOfMemory",
    "OutOfTime",
    "Raised",
    "Reply",
    "Request",
    "Sandbox",
    "SandboxError",
    "SandboxFault",
    "SandboxUnavailable",
    "Server",
    "Session",
    "StudentFault",
]


def __getattr__(name: str) -> Any:
    """Import host and server, and with them torch, when first asked for: the zygote can be launched before."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from homework.sandbox import host, server

    return getattr(host if hasattr(host, name) else server, name)
