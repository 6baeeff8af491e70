"""What need not be found out again for every submission: the calls that tests make, and what passed before.

Theory of operation. All submissions are judged on the same inputs, so most calls are the same for all. Before the
first submission there is a *dry run*: the tests run over the reference, and each call they make goes into the
`CallPlan`. What the reference and the misconceptions make of a planned call is computed once, and the sandbox can be
sent some planned calls before it has answered those in front of them. A call whose inputs depend on what the
student's function returned is not in the plan; it is made and judged as it comes.

What a test makes of the answers depends on nothing but these, and many submissions answer the same to the bit. So a
test that passed with certain answers is kept in the `PassCache`, and passes for the next submission that gives these
answers without being run: no inputs are drawn and no values are compared. Only passes are kept. A test that fails is
always run, since what the student reads depends on the tests before it as well.

To look a test up in the cache, its calls are made before it is known whether the test must run. The `Transcript`
keeps their answers, so that a test that does run is told them instead of making the calls a second time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from homework.judge.collect import HiddenTest
from homework.judge.scoring import Drawn, Measured
from homework.judge.subject import Agreement, Ask, Call, Outcome, Reference
from homework.sandbox.errors import StudentFault
from homework.sandbox.inside.flat import key
from homework.sandbox.inside.values import NotPlainData, decode, encode

_MOST = 2000  # answers that are kept of one test


class CallPlan:
    """All calls that were made in dry runs, in order."""

    def __init__(self) -> None:
        self._order: dict[str, list[Call]] = {}  # by exercise
        self._by_inputs: dict[Hashable, Call] = {}

    def of(self, exercises: Iterable[str]) -> list[Call]:
        """The calls that the tests of `exercises` make, in order."""
        return [call for exercise in exercises for call in self._order.get(exercise, ())]

    def call(self, exercise: str, driver: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """The call with these inputs, to the bit: the planned one, otherwise a new one."""
        try:
            found = self._by_inputs.get(key((exercise, driver, args, kwargs)))
        except NotPlainData:
            found = None
        return Call(exercise, driver, args, kwargs) if found is None else found

    def add(self, call: Call) -> None:
        """Append `call` to the plan of its exercise."""
        try:
            inputs = key((call.exercise, call.driver, call.args, call.kwargs))
        except NotPlainData:
            return
        if inputs not in self._by_inputs:
            call.keep()
            self._by_inputs[inputs] = call
        self._order.setdefault(call.exercise, []).append(self._by_inputs[inputs])

    def recording(self, reference: Reference) -> Ask:
        """What answers calls in a dry run: it adds each to the plan and answers as a right submission would."""

        def ask(call: Call) -> Outcome:
            self.add(call)
            value = reference.driven(call.driver)(*call.args, **call.kwargs)
            buffers: list[Any] = []
            tree = encode(value, buffers)
            return Outcome(decode(tree, buffers))  # plain data, as it comes from a sandbox

        return ask


class Transcript:
    """The calls that one test makes of one submission, and the answers. The cache and the test share them."""

    def __init__(self, ask: Ask) -> None:
        self.answers: list[tuple[Call, Outcome | StudentFault]] = []
        self._ask = ask
        self._told = 0  # answers that the test has got

    def ask(self, call: Call) -> Outcome:
        """The answer for the test. Raises a StudentFault."""
        if self._told == len(self.answers) or self.answers[self._told][0] is not call:
            del self.answers[self._told :]  # not needed: the test makes another call this time
            self._add(call)
        answer = self.answers[self._told][1]
        self._told += 1
        if isinstance(answer, StudentFault):
            raise answer
        return answer

    @property
    def digests(self) -> list[bytes | None]:
        """The digests of the answers that the test was told, in order."""
        return [_digest(answer) for _, answer in self.answers[: self._told]]

    def digest(self, call: Call) -> bytes | None:
        """The digest of the answer, which the test has not asked for yet; None if it has none."""
        return _digest(self._add(call))

    def _add(self, call: Call) -> Outcome | StudentFault:
        try:
            answer: Outcome | StudentFault = self._ask(call)
        except StudentFault as fault:
            answer = fault
        self.answers.append((call, answer))
        return answer


@dataclass(frozen=True)
class Passed:
    """What a test that raised nothing found out: on what it `agreed`, and what it `returned`, if anything."""

    agreed: Sequence[Agreement]
    returned: Measured | Drawn | None = None


@dataclass
class _Node:
    """What a test did after certain answers: it made `call`, or ended with `passed`."""

    call: Call | None = None
    then: dict[bytes, _Node] = field(default_factory=dict)  # by the digest of the answer
    passed: Passed | None = None


class PassCache:
    """The passes of all tests so far: a tree for each test, whose branches are answers."""

    def __init__(self) -> None:
        self._roots: dict[HiddenTest, _Node] = {}
        self._sizes: dict[HiddenTest, int] = {}

    def get(self, test: HiddenTest, transcript: Transcript) -> Passed | None:
        """How `test` passes, if it is known to do so with these answers; None if it has to be run."""
        node = self._roots.get(test)
        while node is not None and node.call is not None:
            digest = transcript.digest(node.call)
            node = node.then.get(digest) if digest is not None else None
        return None if node is None else node.passed

    def add(self, test: HiddenTest, transcript: Transcript, passed: Passed) -> None:
        """Keep that `test` passed with the answers of `transcript`.

        Not if it made a call that is not in the plan, or if a call ended in a fault.
        """
        digests = [_digest(answer) for _, answer in transcript.answers]
        size = self._sizes.get(test, 0) + len(digests)
        if size > _MOST or None in digests or not all(call.planned for call, _ in transcript.answers):
            return
        self._sizes[test] = size
        node = self._roots.setdefault(test, _Node())
        for (call, _), digest in zip(transcript.answers, digests, strict=True):
            if node.passed is not None or node.call not in (None, call):
                return  # it did something else after the same answers: not one that can be foreseen
            node.call = call
            assert digest is not None
            node = node.then.setdefault(digest, _Node())
        if node.call is None:
            node.passed = passed


def _digest(answer: Outcome | StudentFault) -> bytes | None:
    return answer.digest if isinstance(answer, Outcome) else None
