"""What every bank holds: a reference, right variants, and misconceptions with a sentence for the student."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any


@cache
def words_of(source: str) -> frozenset[str]:
    """The strings in Python source."""
    nodes = ast.walk(ast.parse(source))
    return frozenset(
        node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


class BankError(Exception):
    """A bank or a module of hidden tests is missing or malformed; the text says what to write where."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A variant or a misconception.

    `sentence` is what a student reads (None for a variant); `also` maps other exercises to helpers that must
    replace their reference for this entry to make sense.
    """

    name: str
    function: Callable[..., Any]
    sentence: str | None
    also: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """A wrong solution that is recognized by its answers, without being run: their digests by the name of the test."""

    name: str
    sentence: str
    answers: Mapping[str, str]

    def explains(self, answers: Mapping[str, str]) -> bool:
        """Whether a submission with these answers in its failed tests gives the very same."""
        return bool(self.answers) and all(answers.get(test) == one for test, one in self.answers.items())


class Names(SimpleNamespace):
    """The exercises' names, as attributes."""

    def __getattr__(self, name: str) -> Any:
        near = get_close_matches(name, vars(self), 1)
        raise AttributeError(f"there is no exercise {name}" + (f"; did you mean {near[0]}?" if near else ""))


class Bank(ABC):
    """All that is known of the right and wrong answers to one task, called `exercise`.

    `refused` are answers that are not of the form asked for, each with the sentence that says so.
    """

    refused: Mapping[str, Entry] = {}
    known: Sequence[Known] = ()  # what `homework name` wrote
    with_files = False  # whether hidden tests look at files that are handed in with the notebook

    def __init__(
        self,
        exercise: str,
        reference: Any,
        variants: Mapping[str, Entry],
        misconceptions: Mapping[str, Entry],
    ) -> None:
        self.exercise = exercise
        self.reference = reference
        self.variants = variants
        self.misconceptions = misconceptions

    @property
    def is_value(self) -> bool:
        """Whether students assign a value rather than define a function or class."""
        return not callable(self.reference)

    @cached_property
    def words(self) -> frozenset[str]:
        """The strings in the code of the reference, among them those by which it distinguishes what is asked for."""
        return words_of(self.code())

    def answer(self, entry: Entry) -> Any:
        """What `entry` binds the exercise's name to: its function, or for a value exercise the value."""
        return entry.function() if self.is_value else entry.function

    def namespace(self, names: dict[str, Any], entry: Entry | None = None) -> SimpleNamespace:
        """The exercises' names as a driver sees them: `names` of the references, changed by `entry`."""
        if entry is None:
            return Names(**names)
        return Names(**{**names, **entry.also, self.exercise: self.answer(entry)})

    def files(self, entry: Entry | None, names: Iterable[str]) -> dict[str, bytes]:
        """The files called `names` as they are handed in with the reference, or with `entry`."""
        return {}

    @abstractmethod
    def code(self, entry: Entry | None = None) -> str:
        """Python source that defines the exercise's name as a student would: the reference, or `entry`."""
