"""Which misconception is named for a failed test: over all tests of an exercise, the one that fits best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from homework.judge.banks import Entry
from homework.judge.compare import matches
from homework.judge.subject import Agreement

_SHARE_TO_BE_NAMED = 0.25  # a misconception that explains fewer of the failures is a coincidence


def named(
    candidates: Sequence[Sequence[Entry]], failures: int, agreed: Sequence[Agreement]
) -> list[Entry | None]:
    """The misconception to be named for each test of an exercise, or None.

    `candidates` of each test give the student's very answer there, likeliest first; `failures` is the number of tests
    with a wrong answer. Of its candidates a test gets the one that explains the most tests and, of equals, contradicts
    the fewest calls on which student and reference `agreed`.
    """
    votes = Counter(entry.name for entries in candidates for entry in entries)

    @cache
    def contradicted(entry: Entry) -> int:
        return _contradictions(entry, agreed)

    def best(entries: Sequence[Entry]) -> Entry | None:
        likely = [entry for entry in entries if votes[entry.name] >= failures * _SHARE_TO_BE_NAMED]
        if len(likely) > 1:
            most = max(votes[entry.name] for entry in likely)
            likely = [entry for entry in likely if votes[entry.name] == most]
            likely.sort(key=contradicted)  # stable: the first of equals stays first
        return likely[0] if likely else None

    return [best(entries) for entries in candidates]


def _contradictions(entry: Entry, agreed: Iterable[Agreement]) -> int:
    """On how many of the calls on which student and reference `agreed` the misconception would have differed."""
    count = 0
    for agreement in agreed:
        theirs = agreement.expected.outcome_of(entry, agreement.call)
        target = agreement.expected.target(agreement.call)
        count += theirs.raised is not None or not matches(theirs.value, target, agreement.tolerance)
    return count
