"""What can go wrong with a sandbox, and whose fault it is.

SandboxError
├── SandboxUnavailable   no working sandbox on this machine: nothing can be graded (ours)
├── SandboxFault         the sandbox itself failed: no verdict on the student (ours)
├── CallDropped          an earlier call ended the process that answers: no verdict on this one, ask another process
└── StudentFault         the student's code did it
    ├── Raised           an exception left the function
    ├── Missing          the name is not defined
    ├── NotPlainData     the returned value is not plain data
    ├── OutOfTime        the call did not end in its time
    ├── OutOfMemory      the call needed more memory than allowed
    └── Crashed          the process died, or broke the protocol
"""

from __future__ import annotations

from typing import Any


class SandboxError(Exception):
    """Base of all."""


class SandboxUnavailable(SandboxError):
    """No tier of the sandbox works here; the text says what to install or allow."""


class SandboxFault(SandboxError):
    """Our own failure: nothing follows for the student."""


class CallDropped(SandboxError):
    """The process that answers was lost in a call sent ahead of this one: another process will answer it."""


class StudentFault(SandboxError):
    """The student's code failed; the text is ours and may be shown to the student."""


class Raised(StudentFault):
    """An exception left the student's function.

    `name` is the nearest well-known class; `place` is (cell, line) where known; `no_grad`: autograd met a constant;
    `view`: `.view` met a tensor whose memory does not allow it.
    """

    def __init__(
        self, name: str, place: tuple[str, int] | None, no_grad: bool = False, view: bool = False
    ) -> None:
        where = f" (line {place[1]} of cell {place[0]})" if place else ""
        super().__init__(f"Your code raised {name}{where}.")
        self.name = name
        self.place = place
        self.no_grad = no_grad
        self.view = view
        self.candidates: list[Any] = []  # filled in by the judge: what could explain it
        self.branch: tuple[str, ...] = ()  # likewise: that of the call


class Missing(StudentFault):
    """The name is not defined when its grade cell is reached."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` is not defined: its cell is missing, or stopped with an error before defining it."
        )
        self.name = name


class NotPlainData(StudentFault):
    """The function returned something that is not a number, text, array, tensor, or a list, tuple or dict of them."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"Your function returned {kind}, which is not plain data (numbers, arrays, tensors, lists, dicts)."
        )


class OutOfTime(StudentFault):
    """The call did not end within its limit."""


class OutOfMemory(StudentFault):
    """The call needed more memory than allowed."""


class Crashed(StudentFault):
    """The process died, or said something that is not of the protocol."""
