"""Tests that give a share of their points for a measured value."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from homework.judge import ExerciseSpec, Judge
from tests.homework.judge.support import AGREES, Digested, run_tests, spec_of
from tests.homework.support import ROOT

MEASURED_AND_COUNTED = """
from pathlib import Path

import numpy as np

from homework.judge import measured

@points(2)
def test_it(student):
    with Path(__file__).with_name("ran").open("a") as ran:
        ran.write("x")
    value = student.task(np.ones(1))[0]
    return measured(value, value / 4)
"""


def measuring(tmp_path: Path, share: str) -> ExerciseSpec:
    """An exercise whose one test, worth 2 points, measures what the student's function makes of 1."""
    return spec_of(
        tmp_path,
        "from homework.judge import measured\n\n\n@points(2)\ndef test_it(student):\n"
        f"    value = student.task(1)\n    return measured(value, {share})\n",
    )


def test_a_measured_value_gives_a_share_of_the_points(tmp_path: Path) -> None:
    spec = measuring(tmp_path, "min(1, value / 4)")
    (whole,), (half,), (none,) = (run_tests(spec, lambda x, y=y: y).tests for y in (5, 2, 0))
    assert (whole.score, whole.verdict, whole.measured, whole.message) == (2, "passed", 5, "")
    assert (half.score, half.verdict, half.measured) == (1, "failed", 2)
    assert half.message == "Measured: 2. This gives 50% of the test's points."
    assert (none.score, none.verdict, none.measured) == (0, "failed", 0)


def test_only_what_was_measured_gives_a_share_of_the_points_in_the_schema(tmp_path: Path) -> None:
    schema = json.loads((ROOT / "docs" / "result-schema.json").read_text())
    validator = Draft202012Validator({"$ref": "#/$defs/test", "$defs": schema["$defs"]})
    (test,) = run_tests(measuring(tmp_path, "0.5"), lambda x: 2).tests
    record = msgspec.to_builtins(test)
    assert validator.is_valid(record)
    del record["measured"]
    assert not validator.is_valid(record)


def test_a_measured_value_can_have_a_sentence_of_its_own(tmp_path: Path) -> None:
    spec = measuring(tmp_path, "0.25, f'Accuracy: {value} of 8 images.'")
    (test,) = run_tests(spec, lambda x: 2).tests
    assert (test.score, test.message) == (0.5, "Accuracy: 2 of 8 images.")


@pytest.mark.parametrize("share", ["1.5", "-0.5", "float('nan')"])
def test_a_share_that_is_not_one_is_our_fault(tmp_path: Path, share: str) -> None:
    (test,) = run_tests(measuring(tmp_path, share), lambda x: 1).tests
    assert test.verdict == "grader-fault" and test.score == 0
    assert "must be from 0 to 1, not " in test.message


def test_a_measured_value_that_is_not_finite_gives_nothing(tmp_path: Path) -> None:
    (test,) = run_tests(measuring(tmp_path, "value"), lambda x: float("nan")).tests
    assert (test.verdict, test.score, test.measured) == ("failed", 0, None)
    assert "came out as nan" in test.message


def test_an_equal_answer_is_given_the_same_measured_value_without_the_test(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, MEASURED_AND_COUNTED)
    judge = Judge([spec], "secret")
    found = []
    for function in (lambda x: x + x, lambda x: x * 2, lambda x: 3 * x):
        (test,) = judge.run(Digested(function))[0].tests
        found.append((test.score, test.measured, len((tmp_path / "ran").read_text())))
    assert found == [(1, 2, 2), (1, 2, 2), (1.5, 3, 3)]  # the first one of `ran` is the dry run


def test_a_share_of_the_points_does_not_hide_what_explains_the_failures(tmp_path: Path) -> None:
    """Tests that measure have no candidates: however many there are, they are not failures to be explained."""
    measuring = "".join(
        f"@points(0.25)\ndef test_{i}(student):\n    return measured(1, 0.5)\n\n\n" for i in range(7)
    )
    tests = (
        "from homework.judge import measured\n\n\n" + AGREES.replace("points(2)", "points(0.25)") + measuring
    )
    result = run_tests(spec_of(tmp_path, tests), lambda x: 3 * x)
    assert result.tests[0].misconception == "tripled" and result.score == 7 * 0.125


def test_a_curve_gives_the_share_and_goes_into_the_result(tmp_path: Path) -> None:
    spec = spec_of(
        tmp_path,
        "from homework.judge import Curve, measured\n\nCURVE = Curve('size', 100.0, 1.0, log=True)\n\n\n@points(2)\n"
        "def test_it(student):\n    return measured(student.task(1), curve=CURVE, named=True)\n",
    )
    (test,) = run_tests(spec, lambda x: 10).tests
    assert (test.score, test.verdict, test.named) == (1, "failed", True)
    assert test.curve is not None and (test.curve.name, test.curve.log) == ("size", True)
    assert test.message == "Measured: 10. This gives 50% of the test's points."


def test_a_measured_value_without_share_and_curve_is_our_fault(tmp_path: Path) -> None:
    spec = spec_of(
        tmp_path,
        "from homework.judge import measured\n\n\n@points(2)\ndef test_it(student):\n    return measured(1)\n",
    )
    (test,) = run_tests(spec, lambda x: 1).tests
    assert test.verdict == "grader-fault" and "a curve that gives it" in test.message


def test_sequences_to_be_drawn_are_in_the_result_of_a_test_that_passed(tmp_path: Path) -> None:
    spec = spec_of(
        tmp_path,
        "from homework.judge import drawn\n\n\n@points(2)\ndef test_it(student):\n"
        "    return drawn({'loss': {'training': [student.task(1), 2]}})\n",
    )
    (test,) = run_tests(spec, lambda x: 3).tests
    assert (test.score, test.verdict, test.series) == (2, "passed", {"loss": {"training": [3.0, 2.0]}})
    (test,) = run_tests(spec, lambda x: float("nan")).tests
    assert test.verdict == "grader-fault", "a test asks for finite numbers before it has them drawn"
