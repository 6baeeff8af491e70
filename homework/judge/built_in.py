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
    except (Missing, NotPlainData, Refused) as fault:
        form = (
            fault.form
            if isinstance(fault, Refused)
            else "not_defined"
            if isinstance(fault, Missing)
            else "object"
        )
        raise AssertionError(bank.refused[form].sentence) from None
    if letter != bank.reference:
        wrong = bank.wrong[letter]
        raise Disagreement(str(wrong.sentence), [wrong])
