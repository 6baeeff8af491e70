"""The calls of the judge are answered by a server: the submission's session itself, or a fork of it.

Theory of operation. A call that hangs or crashes costs the server. If the cells took long, or if a server has been lost
before, the server is a fork of the session, and another fork replaces it; otherwise the cells are run again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from homework.grading.attempt import Attempt
from homework.judge import Call, Outcome
from homework.sandbox import CallDropped, Crashed, OutOfTime, SandboxFault, StudentFault
from homework.sandbox.client import CallClient

_MAX_TIMEOUTS_PER_EXERCISE = 2
_TOO_LONG = "Not run: the submission as a whole took too long."
_NOT_REACHED = "The notebook's cells could not be run up to this exercise."


class Answering:
    """A submission whose cells have been run, as the subject of the judge."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self._client: CallClient | None = None
        self._plan: Sequence[Call] = ()  # the calls that the next server gets ahead of time
        self._forks = attempt.took_long  # whether servers are forks of the session
        self._timeouts: dict[str, int] = {}

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files that were handed in with the notebook, by name."""
        return self.attempt.submission.taken

    def expect(self, plan: Sequence[Call]) -> None:
        """Set the calls to expect; the server gets them ahead of time."""
        self._plan = plan

    def call(self, call: Call) -> Outcome:
        """Run a driver in the state of the exercise's grade cell. Raises a StudentFault, or SandboxFault."""
        lost_sandbox = False
        while True:
            try:
                outcome = self._answer(call)
            except SandboxFault:  # every server is lost; they are replaced one by one
                if lost_sandbox:
                    raise
                lost_sandbox = True
            else:
                if outcome is not None:
                    return outcome

    def _answer(self, call: Call) -> Outcome | None:
        """The answer to `call`; None if the call has to be repeated for a reason that is not the submission's fault."""
        if self._timeouts.get(call.exercise, 0) >= _MAX_TIMEOUTS_PER_EXERCISE:
            raise OutOfTime("Not run: earlier tests of this exercise did not finish in time.")
        clock = self.attempt.time
        left = clock.left()
        if left <= 0:
            raise OutOfTime(_TOO_LONG)
        client = self._serving()
        if call.exercise not in self.attempt.reached:
            raise OutOfTime(_TOO_LONG) if self.attempt.out_of_time else Crashed(_NOT_REACHED)
        begun = time.monotonic()
        try:
            reply = client.call(call, left)
        except CallDropped:  # lost in a call that would not have been made: the submission is not charged
            clock.forgive(begun)
            return None
        except OutOfTime:
            if self.attempt.after.cells.disturbed(begun):
                self.attempt.wait_until_alone()
                clock.forgive(begun)
                return None
            self._timeouts[call.exercise] = self._timeouts.get(call.exercise, 0) + 1
            raise
        except StudentFault as fault:
            self.attempt.explain(fault)
            raise
        return Outcome(value=reply.value, after=reply.after, digest=reply.digest)

    def _serving(self) -> CallClient:
        """The server, or a new one if it was lost: a fork of the session, or a session in which the cells ran again."""
        if self._client is not None and self._client.alive:
            return self._client
        attempt = self.attempt
        if self._client is not None:
            self._forks = True  # it may well happen again
            self._plan = ()
        if attempt.session is None or not attempt.session.alive:
            begun = time.monotonic()
            attempt.wait_until_alone()
            attempt.time.forgive(begun)
            self._client = None
            attempt.run()
            self._forks = self._forks or attempt.took_long
        assert attempt.session is not None
        plan = [call for call in self._plan if call.exercise in attempt.reached]
        try:
            self._client = attempt.session.serve(self._forks, attempt.time.left(), plan)
        except OutOfTime:
            if attempt.time.left() <= 0:
                raise OutOfTime(_TOO_LONG) from None
            raise
        return self._client
