"""What mutmut runs for every mutant: the exercise's hidden tests over the mutated reference (scripts/mutation.py).

The judge keeps the references of the course; the subject's function comes from mutmut's copy of them, in which the
mutant is switched on. Mutants are our own code, so they run in this process, without the sandbox.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence

import pytest
import torch

from homework.course import Course
from homework.grading import load_exercises
from homework.judge import Bank, Call, Entry, ExerciseSpec, Judge, Outcome
from homework.judge.subject import ReferenceCall
from homework.sandbox.errors import Raised

COURSE = Course.find()
ASSIGNMENT = COURSE.assignment(os.environ["MUTATED_ASSIGNMENT"])
EXERCISES = load_exercises(COURSE, ASSIGNMENT.name)
MUTATED = [e for e in EXERCISES if not e.bank.is_value and not ASSIGNMENT.tasks[e.name].hands_in]
REFERENCES = {exercise.name: exercise.bank.reference for exercise in EXERCISES}

torch.set_num_threads(1)


class Mutant:
    """The mutated reference of one exercise, beside the references of the others."""

    def __init__(self, bank: Bank) -> None:
        module = importlib.import_module(f"solutions.{ASSIGNMENT.name}.{bank.exercise}.reference")
        self.bank = bank
        self.files: dict[str, bytes] = {}
        self.entry = Entry("mutant", getattr(module, bank.exercise), sentence=None)

    def expect(self, plan: Sequence[Call]) -> None:
        """Nothing: calls are made as they come."""

    def call(self, call: Call) -> Outcome:
        """What the mutant makes of the inputs. Raises as the sandbox would."""
        outcome = ReferenceCall(self.bank, REFERENCES, call.driver).outcome_of(self.entry, call)
        if outcome.raised:
            raise Raised(outcome.raised, place=None)
        return outcome


@pytest.mark.parametrize("exercise", MUTATED, ids=lambda e: e.name)
def test_full_marks(exercise: ExerciseSpec) -> None:
    """Passes for the reference; fails where a hidden test notices the mutant."""
    (result,) = Judge(EXERCISES, "mutation").run(Mutant(exercise.bank), {exercise.name})
    assert result.score == result.max
