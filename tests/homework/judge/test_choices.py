"""Multiple-choice answers: which typed forms count as a letter, what is refused and why, and what the file must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch

from homework.choices import read_choices
from homework.course import Course
from homework.judge import BankError
from homework.judge.banks import load
from homework.judge.banks.choices import ChoiceBank, NoAnswer, Refused, letter_of
from homework.judge.collect import ExerciseSpec, collect
from homework.judge.judge import Judge
from homework.judge.subject import Call, Outcome
from homework.results import ExerciseResult, Verdict
from homework.sandbox.errors import Crashed, Missing, NotPlainData, StudentFault

QUESTION = """
[q01]
topic = "Colors"
text = "Which is the color of the sky?"
key = "blue"
source = "Look up."
"""
NAMES = ("blue", "green", "red", "white")


def option(name: str) -> str:
    return f'[q01.options.{name}]\ntext = "The color {name}"\nwhy = "The idea of {name}."\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one question."""
    path = tmp_path / "choices.toml"
    path.write_text(QUESTION + "".join(map(option, NAMES)))
    return path


@pytest.fixture
def bank(file: Path) -> ChoiceBank:
    """The bank of that question."""
    return ChoiceBank(file, "q01", "autumn")


# ---------------------------------------------------------------------------------------------- what is typed


@pytest.mark.parametrize(
    "typed",
    [
        *("b", "B", " b", "b ", "\tb\n", "\u00a0b\u3000", "b)", "B)", "(b)", "(B)", "b.", "B. "),
        *(" (b) ", "( b )", "b )", "b .", "ｂ", "Ｂ", "ｂ）", "（ｂ）", "Ｂ．", "\u200bb\ufeff"),
        np.str_("b"),
    ],
)
def test_these_count_as_the_letter(typed: str) -> None:
    assert letter_of(typed) == "b"


@pytest.mark.parametrize("typed", ["", " ", "\n\t", "\u00a0", "\u3000", "\u200b", None])
def test_these_are_no_answer(typed: str | None) -> None:
    with pytest.raises(NoAnswer):
        letter_of(typed)


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        *(
            ("several_letters", text)
            for text in ("ab", "a, b", "a b", "A/B", "a and c", "b or d", "bb", "(a)(b)")
        ),
        *(("no_such_letter", text) for text in ("e", "E", "z", "1", "２", "ｅ", "E)", "(f)", "2.")),
        *(("look_alike", text) for text in ("а", "с", "ß", "β", "ⓑ", "𝐛", "ᵇ", "с)", "(а)")),
        *(
            ("more_than_a_letter", text)
            for text in ("It is a.", "a is right", "option b", "answer: b", "b:", "[b]")
        ),
        *(
            ("more_than_a_letter", text)
            for text in ("'b'", '"b"', "b,", "b?", "(b", "b))", "(b).", "q01 = b", "-", "()")
        ),
        *(("number", value) for value in (1, 0, 2.0, True, 1j, np.int64(1), np.array(2), torch.tensor(1))),
        *(("collection", value) for value in (["b"], ("b",), {"b": 1}, [], np.array([1, 2]), torch.ones(1))),
        *(("object", value) for value in (b"b", {"b"}, object(), Ellipsis, len)),
    ],
)
def test_these_are_refused(form: str, typed: Any) -> None:
    with pytest.raises(Refused) as refused:
        letter_of(typed)
    assert refused.value.form == form


def test_a_huge_text_is_refused_at_once() -> None:
    with pytest.raises(Refused, match="more_than_a_letter"):
        letter_of("a" * 10**7)


def test_a_refusal_says_how_to_answer(bank: ChoiceBank) -> None:
    sentences = {str(entry.sentence) for entry in bank.refused.values()}
    assert len(sentences) == len(bank.refused)
    for sentence in sentences:
        assert sentence.endswith('Type the letter of one option in quotes, and nothing else: `q01 = "b"`.')


def test_what_the_bank_calls_a_form_is_read_as_that_form(bank: ChoiceBank) -> None:
    for entry in bank.variants.values():
        typed: dict[str, Any] = {}
        exec(bank.code(entry), typed)
        assert letter_of(typed["q01"]) == bank.reference, entry.name
    for name, entry in bank.refused.items():
        if name != "not_defined":
            exec(bank.code(entry), typed := {})
            with pytest.raises(Refused) as refused:
                letter_of(typed["q01"])
            assert refused.value.form == name


# ---------------------------------------------------------------------------------------------- what the judge says


class Typed:
    """A submission whose q01 is `value`, or that raises it."""

    files: Mapping[str, bytes] = MappingProxyType({})

    def __init__(self, value: Any) -> None:
        self.value = value

    def expect(self, plan: Any) -> None:
        """Nothing."""

    def call(self, call: Call) -> Outcome:
        assert call.driver == "def value(solution):\n    return solution.q01\n"
        if isinstance(self.value, StudentFault):
            raise self.value
        return Outcome(self.value)


