"""Which misconceptions are named for the failed tests of an exercise.

Theory of operation. A misconception that gives the student's very answer explains a test. One that would have failed a
call on which student and reference agreed is contradicted: whatever the student wrote, it is not exactly this. So those
that nothing contradicts come first, then those that explain more tests. Two slips that explain different tests are both
named, each for its tests. An exception says little: a misconception that explains a test by that alone is named only
if it explains every failure, or values have spoken for it elsewhere.

Where the reference distinguishes what is asked for by a string among the arguments, such as a kind of layer, students
write a branch for each. A slip in one of them is named as the same slip in all would be: what is right in the others
does not contradict it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from homework.judge.banks import Entry
from homework.judge.compare import matches
from homework.judge.subject import Agreement

_SHARE_TO_BE_NAMED = 0.25  # a misconception that explains fewer of the failures is a coincidence
_SHARE_IF_CONTRADICTED = 0.5
_SECOND_SLIP = 2  # failures that another slip must explain beyond those which have a name


@dataclass(frozen=True)
class Found:
    """What was found out about one test: the `candidates` that give the student's very answer, likeliest first.

    `failed`: the student's answer is wrong; `only_raised`: it is an exception, and no telling one.
    `branch`: that of the call.
    """

    candidates: Sequence[Entry]
    failed: bool
    only_raised: bool = False
    branch: tuple[str, ...] = ()


def named(tests: Sequence[Found], failures: int, agreed: Sequence[Agreement]) -> list[Entry | None]:
    """The misconception to be named for each test of an exercise, or None.

    `failures` is the number of tests with a wrong answer; `agreed` are the calls on which student and reference agreed.
    """
    votes = Counter(entry for test in tests if not test.only_raised for entry in set(test.candidates))
    explained = Counter(entry for test in tests for entry in set(test.candidates))  # exceptions, too
    failed = [set(test.candidates) for test in tests if test.failed]
    explain_all = set.intersection(*failed) if failed else set()

    @cache
    def in_its_branches(entry: Entry) -> list[Agreement]:
        branches = {test.branch for test in tests if entry in test.candidates}
        return [agreement for agreement in agreed if agreement.branch in branches]

    @cache
    def contradicted(entry: Entry) -> int:
        return _contradictions(entry, in_its_branches(entry))

    @cache
    def contradicted_anywhere(entry: Entry) -> int:
        return _contradictions(entry, agreed)

    def likely(entry: Entry) -> bool:
        if not votes[entry]:
            return entry in explain_all and bool(in_its_branches(entry)) and not contradicted(entry)
        if votes[entry] < failures * _SHARE_TO_BE_NAMED:
            return False
        if not contradicted(entry):
            return True
        return votes[entry] >= failures * _SHARE_IF_CONTRADICTED and contradicted(entry) <= votes[entry]

    def best(entries: Sequence[Entry]) -> Entry | None:
        ranked = [entry for entry in entries if likely(entry)]
        # Stable: the first of equals stays first.
        ranked.sort(
            key=lambda entry: (
                contradicted(entry) > 0,
                -votes[entry],
                -explained[entry],
                contradicted_anywhere(entry),
            )
        )
        return ranked[0] if ranked else None

    names = [best(test.candidates) for test in tests]
    rest = [test for test, name in zip(tests, names, strict=True) if name is None and not test.only_raised]
    more = Counter(entry for test in rest for entry in set(test.candidates))

    def second(entries: Sequence[Entry]) -> Entry | None:
        ranked = [entry for entry in entries if more[entry] >= _SECOND_SLIP and not contradicted(entry)]
        return max(ranked, key=lambda entry: more[entry], default=None)

    return [name or second(test.candidates) for test, name in zip(tests, names, strict=True)]


def _contradictions(entry: Entry, agreed: Iterable[Agreement]) -> int:
    """On how many of the calls on which student and reference `agreed` the misconception would have differed."""
    count = 0
    for agreement in agreed:
        theirs = agreement.expected.outcome_of(entry, agreement.call)
        target = agreement.expected.target(agreement.call)
        count += theirs.raised is not None or not matches(theirs.value, target, agreement.tolerance)
    return count
