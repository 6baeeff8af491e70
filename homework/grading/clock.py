"""How much time a submission is charged while it shares the machine with another one.

While one submission is judged, the cells of the next one are run. Each is charged half of the time during which both
run, so that together they are charged what the clock shows. Two threads read these clocks, each the other's.
"""

from __future__ import annotations

import math
import threading
import time

_NEGLIGIBLE = 0.1  # as a fraction of the elapsed time


class Span:
    """The times during which something runs, for another thread to read."""

    def __init__(self) -> None:
        self._intervals: list[list[float]] = []  # begin and end of each
        self._over = threading.Event()

    def begin(self) -> None:
        """It starts running."""
        self._intervals.append([time.monotonic(), math.inf])

    def pause(self) -> None:
        """It stops running, if it was."""
        if self._intervals:
            self._intervals[-1][1] = min(self._intervals[-1][1], time.monotonic())

    def end(self) -> None:
        """It is over; a second call changes nothing."""
        self.pause()
        self._over.set()

    def wait(self) -> None:
        """Wait until it is over, if it has begun."""
        if self._intervals:
            self._over.wait()

    def shared(self, since: float) -> float:
        """How many seconds it has run since `since`."""
        now = time.monotonic()
        return sum(max(0.0, min(ended, now) - max(begun, since)) for begun, ended in self._intervals)

    def disturbed(self, since: float) -> bool:
        """Whether it ran for more than a negligible part of the time since `since`."""
        return self.shared(since) > _NEGLIGIBLE * (time.monotonic() - since)


class Overlap:
    """What two submissions in a row do at once: the first answers calls while the cells of the second are run."""

    def __init__(self) -> None:
        self.calls = Span()
        self.cells = Span()


class Allowance:
    """The time limit of a submission, in seconds, and what is left of it.

    Time during which another one shares the machine counts half.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = 0.0
        self._other: Span | None = None

    def start(self, other: Span | None) -> None:
        """Start the clock; `other` is what shares the machine."""
        self._since, self._other = time.monotonic(), other

    def left(self) -> float:
        """The seconds left, while the clock is running."""
        return self._seconds - self._charged(self._since)

    def stop(self) -> None:
        """Stop the clock until it is started again."""
        self._seconds = self.left()

    def forgive(self, since: float) -> None:
        """Give back what has been charged since `since`."""
        self._seconds += self._charged(since)

    def _charged(self, since: float) -> float:
        shared = self._other.shared(since) if self._other is not None else 0.0
        return time.monotonic() - since - shared / 2
