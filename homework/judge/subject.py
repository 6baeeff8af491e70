"""What hidden tests call: handles on a student's names and on the reference's.

`student.cross_corr_2d(X, K)` and `reference.cross_corr_2d(X, K)` look alike; the first crosses into the sandbox.
Both are a *driver* (a small function whose first parameter is the namespace of exercises) waiting for its inputs.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Protocol

import numpy as np
import torch

from homework.judge.banks import Bank, Entry
from homework.judge.compare import Tolerance
from homework.sandbox.errors import StudentFault
from homework.sandbox.inside.driver import function_of
from homework.sandbox.inside.flat import copy, same
from homework.sandbox.request import Request, compiled


@dataclass(frozen=True)
class Outcome:
    """How a call ended: with a `value`, or with an exception of the class `raised`; `after`: its inputs, if modified.

    `digest`: equal ones mean that all of this is equal to the bit; None if the answer did not come from a sandbox.
    """

    value: Any = None
    raised: str | None = None
    after: Any = None
    digest: bytes | None = None


class Call(Request):
    """A call of a student's function, as a hidden test makes it.

    `known`: what trusted solutions make of it, by driver and misconception (None: the reference), as far as it was
    computed. A `planned` call, which all submissions get, is the same object each time, so that this is computed once.
    """

    planned = False

    def __init__(self, exercise: str, driver: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        super().__init__(exercise, driver, args, kwargs)
        self.known: dict[tuple[str, Entry | None], Outcome] = {}

    def keep(self) -> None:
        """Make it part of a plan: pack and copy its inputs as they are now, before a test can change them."""
        self.planned = True
        self.packed  # noqa: B018  # it is cached
        self.args, self.kwargs = copy((self.args, self.kwargs))


class Subject(Protocol):
    """One submission, as the judge needs it."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files that were handed in with the notebook, by name."""

    def expect(self, plan: Sequence[Call]) -> None:
        """Learn which calls will normally come, in order. Others may come as well, and some of these may not."""

    def call(self, call: Call) -> Outcome:
        """Run a driver on the names the submission had when the exercise's grade cell was reached.

        Raises a StudentFault, with a text for the student, where there is no value.
        """


Ask = Callable[[Call], Outcome]  # makes a call: `Subject.call`, or something in its place


@dataclass
class Evidence:
    """What the tests of one exercise found out about one submission.

    `explained`: the misconceptions that explained the last failure; `agreed`: the calls on which it agreed with the
    reference; `files`: what was handed in with the notebook; `shared`: what `Student.once` found.
    """

    explained: list[Entry] = field(default_factory=list)
    agreed: list[Agreement] = field(default_factory=list)
    files: Mapping[str, bytes] = field(default_factory=dict)
    shared: dict[Callable[..., Any], Any] = field(default_factory=dict)


def _getter(name: str) -> str:
    return f"def call(solution, *args, **kwargs):\n    return solution.{name}(*args, **kwargs)\n"


def _value_getter(name: str) -> str:
    return f"def value(solution):\n    return solution.{name}\n"


@cache
def driver_source(function: Callable[..., Any]) -> str:
    """The source of a driver, as it is sent into the sandbox."""
    source = inspect.getsource(function)
    return inspect.cleandoc(source) if source[:1].isspace() else source


class Student:
    """What a test gets as `student`. `find` makes a call of its inputs, or finds the one that all submissions get."""

    def __init__(
        self,
        ask: Ask,
        exercise: str,
        find: Callable[[str, str, tuple[Any, ...], dict[str, Any]], Call],
        evidence: Evidence,
    ) -> None:
        self._ask = ask
        self._exercise = exercise
        self._find = find
        self._evidence = evidence

    def __getattr__(self, name: str) -> StudentCall:
        return self._driven(_getter(name))

    def probe(self, driver: Callable[..., Any]) -> StudentCall:
        """`driver(solution, ...)`, run in the sandbox; self-contained but for `np`, `torch`, `F` and `as_tensor`."""
        return self._driven(driver_source(driver))

    def value(self, name: str) -> StudentCall:
        """What the name stands for, instead of what it returns."""
        return self._driven(_value_getter(name))

    def file(self, name: str) -> bytes:
        """The content of a file that is handed in with the notebook. Raises AssertionError if it was not."""
        if name not in self._evidence.files:
            raise AssertionError(
                f"{name} was not handed in, or was ignored; the notes at the top say why. It belongs next to "
                "the notebook."
            )
        return self._evidence.files[name]

    def once(self, find: Callable[..., Any], *args: Any) -> Any:
        """What `find(student, *args)` returns or raises, found out by the first test that asks for it.

        For tests that share something expensive. `args` must be the same in all of them.
        """
        shared = self._evidence.shared
        if find not in shared:
            try:
                shared[find] = find(self, *args), None
            except (AssertionError, StudentFault) as error:
                shared[find] = None, error
        value, raised = shared[find]
        if raised is not None:
            raise raised
        return value

    def _driven(self, driver: str) -> StudentCall:
        return StudentCall(self._ask, partial(self._find, self._exercise, driver), self._evidence)


