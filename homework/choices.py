"""The multiple-choice questions of a quiz, all in one file: `solutions/<quiz>/choices.toml`.

    [q01]
    topic = "Pruning"
    text = "What is removed together with a neuron?"
    key = "outgoing"
    source = "where the key can be looked up"

    [q01.options.outgoing]
    text = "The weights that read its output"
    why = "The next layer has a weight for each of its inputs, and one of these is gone."

Each question has four options. `why` is what a student reads after publication: why an option is right or wrong, by its
idea, since letters differ from one offering of the course to the next. Imports neither torch nor NumPy.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LETTERS = "abcd"
_ENTRIES = {"topic", "text", "key", "source", "options"}


@dataclass(frozen=True)
class Option:
    """One option of a question, and `why` it is right or wrong."""

    name: str
    text: str
    why: str


@dataclass(frozen=True)
class Choice:
    """One question, with its `options` by letter, in the order of this offering.

    `figures` are the PNG files that its text and options show, by the addresses there.
    """

    name: str
    topic: str
    text: str
    source: str
    options: dict[str, Option]
    letter: str  # of the right option
    figures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def right(self) -> Option:
        """The right option."""
        return self.options[self.letter]

    def markdown(self) -> str:
        """The question and its options as students read them."""
        options = "\n".join(f"- **{letter})** {option.text}" for letter, option in self.options.items())
        return f"{self.text}\n\n{options}"


def read_choices(path: Path, offering: str) -> dict[str, Choice]:
    """The questions in the file `path`, by name, with their options shuffled for this `offering` of the course.

    The order depends on the names of question and options alone: texts can be corrected without shuffling again. Raises
    ValueError, saying what to write where.
    """
    try:
        return {
            name: _choice(name, entry, offering)
            for name, entry in tomllib.loads(path.read_text("utf-8")).items()
        }
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _choice(name: str, entry: Any, offering: str) -> Choice:
    if not isinstance(entry, dict) or entry.keys() != _ENTRIES or not isinstance(entry["options"], dict):
        raise ValueError(f"[{name}] must have the entries {', '.join(sorted(_ENTRIES))}, and no others")
    options = [_option(f"{name}.options.{key}", key, option) for key, option in entry["options"].items()]
    if len(options) != len(LETTERS):
        raise ValueError(f"[{name}] has {len(options)} options; write {len(LETTERS)}")
    options.sort(key=lambda option: hashlib.sha256(f"{offering}\0{name}\0{option.name}".encode()).digest())
    shuffled = dict(zip(LETTERS, options, strict=True))
    right = [letter for letter, option in shuffled.items() if option.name == entry["key"]]
    if not right:
        raise ValueError(f"the key of [{name}] is {entry['key']!r}, which is not one of its options")
    topic, text, source = (_text(name, one, entry[one]) for one in ("topic", "text", "source"))
    return Choice(name, topic=topic, text=text, source=source, options=shuffled, letter=right[0])


def _option(where: str, name: str, entry: Any) -> Option:
    if not isinstance(entry, dict) or entry.keys() != {"text", "why"}:
        raise ValueError(f"[{where}] must have the entries text and why, and no others")
    return Option(name, _text(where, "text", entry["text"]), _text(where, "why", entry["why"]))


def _text(where: str, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} of [{where}] must be a text")
    return value.strip()
