"""Banks of multiple-choice questions, and how a typed answer is read.

Theory of operation. A student types a letter; the options behind the letters differ from one offering of the course to
the next. So the letter is read here, in the judge, and a wrong option is a misconception with its own sentence. What
is not one letter is refused with a sentence that says how to answer: it is not guessed what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homework.choices import LETTERS, read_choices
from homework.judge.banks.bank import Bank, BankError, Entry

# The forms of a letter that count as the letter, as students type them.
_FORMS = {
    "blanks_and_upper_case": '" {upper} "',
    "bracket": '"{lower})"',
    "brackets": '"({lower})"',
    "full_stop": '"{lower}."',
    "full_width": '"{wide}"',
}
# What is refused: an example as students type it, and what they read.
_REFUSED = {
    "not_defined": (
        "{lower}",
        "`{name}` has no value: its cell stopped with an error, or defines another name.",
    ),
    "number": ("2", "Your answer is a number."),
    "collection": ('["{lower}"]', "Your answer is a list, a tuple or a dictionary."),
    "object": ("object()", "Your answer is neither a letter nor another text."),
    "several_letters": ('"a, b"', "Your answer has more than one letter."),
    "no_such_letter": ('"e"', "There is no option with that letter."),
    "look_alike": ('"а"', "Your answer may look like a letter from a to d, but it is another character."),
    "more_than_a_letter": ('"It is a."', "Your answer is more than a letter."),
}
_HOW = 'Type the letter of one option in quotes, and nothing else: `{name} = "b"`.'
# Full-width forms, which East Asian keyboards type, become ASCII. Characters without a width come with copied text.
_MEANT = {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F)} | dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"), ""
)
_FORM = re.compile(r"(\S)|(\w)\s*[).]|\(\s*(\w)\s*\)")  # one character, written as a letter may be
_LONGEST = 1000  # characters of an answer that is looked at


class NoAnswer(Exception):
    """The question was left unanswered."""


class Refused(Exception):
    """What was typed is not the letter of an option; `form` is a key of the bank's `refused`."""

    def __init__(self, form: str) -> None:
        super().__init__(form)
        self.form = form


def letter_of(value: Any) -> str:
    """The letter that a student typed, as one of LETTERS. Raises NoAnswer or Refused."""
    if value is None:
        raise NoAnswer
    if not isinstance(value, str):
        shape = getattr(value, "shape", None)
        if isinstance(value, (int, float, complex)) or shape == ():
            raise Refused("number")
        raise Refused("collection" if isinstance(value, (list, tuple, dict)) or shape else "object")
    if len(value) > _LONGEST:
        raise Refused("more_than_a_letter")
    text = value.translate(_MEANT).strip().lower()
    if not text:
        raise NoAnswer
    found = _FORM.fullmatch(text)
    alone = found[found.lastindex or 0] if found else ""
    if alone and alone in LETTERS:
        return str(alone)
    words = [word for word in re.findall(r"[^\W_]+", text) if word not in ("and", "or")]
    if sum(map(len, words)) > 1 and all(set(word) <= set(LETTERS) for word in words):
        raise Refused("several_letters")
    if alone and not alone.isascii():
        raise Refused("look_alike")
    raise Refused("no_such_letter" if alone.isalnum() else "more_than_a_letter")


class ChoiceBank(Bank):
    """The bank of the question `name` in the file `path`, its letters those of this `offering` of the course."""

    def __init__(self, path: Path, name: str, offering: str) -> None:
        try:
            choice = read_choices(path, offering).get(name)
        except ValueError as error:
            raise BankError(str(error)) from error
        if choice is None:
            raise BankError(f"{path} has no question [{name}]")
        self._typed: dict[Entry, str] = {}  # the Python source of each entry's answer
        letter = choice.letter
        wrong = {
            letter: option for letter, option in choice.options.items() if option.name != choice.right.name
        }
        super().__init__(
            name,
            letter,
            {form: self._entry(form, source, letter) for form, source in _FORMS.items()},
            {
                option.name: self._entry(option.name, '"{lower}"', other, option.why)
                for other, option in wrong.items()
            },
        )
        how = _HOW.format(name=name)
        self.refused: Mapping[str, Entry] = {
            form: self._entry(form, source, letter, f"{sentence.format(name=name)} {how}")
            for form, (source, sentence) in _REFUSED.items()
        }
        self.wrong: Mapping[str, Entry] = {  # by letter
            letter: self.misconceptions[option.name] for letter, option in wrong.items()
        }

    def _entry(self, name: str, source: str, letter: str, sentence: str | None = None) -> Entry:
        entry = Entry(name, lambda: letter, sentence)
        wide = chr(ord(letter) + 0xFEE0)
        self._typed[entry] = source.format(lower=letter, upper=letter.upper(), wide=wide)
        return entry

    def code(self, entry: Entry | None = None) -> str:
        """The line that a student types."""
        typed = f'"{self.reference}"' if entry is None else self._typed[entry]
        return f"{self.exercise} = {typed}\n"