@dataclass(frozen=True)
class StudentCall:
    """A driver waiting for its inputs, to be run in the sandbox.

    `call` gives the call with these inputs, and `ask` makes it; `evidence` gathers what the tests find out.
    """

    ask: Ask
    call: Callable[[tuple[Any, ...], dict[str, Any]], Call]
    evidence: Evidence

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.ask(self.call(args, kwargs)).value


class Reference:
    """What a test gets as `reference`: the same interface, run here."""

    def __init__(self, bank: Bank, names: dict[str, Any]) -> None:
        self.bank = bank
        self._names = names

    def __getattr__(self, name: str) -> ReferenceCall:
        return self.driven(_getter(name))

    def probe(self, driver: Callable[..., Any]) -> ReferenceCall:
        """`driver(solution, ...)`, run on the reference solutions."""
        return self.driven(driver_source(driver))

    def driven(self, driver: str) -> ReferenceCall:
        """The driver of this source, run on the reference solutions."""
        return ReferenceCall(self.bank, self._names, driver)


@dataclass(frozen=True)
class ReferenceCall:
    """A driver waiting for its inputs, to be run on trusted solutions."""

    bank: Bank
    names: dict[str, Any]
    driver: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = copy((args, kwargs))
        return self._run(None, *args, **kwargs)

    def _run(self, entry: Entry | None, *args: Any, **kwargs: Any) -> Any:
        """The driver on the references, or with `entry`. Seeded, so that grading twice names the same mistakes."""
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002  the generator that solutions use
        torch.default_generator.manual_seed(0)
        return _compiled(self.driver)(self.bank.namespace(self.names, entry), *args, **kwargs)

    def target(self, call: Call) -> Any:
        """What the reference returns for the inputs of `call`."""
        key = (self.driver, None)
        if key not in call.known:
            call.known[key] = Outcome(self(*call.args, **call.kwargs))
        return call.known[key].value

    def branch(self, call: Call) -> tuple[str, ...]:
        """The strings among the arguments of `call` by which the reference distinguishes what is asked for."""
        return tuple(one for one in call.args if isinstance(one, str) and one in self.bank.words)

    def outcome_of(self, entry: Entry, call: Call) -> Outcome:
        """How the misconception `entry` ends on the inputs of `call`."""
        key = (self.driver, entry)
        if key not in call.known:
            call.known[key] = self._outcome_of(entry, call.args, call.kwargs)
        return call.known[key]

    def _outcome_of(self, entry: Entry, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Outcome:
        mine, my_options = copy((args, kwargs))
        try:
            with np.errstate(all="ignore"):
                value = self._run(entry, *mine, **my_options)
        except Exception as error:
            text = str(error)
            special = "does not require grad" in text, "view size is not compatible" in text
            return Outcome(raised=raised_key(type(error).__name__, *special))
        touched = not same((mine, my_options), (args, kwargs))
        return Outcome(value=value, after=[mine, my_options] if touched else None)


def raised_key(name: str, no_grad: bool, view: bool) -> str:
    """How exceptions are compared: by class, and apart from that whether autograd met a constant, or `.view` a view."""
    return name + ", no gradient" * no_grad + ", view" * view


@dataclass(frozen=True)
class Agreement:
    """A call on which student and reference agreed: evidence against misconceptions that would not have."""

    expected: ReferenceCall
    call: Call
    tolerance: Tolerance

    @property
    def branch(self) -> tuple[str, ...]:
        """That of its call."""
        return self.expected.branch(self.call)


@cache
def _compiled(source: str) -> Callable[..., Any]:
    return function_of(compiled(source))
