"""The trusted judge: runs hidden tests over submissions, compares, diagnoses. Knows nothing of nbgrader.

Tests and banks need only these names:

    from homework.judge import agree, misconception, points, variant
"""

from homework.judge.agree import Disagreement, agree
from homework.judge.bank import Bank, BankError, Entry, misconception, variant
from homework.judge.plugin import Judged, points, run_judge
from homework.judge.result import ExerciseResult, TestResult
from homework.judge.subject import Outcome, Subject

__all__ = [
    "Bank",
    "BankError",
    "Disagreement",
    "Entry",
    "ExerciseResult",
    "Judged",
    "Outcome",
    "Subject",
    "TestResult",
    "agree",
    "misconception",
    "points",
    "run_judge",
    "variant",
]
