"""A place where student code runs and no answer exists. Knows nothing of courses or grading.

    from homework.sandbox.sandbox import Sandbox

`Sandbox`, `Session` and `CallClient` are imported from their own modules: they need torch, whose import takes longer
than all else, and the zygote should be launched before (`launch.py` does not need it).
"""

from homework.sandbox.errors import (
    CallDropped,
    Crashed,
    Missing,
    NotPlainData,
    OutOfMemory,
    OutOfTime,
    Raised,
    SandboxError,
    SandboxFault,
    SandboxUnavailable,
    StudentFault,
)
from homework.sandbox.limits import Limits

__all__ = [
    "CallDropped",
    "Crashed",
    "Limits",
    "Missing",
    "NotPlainData",
    "OutOfMemory",
    "OutOfTime",
    "Raised",
    "SandboxError",
    "SandboxFault",
    "SandboxUnavailable",
    "StudentFault",
]
