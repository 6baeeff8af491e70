"""What a sandbox can be asked."""

from __future__ import annotations

import marshal
from functools import cache, cached_property
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
    return marshal.dumps(compile(driver, "<driver>", "exec", dont_inherit=True))
