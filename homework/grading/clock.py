"""Time: what a submission is charged while another one shares the machine with it.

While one submission is judged, the cells of the next are run. What passes while both run counts by half for each:
together they are charged what the clock says. Two threads look at these clocks, each at those of the other.
"""

from __future__ import annotations

import math
import threading
import time

_A_MOMENT = 0.1  # as a part of the time that something took


class Span:
    """When something runs, for another thread to look at."""

    def __init__(self) -> None:
        self._stretches: list[list[float]] = []  # begin and end of each
        self._over = threading.Event()

    def begin(self) -> None:
        """It runs from now on."""
        self._stretches.append([time.monotonic(), math.inf])

    def pause(self) -> None:
        """It does not run from now on, if it did."""
        if self._stretches:
            self._stretches[-1][1] = min(self._stretches[-1][1], time.monotonic())

    def end(self) -> None:
        """It is over, if it was not."""
        self.pause()
        self._over.set()

    def wait(self) -> None:
        """Wait until it is over, if it has begun."""
        if self._stretches:
            self._over.wait()

    def shared(self, since: float) -> float:
        """For how many seconds it ran since `since`."""
        now = time.monotonic()
        return sum(max(0.0, min(ended, now) - max(begun, since)) for begun, ended in self._stretches)

    def disturbed(self, since: float) -> bool:
        """Whether it ran for more than a moment of the time since `since`."""
        return self.shared(since) > _A_MOMENT * (time.monotonic() - since)


class Overlap:
    """What two neighbors in a batch do at once: the calls of the first are made, the cells of the second are run."""

    def __init__(self) -> None:
        self.calls = Span()
        self.cells = Span()


class Allowance:
    """The seconds that a submission has in all.

    What passes while another one runs beside it counts by half: together they are charged what has passed.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = 0.0
        self._beside: Span | None = None

    def start(self, beside: Span | None) -> None:
        """Its time passes from now on; `beside` is what it shares the machine with."""
        self._since, self._beside = time.monotonic(), beside

    def left(self) -> float:
        """Seconds that are left, now that its time passes."""
        return self._seconds - self._charged(self._since)

    def stop(self) -> None:
        """Its time does not pass until it is started again."""
        self._seconds = self.left()

    def forgive(self, since: float) -> None:
        """Give back what has been charged since `since`."""
        self._seconds += self._charged(since)

    def _charged(self, since: float) -> float:
        shared = self._beside.shared(since) if self._beside is not None else 0.0
        return time.monotonic() - since - shared / 2
