"""What tests of the sandbox share."""

from __future__ import annotations

import pytest

from homework.sandbox import Limits
from homework.sandbox.session import Session

# Long, for a busy machine: what is to run out of time is given less where it is called.
LIMITS = Limits(seconds_per_cell=60, seconds_per_call=60, memory=512 << 20)
ECHO = "def call(solution, *args, **kwargs):\n    return solution.f(*args, **kwargs)\n"


def of_tier(tier: str) -> pytest.MarkDecorator:
    """For a promise of one tier alone."""
    return pytest.mark.parametrize("sandbox", [tier], indirect=True)


def said(session: Session, source: str) -> str:
    """What a cell prints or raises."""
    cell = session.run_cell("cell", source)
    return " ".join(str(output.get("text") or output.get("ename")) for output in cell.outputs) or cell.status
