"""Hidden tests for kinds of tasks that need none of their own: the bank says all that there is to test."""

from __future__ import annotations

from homework.judge.agree import Disagreement
from homework.judge.banks.choices import ChoiceBank, Refused, letter_of
from homework.judge.subject import Student
from homework.sandbox.errors import Missing, NotPlainData


def right_option(student: Student, bank: ChoiceBank) -> None:
    """The chosen option is the right one."""
    try:
        letter = letter_of(student.value(bank.exercise)())
    except Missing:
        raise AssertionError(bank.refused["not_defined"].sentence) from None
    except NotPlainData:
        raise AssertionError(bank.refused["object"].sentence) from None
    except Refused as refused:
        raise AssertionError(bank.refused[refused.form].sentence) from None
    if letter != bank.reference:
        wrong = bank.wrong[letter]
        raise Disagreement(str(wrong.sentence), [wrong])
