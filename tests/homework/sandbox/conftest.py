"""A sandbox of each tier, and a session in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from tests.homework.sandbox.support import LIMITS
from tests.homework.support import in_turn


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox of each tier: the second is taken where bubblewrap is not to be found."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "landlock":
            patch.setenv("PATH", "/nowhere")
        with in_turn(request.param), Sandbox() as warm:
            warm.start()
            assert warm.tier == request.param
            yield warm


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.session(LIMITS, seed=1) as one:
        yield one