def judged(bank: ChoiceBank, value: Any) -> ExerciseResult:
    (result,) = Judge([ExerciseSpec("q01", 2, bank, None)], "secret").run(Typed(value))
    return result


def test_a_wrong_option_is_named_with_its_idea(bank: ChoiceBank) -> None:
    assert len(bank.wrong) == 3
    for letter, entry in bank.wrong.items():
        (test,) = judged(bank, f" {letter.upper()})").tests
        assert (test.verdict, test.score, test.misconception) == (Verdict.FAILED, 0, entry.name)
        assert test.message == f"The idea of {entry.name}."


def test_the_right_letter_gets_all_points(bank: ChoiceBank) -> None:
    assert judged(bank, bank.reference).score == 2
    assert judged(bank, f"({bank.reference.upper()})").score == 2


def test_no_answer_is_not_a_wrong_one(bank: ChoiceBank) -> None:
    (test,) = judged(bank, "").tests
    assert (test.verdict, test.score, test.misconception) == (Verdict.SKIPPED, 0, None)
    assert test.message == "There is no answer."


@pytest.mark.parametrize(
    ("value", "begins"),
    [
        ("ab", "Your answer has more than one letter."),
        (7, "Your answer is a number."),
        (Missing("q01"), "`q01` has no value"),
        (NotPlainData("an object of type set"), "Your answer is neither a letter nor another text."),
    ],
)
def test_what_is_refused_is_told_and_not_named(bank: ChoiceBank, value: Any, begins: str) -> None:
    (test,) = judged(bank, value).tests
    assert (test.verdict, test.score, test.misconception) == (Verdict.FAILED, 0, None)
    assert test.message.startswith(begins)


def test_a_process_that_dies_is_no_refused_answer(bank: ChoiceBank) -> None:
    (test,) = judged(bank, Crashed("It died.")).tests
    assert (test.verdict, test.message) == (Verdict.CRASHED, "It died.")


def test_a_bank_of_functions_has_no_built_in_test(bank: ChoiceBank, course: Course) -> None:
    assert [test.name for test in collect([ExerciseSpec("q01", 2, bank, None)])["q01"]] == ["right_option"]
    other = load("functions", course.solutions("hw1", "cross_corr_2d"), "cross_corr_2d")
    with pytest.raises(BankError, match="no built-in test for the exercise `cross_corr_2d`"):
        collect([ExerciseSpec("cross_corr_2d", 15, other, None)])


# ---------------------------------------------------------------------------------------------- the file


def letters(file: Path, offering: str) -> str:
    choice = read_choices(file, offering)["q01"]
    return "".join(one.name[0] for one in choice.options.values())


def test_an_offering_shuffles_and_texts_do_not(file: Path) -> None:
    orders = {letters(file, str(year)) for year in range(2020, 2060)}
    assert len(orders) > 10
    assert {order[0] for order in orders} == set("bgrw")
    before = letters(file, "2026")
    file.write_text(
        QUESTION + "".join(option(name) for name in reversed(NAMES)).replace("The color", "It is")
    )
    assert letters(file, "2026") == before


def test_letters_of_the_statement_and_of_the_judge_are_the_same(file: Path) -> None:
    for offering in ("2026", "2027", "2028"):
        choice = read_choices(file, offering)["q01"]
        bank = load("choices", file, "q01", offering)
        assert f"**{bank.reference})** The color blue" in choice.markdown()
        assert isinstance(bank, ChoiceBank)
        for letter, entry in bank.wrong.items():
            assert f"**{letter})** The color {entry.name}" in choice.markdown()


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ('key = "blue"', 'key = "azure"', "the key of [q01] is 'azure', which is not one of its options"),
        (option("red"), "", "[q01] has 3 options; write 4"),
        (
            'topic = "Colors"',
            "",
            "[q01] must have the entries key, options, source, text, topic, and no others",
        ),
        ('topic = "Colors"', "topic = 3", "topic of [q01] must be a text"),
        ('why = "The idea of red."', 'why = " "', "why of [q01.options.red] must be a text"),
        ('why = "The idea of red."', 'wy = "x"', "[q01.options.red] must have the entries text and why"),
        ("[q01]", "[q01", "choices.toml: Expected ']'"),
        ("q01", "q02", "has no question [q01]"),
    ],
)
def test_a_malformed_file_is_told_with_its_place(file: Path, was: str, becomes: str, problem: str) -> None:
    file.write_text(file.read_text().replace(was, becomes))
    with pytest.raises(BankError, match=re.escape(problem)):
        ChoiceBank(file, "q01", "")
    file.unlink()
    with pytest.raises(BankError, match=r"choices\.toml cannot be read: No such file"):
        ChoiceBank(file, "q01", "")
