"""The trusted judge: runs hidden tests over submissions, compares, diagnoses. Knows nothing of nbgrader.

Tests and banks need only these names:

    from homework.judge import Curve, agree, as_tensor, drawn, measured, misconception, mistaken, points, together
    from homework.judge import variant
"""

from homework.judge.agree import Disagreement, agree, mistaken
from homework.judge.banks import Bank, BankError, Entry
from homework.judge.banks.functions import misconception, variant
from homework.judge.banks.pairs import together
from homework.judge.collect import ExerciseSpec
from homework.judge.judge import Judge
from homework.judge.scoring import drawn, measured, points
from homework.judge.subject import Call, Outcome, Subject
from homework.results import Curve
from homework.sandbox.inside.driver import as_tensor

__all__ = [
    "Bank",
    "BankError",
    "Call",
    "Curve",
    "Disagreement",
    "Entry",
    "ExerciseSpec",
    "Judge",
    "Outcome",
    "Subject",
    "agree",
    "as_tensor",
    "drawn",
    "measured",
    "misconception",
    "mistaken",
    "points",
    "together",
    "variant",
]
