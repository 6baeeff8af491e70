"""The trusted judge: runs hidden tests over submissions, compares, diagnoses. Knows nothing of nbgrader.

Tests and banks need only these names:

    from homework.judge import agree, as_tensor, misconception, points, variant
"""

from homework.judge.agree import Disagreement, agree
from homework.judge.bank import Bank, BankError, Entry, misconception, variant
from homework.judge.plugin import Judge, Judged, points
from homework.judge.subject import Call, Outcome, Subject
from homework.sandbox.inside.driver import as_tensor

__all__ = [
    "Bank",
    "BankError",
    "Call",
    "Disagreement",
    "Entry",
    "Judge",
    "Judged",
    "Outcome",
    "Subject",
    "agree",
    "as_tensor",
    "misconception",
    "points",
    "variant",
]
