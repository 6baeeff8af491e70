"""What the judge learns in a dry run and keeps: the calls, and answers that have passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homework.judge import Judge
from homework.sandbox.errors import OutOfTime, SandboxFault
from tests.homework.judge.support import AGREES, PARAMETRIZED, TWO_EXPLANATIONS, Digested, Local, spec_of

PLANNED = """
import numpy as np

@points(1)
def test_one(student, reference, rng):
    X = rng.array(2, 3)
    agree(student.task, reference.task, X)
    X[:] = 0
    agree(student.task, reference.task, X)

@points(1)
def test_two(student, reference, rng):
    agree(student.task, reference.task, student.task(rng.array(2)))
    agree(student.task, reference.task, np.array([np.nan, -0.0])[::-1])
"""


def test_all_submissions_get_the_same_calls(tmp_path: Path) -> None:
    asked: dict[str, list[Any]] = {"ada": [], "bob": []}
    plans = []
    judge = Judge([spec_of(tmp_path, PLANNED)], "secret")
    for name, seen in asked.items():
        student = Local(lambda x, seen=seen: seen.append(x.copy()) or x + x)
        student.name = name
        judge.run(student)
        plans.append(student.plan)
    assert len(asked["ada"]) == 5 and np.any(asked["ada"][0]) and not np.any(asked["ada"][1])
    for one, other, (planned,) in zip(asked["ada"], asked["bob"], plans[0], strict=True):
        assert np.array_equal(one, other, equal_nan=True) and one.strides == other.strides
        assert np.array_equal(one, planned, equal_nan=True)
    assert [id(args[0]) for args in plans[0]] == [id(args[0]) for args in plans[1]]


def test_solutions_are_asked_once_what_all_submissions_are_asked(tmp_path: Path) -> None:
    """The reference answers twice in the dry run: for itself, and to be compared with."""
    spec = spec_of(tmp_path, PLANNED)
    counts = Counter[str]()

    def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(x: Any) -> Any:
            counts[name] += 1
            return function(x)

        return counted

    spec.bank.reference = counting("reference", spec.bank.reference)
    for entry in spec.bank.misconceptions.values():
        object.__setattr__(entry, "function", counting(entry.name, entry.function))
    judge = Judge([spec], "secret")
    for _ in range(3):
        for function in (lambda x: x + x, lambda x: 5 * x):
            judge.run(Local(function))
    # The second half of the wrong one's second test is on inputs of its own, in each of three runs.
    assert counts == {"reference": 2 * 4 + 1 + 3, "tripled": 1 + 3, "squared": 1 + 3}


def test_a_mistake_is_named_whatever_was_named_before(tmp_path: Path) -> None:
    """What is known of one submission's answer says nothing about another's to the same inputs."""
    functions = (lambda x: 3 * x, lambda x: x * x, lambda x: x + x, lambda x: 3 * x)
    judge = Judge([spec_of(tmp_path, AGREES)], "secret")
    named = [judge.run(Local(function))[0].tests[0].misconception for function in functions]
    assert named == ["tripled", "squared", None, "tripled"]


COUNTED = """
from pathlib import Path

@points(2)
def test_it(student, reference, rng):
    with Path(__file__).with_name("ran").open("a") as ran:
        ran.write("x")
    agree(student.task, reference.task, rng.array(3))
    agree(student.task, reference.task, rng.array(2, 2))
"""


def test_equal_answers_pass_again_without_the_test(tmp_path: Path) -> None:
    judge = Judge([spec_of(tmp_path, COUNTED)], "secret")
    judge.prepare()
    ran = tmp_path / "ran"
    rows: list[tuple[float, str, int, int]] = []

    def judged(function: Callable[..., Any]) -> None:
        student = Digested(function)
        before = len(ran.read_text())
        results.extend(judge.run(student))
        test = results[-1].tests[0]
        rows.append((test.score, test.verdict, len(ran.read_text()) - before, len(student.asked)))

    results: list[Any] = []
    judged(lambda x: x + x)
    judged(lambda x: x * 2)  # the same to the bit
    judged(lambda x: 2.0000001 * x)  # right, but not the same
    judged(lambda x: (x + x) * (x.ndim == 1))  # the same at first only
    judged(lambda x: x + x if x.ndim == 1 else OutOfTime("It took too long."))
    judged(lambda x: 3 * x)
    judged(lambda x: 2 * x)
    judged(lambda x: 2.0000001 * x)
    assert rows == [
        (2, "passed", 1, 2),
        (2, "passed", 0, 2),
        (2, "passed", 1, 2),
        (0, "failed", 1, 2),
        (0, "timeout", 1, 2),
        (0, "failed", 1, 1),
        (2, "passed", 0, 2),
        (2, "passed", 0, 2),
    ]
    assert (
        results[4].tests[0].message == "It took too long." and results[5].tests[0].message == "You tripled."
    )


def test_a_sandbox_that_is_lost_while_the_cache_is_asked_is_our_fault(tmp_path: Path) -> None:
    judge = Judge([spec_of(tmp_path, COUNTED)], "secret")

    def lost(x: Any) -> Any:
        raise SandboxFault("lost")

    functions = (lambda x: x + x, lost, lambda x: x + x)
    verdicts = [judge.run(Digested(function))[0].tests[0].verdict for function in functions]
    assert verdicts == ["passed", "grader-fault", "passed"]


def test_a_pass_without_the_test_speaks_against_misconceptions_too(tmp_path: Path) -> None:
    """As in `test_of_two_explanations_the_passes_decide`, where another submission has passed the second test before."""
    judge = Judge([spec_of(tmp_path, TWO_EXPLANATIONS)], "secret")
    functions = (lambda x: x + x, lambda x: x * x, lambda x: x * x)
    named = [judge.run(Digested(function))[0].tests[0].misconception for function in functions]
    assert named == [None, "squared", "squared"]


@pytest.mark.parametrize("tests", [AGREES, PARAMETRIZED], ids=["plain", "parametrized"])
def test_a_judge_is_used_again_and_again(tmp_path: Path, tests: str) -> None:
    """Tests are collected once; each run judges what it is given."""
    judge = Judge([spec_of(tmp_path, tests)], "secret")
    functions = (lambda x: x + x, lambda x: 3 * x, lambda x: x + x)
    assert [judge.run(Local(function))[0].score for function in functions] == [2, 0, 2]
