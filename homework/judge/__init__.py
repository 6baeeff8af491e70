"""The trusted judge: runs hidden tests over submissions, compares, diagnoses. Knows nothing of nbgrader.

Tests and banks need only these names:

    from homework.judge import agree, as_tensor, measured, misconception, mistaken, points, together, variant
"""

from homework.judge.agree import Disagreement, agree, mistaken
from homework.judge.banks import Bank, BankError, Entry
from homework.judge.banks.functions import misconception, variant
from homework.judge.banks.pairs import together
from homework.judge.collect import ExerciseSpec
from homework.judge.judge import Judge
from homework.judge.scoring import measured, points
from homework.judge.subject import Call, Outcome, Subject
from homework.sandbox.inside.driver import as_tensor

__all__ = [
    "Bank",
    "BankError",
    "Call",
    "Disagreement",
    "Entry",
    "ExerciseSpec",
    "Judge",
    "Outcome",
    "Subject",
    "agree",
    "as_tensor",
    "measured",
    "misconception",
    "mistaken",
    "points",
    "together",
    "variant",
]
