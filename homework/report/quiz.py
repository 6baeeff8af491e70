"""What a feedback page says of a quiz: points by topic until the key is published, then the idea behind each option.

Theory of operation. A student may hand in again. A page that says which answers are wrong would give away the key in
four tries; one that counts the right answers of a topic does not. So before publication the questions of a topic are
one part of the page, and of a single question only that it has no answer, or one that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from markupsafe import Markup

from homework.choices import Choice, Option
from homework.results import ExerciseResult, TestResult, Verdict
from homework.untrusted import html


class Scored(Protocol):
    """The part of a page on one task, as every kind of task has it."""

    name: str
    score: float | None
    max: float
    by_person: bool
    code: Markup | None
    comments: list[Markup]


@dataclass
class TopicPart:
    """The questions of one topic on the page. `score` is None while one of them has none."""

    form: ClassVar = "topic"
    by_tests: ClassVar = True

    name: str
    score: float | None = 0.0
    max: float = 0.0
    right: int = 0
    of: int = 0
    by_person: bool = False
    unanswered: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)  # question and sentence
    codes: list[Markup] = field(default_factory=list)
    comments: list[Markup] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Its name in the table of scores."""
        return self.name

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return "topic-" + "-".join(self.name.lower().split())

    def add(self, part: Scored, tests: Sequence[TestResult]) -> None:
        """Add one question."""
        self.of += 1
        self.right += all(test.verdict is Verdict.PASSED for test in tests)
        self.score = None if self.score is None or part.score is None else self.score + part.score
        self.max += part.max
        self.by_person = self.by_person or part.by_person
        self.comments += part.comments
        if part.code is not None:
            self.codes.append(part.code)
        for test in tests:
            if test.verdict is Verdict.SKIPPED:
                self.unanswered.append(part.name)
            elif test.verdict is not Verdict.PASSED and test.misconception is None:
                self.remarks.append((part.name, sentence(test)))


@dataclass
class ChoicePart:
    """One question on the page, after publication. `chosen` is None unless a wrong option was chosen."""

    form: ClassVar = "choice"
    by_tests: ClassVar = True

    name: str
    score: float | None
    max: float
    by_person: bool
    text: Markup
    passed: bool
    answered: bool
    remark: str
    chosen: Option | None
    right: Option
    figures: Mapping[str, bytes]
    code: Markup | None
    comments: list[Markup]

    @property
    def label(self) -> str:
        """Its name in the table of scores."""
        return self.name

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"choice-{self.name}"


def topics(
    choices: Mapping[str, Choice], exercises: Iterable[ExerciseResult], parts: Mapping[str, Scored]
) -> list[TopicPart]:
    """The topics of a quiz whose key is not published, in the order of their first questions."""
    found: dict[str, TopicPart] = {}
    for exercise in exercises:
        topic = choices[exercise.name].topic
        found.setdefault(topic, TopicPart(topic)).add(parts[exercise.name], exercise.tests)
    return list(found.values())


def choice_part(choice: Choice, exercise: ExerciseResult, part: Scored) -> ChoicePart:
    """One question of a quiz whose key is published."""
    tests = exercise.tests
    wrong = {option.name: option for option in choice.options.values() if option is not choice.right}
    named = [test.misconception for test in tests if test.misconception]
    told = [sentence(test) for test in tests if test.verdict not in (Verdict.PASSED, Verdict.SKIPPED)]
    chosen = wrong.get(named[0]) if named else None
    return ChoicePart(
        name=part.name,
        score=part.score,
        max=part.max,
        by_person=part.by_person,
        text=html.figured(choice.text, choice.figures),
        passed=all(test.verdict is Verdict.PASSED for test in tests),
        answered=all(test.verdict is not Verdict.SKIPPED for test in tests),
        remark=told[0] if told and chosen is None else "",
        chosen=chosen,
        right=choice.right,
        figures=choice.figures,
        code=part.code,
        comments=part.comments,
    )


def sentence(test: TestResult) -> str:
    """What a failed test says."""
    if test.verdict is Verdict.GRADER_FAULT:  # its message may quote a hidden test
        return "The grader itself failed here. That is not your fault: a person will look at it."
    return test.message or "This does not hold for your solution."
