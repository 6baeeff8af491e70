"""`agree`: the assertion of hidden tests, and the diagnosis that follows when it fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from homework.judge.banks import Entry, words_of
from homework.judge.compare import Tolerance, difference, matches
from homework.judge.subject import (
    Agreement,
    Call,
    Outcome,
    Reference,
    ReferenceCall,
    StudentCall,
    raised_key,
)
from homework.sandbox.errors import Raised
from homework.sandbox.inside.flat import same


class Disagreement(AssertionError):
    """The student's answer is not the reference's.

    `candidates`: the misconceptions that give the student's very answer on these inputs, likeliest first.
    `branch`: that of the call.
    """

    def __init__(self, message: str, candidates: list[Entry], branch: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates
        self.branch = branch


def mistaken(reference: Reference, name: str) -> Disagreement:
    """The Disagreement for a submission in which a test itself recognizes the misconception `name` of the bank."""
    entry = reference.bank.misconceptions[name]
    return Disagreement(str(entry.sentence), [entry])


def agree(
    actual: StudentCall,
    expected: ReferenceCall,
    *args: Any,
    rtol: float = 1e-5,
    atol: float = 1e-5,
    untouched: bool = False,
    names: tuple[str, ...] | None = None,
    why: Callable[[Any], str | None] | None = None,
    **kwargs: Any,
) -> Any:
    """Assert that the student's call gives what the reference's gives on the same inputs, and return it.

    Shapes must be equal exactly, values within `atol + rtol * |reference|`; any float dtype, tensor, array or number
    is accepted. `untouched` demands that the inputs are left alone. `names` name the parts of a tuple in messages. What
    a driver says in words of its own, where the reference gives it a value, is quoted. `why(answer)` is
    asked where the answer is wrong, and may make further calls; what it says is told the student where no misconception
    is named. Raises
    Disagreement, with the misconceptions that explain the answer.
    """
    tolerance = Tolerance(rtol, atol)
    call = actual.call(args, kwargs)
    target = expected.target(call)
    try:
        outcome = actual.ask(call)
    except Raised as fault:
        wrong = Outcome(raised=raised_key(fault.name, fault.no_grad, fault.view))
        fault.candidates = _explaining(None, expected, call, wrong, tolerance)
        fault.branch = expected.branch(call)
        raise
    problem = _said(outcome.value, target, expected.driver) or difference(
        outcome.value, target, tolerance, names
    )
    value_is_right = problem is None
    if value_is_right and untouched and outcome.after is not None:
        problem = "Your function changed one of its inputs: the caller still needs them, so work on a copy."
    if problem is None:
        actual.evidence.agreed.append(Agreement(expected, call, tolerance))
        return outcome.value
    # What explained an earlier failure is tried first: most wrong solutions are wrong in one way.
    found = _explaining(actual.evidence.explained, expected, call, outcome, tolerance, value_is_right)
    found = found or _explaining(None, expected, call, outcome, tolerance, value_is_right)
    actual.evidence.explained = found or actual.evidence.explained
    if why is not None and not value_is_right and not isinstance(outcome.value, (str, type(None))):
        # It computes with whatever was returned, and must not make a fault of ours out of a wrong answer.
        with suppress(Exception):
            problem = why(outcome.value) or problem
    raise Disagreement(problem, found, expected.branch(call))


def _said(value: Any, target: Any, driver: str) -> str | None:
    """What a driver says of a solution in words of its own, where the reference gives it a value."""
    if not isinstance(value, str) or isinstance(target, str) or " " not in value:
        return None
    return f"{value[0].upper()}{value[1:]}." if value in words_of(driver) else None


def _explaining(
    entries: list[Entry] | None,
    expected: ReferenceCall,
    call: Call,
    outcome: Outcome,
    tolerance: Tolerance,
    only_exact: bool = False,
) -> list[Entry]:
    """Of `entries` (None: all misconceptions of the exercise) those whose outcome on these inputs is the student's.

    `only_exact`: also what happened to the inputs must be the same, since the value alone is right; at least the same
    inputs were modified.
    """
    exact: list[Entry] = []
    loose: list[Entry] = []
    for entry in expected.bank.misconceptions.values() if entries is None else entries:
        theirs = expected.outcome_of(entry, call)
        if theirs.raised != outcome.raised or not matches(outcome.value, theirs.value, tolerance):
            continue
        same_traces = (outcome.after is None) == (theirs.after is None) and matches(
            outcome.after, theirs.after, tolerance
        )
        (exact if same_traces else loose).append(entry)
    if exact or not only_exact:
        return exact or loose
    mine = _modified(outcome, call)
    return [entry for entry in loose if _modified(expected.outcome_of(entry, call), call) == mine]


def _modified(outcome: Outcome, call: Call) -> list[bool]:
    """Which inputs of `call` are others after it."""
    if outcome.after is None:
        return []
    args, kwargs = outcome.after
    pairs = [
        *zip(args, call.args, strict=True),
        *((kwargs[key], value) for key, value in call.kwargs.items()),
    ]
    return [not same(after, before) for after, before in pairs]
