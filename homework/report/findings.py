"""What the failed tests of an exercise say to the student, each sentence once."""

from __future__ import annotations

from dataclasses import dataclass, field

from homework.report.quiz import sentence
from homework.results import TestResult, Verdict

_ENDINGS = {
    Verdict.ERROR: "stopped with an error",
    Verdict.TIMEOUT: "took too long",
    Verdict.MEMORY: "used too much memory",
    Verdict.CRASHED: "ended the process",
}


@dataclass
class Finding:
    """One sentence and the tests that it explains. `named`: it is the sentence of a misconception."""

    sentence: str
    named: bool
    fault: bool
    tests: list[TestResult] = field(default_factory=list)
    blank: bool = False  # nothing was written

    @property
    def lost(self) -> float:
        """The points lost in its tests."""
        return sum(test.points - test.score for test in self.tests)

    def ending(self, test: TestResult) -> str:
        """How a test ended, if the sentence does not say."""
        return _ENDINGS.get(test.verdict, "") if self.named else ""


def findings(exercise: str, tests: list[TestResult], untouched: bool) -> list[Finding]:
    """What the failed tests say, each sentence once: misconceptions first, then by points lost.

    Of an `untouched` cell they only say that nothing is written there.
    """
    if untouched and _fail_as_stubs_do(exercise, tests):
        return [Finding(f"You have not written `{exercise}` yet.", False, False, list(tests), blank=True)]
    found: dict[tuple[str, str], Finding] = {}
    for test in tests:
        if test.verdict in (Verdict.PASSED, Verdict.SKIPPED):
            continue
        text = sentence(test)
        one = Finding(text, bool(test.misconception), test.verdict is Verdict.GRADER_FAULT)
        found.setdefault((test.misconception or "", text), one).tests.append(test)
    return sorted(found.values(), key=lambda finding: (not finding.named, -finding.lost))


def _fail_as_stubs_do(exercise: str, tests: list[TestResult]) -> bool:
    """Whether every test ended with the error of a stub: the exercise's own, or that of one that it needs."""
    said = ("NotImplementedError", f"`{exercise}` is not defined")
    return bool(tests) and all(
        test.verdict is Verdict.ERROR and any(one in test.message for one in said) for test in tests
    )
