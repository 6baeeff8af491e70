"""What a sandbox can be asked."""

from __future__ import annotations
import __future__

import marshal
from functools import cache, cached_property
from types import CodeType
from typing import Any

from homework.sandbox.inside import frames


class Request:
    """To run the function whose source is `driver` on a notebook's names, as `exercise` has them, and on inputs."""

    def __init__(
        self, exercise: str, driver: str, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> None:
        self.exercise = exercise
        self.driver = driver
        self.args = args
        self.kwargs = kwargs or {}

    @cached_property
    def packed(self) -> bytes:
        """As it is sent, with the inputs as they were when it was first asked for. Raises `values.NotPlainData`."""
        return frames.pack(
            {
                "exercise": self.exercise,
                "driver": _code(self.driver),
                "args": self.args,
                "kwargs": self.kwargs,
            }
        )


@cache
def _code(driver: str) -> bytes:
    """The code of a driver: the sandbox runs the same Python, which would otherwise compile it for every submission."""
    return marshal.dumps(compiled(driver))


@cache
def compiled(driver: str) -> CodeType:
    """A driver, compiled: its annotations are not looked up, as the names of its module are not there."""
    flags = __future__.annotations.compiler_flag
    code: CodeType = compile(driver, "<driver>", "exec", flags, dont_inherit=True)
    return code
