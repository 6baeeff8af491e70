"""What the judge says of right, wrong and odd submissions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homework.judge import BankError, ExerciseSpec, Judge, misconception, variant
from homework.judge.banks import load
from homework.judge.draw import Draw, seed_for
from homework.judge.subject import Call, Outcome
from homework.results import Verdict
from homework.submission.splice import splice
from homework.submission.template import Template
from tests.homework.judge.support import AGREES, PARAMETRIZED, TWO_EXPLANATIONS, Local, run_tests, spec_of
from tests.homework.support import exercise


def test_inputs_follow_from_secret_exercise_and_test() -> None:
    def draw(*names: str, secret: str = "s") -> float:
        return float(Draw(seed_for(secret, *names)).array(1)[0])

    assert draw("e", "t") == draw("e", "t")
    assert len({draw("e", "t"), draw("f", "t"), draw("e", "u"), draw("e", "t", secret="z")}) == 4


def test_a_misconception_is_named_in_kind_words(
    grade: Callable[..., dict[str, Any]], template: Template, references: dict[str, str]
) -> None:
    flipped = (
        "import torch\n\ndef cross_corr_2d(X, K):\n    K = K.flip(0, 1)\n    h, w = K.shape\n"
        "    return torch.stack([torch.stack([(X[i:i+h, j:j+w] * K).sum() for j in range(X.shape[1] - w + 1)])\n"
        "                        for i in range(X.shape[0] - h + 1)])\n"
    )
    result = exercise(grade(splice(template, flipped)), "cross_corr_2d")
    named = {test["misconception"] for test in result["tests"] if test["misconception"]}
    assert named == {"flipped_kernel"}
    assert 0 < result["score"] < result["max"]
    assert any("180" in test["message"] for test in result["tests"])


def test_student_objects_cannot_fool_the_comparison(
    grade: Callable[..., dict[str, Any]], template: Template
) -> None:
    code = (
        "import numpy as np, torch\n"
        "class Always(np.ndarray):\n"
        "    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): return np.zeros(3)\n"
        "np.testing.assert_allclose = np.allclose = np.isclose = torch.allclose = lambda *a, **k: True\n"
        "torch.Tensor.__eq__ = lambda self, other: True\n"
        "def cross_corr_2d(X, K):\n    return np.zeros((1, 1)).view(Always)\n"
    )
    assert exercise(grade(splice(template, code)), "cross_corr_2d")["score"] == 0


def test_reading_frames_and_memory_finds_no_answer(
    grade: Callable[..., dict[str, Any]], template: Template
) -> None:
    code = (
        "import gc, inspect, torch\n"
        "def cross_corr_2d(X, K):\n"
        "    shape = (X.shape[0] - K.shape[0] + 1, X.shape[1] - K.shape[1] + 1)\n"
        "    for frame in inspect.stack():\n"
        "        for value in frame.frame.f_locals.values():\n"
        "            if isinstance(value, torch.Tensor) and tuple(value.shape) == shape: return value\n"
        "    for value in gc.get_objects():\n"
        "        if type(value) is torch.Tensor and tuple(value.shape) == shape and value is not X and value is not K:\n"
        "            return value\n"
        "    return torch.empty(shape, dtype=X.dtype)\n"
    )
    assert exercise(grade(splice(template, code)), "cross_corr_2d")["score"] <= 1.5


def test_hidden_inputs_cannot_be_printed_into_a_cell(grader: Any, template: Template) -> None:
    """What a hidden call writes to shared files is not there when cells run, and what it raises is not repeated."""
    from homework.submission.handin import Submission

    code = (
        "import os\ndef cross_corr_2d(X, K):\n"
        "    open('/tmp/seen', 'a').write('stolen')\n    raise ValueError('stolen ' + str(X))\n"
    )
    notebook = splice(template, code)
    peek = "import os\nprint('found' if os.path.exists('/tmp/seen') else 'nothing')"
    notebook["cells"].append(
        {"cell_type": "code", "id": "peek", "metadata": {}, "source": peek, "outputs": []}
    )
    graded = grader.grade([Submission("eve", json.dumps(notebook).encode())])[0]
    own = [
        output for cell, outputs in graded.cells if cell.own and "seen" in cell.source for output in outputs
    ]
    printed = "".join(output.get("text", "") for output in own)
    hidden = [e.name for e in graded.result.exercises if "stolen" in str(e)]
    assert hidden == []
    # The visible example itself calls the function, so the file may exist; the hidden calls come after every cell.
    assert printed in ("found\n", "nothing\n")


def test_points_and_diagnosis(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, AGREES)
    assert run_tests(spec, lambda x: x + x).score == 2
    wrong = run_tests(spec, lambda x: 3 * x)
    assert (wrong.score, wrong.tests[0].misconception, wrong.tests[0].message) == (
        0,
        "tripled",
        "You tripled.",
    )
    other = run_tests(spec, lambda x: x * 5)
    assert other.tests[0].misconception is None and "factor" in other.tests[0].message


def test_each_set_of_parameters_is_a_test_of_its_own(tmp_path: Path) -> None:
    result = run_tests(spec_of(tmp_path, PARAMETRIZED), lambda x: 2 * x if len(x) == 3 else 3 * x)
    found = [(test.name, test.score, test.misconception) for test in result.tests]
    assert found == [("test_it[3]", 1, None), ("test_it[4]", 0, "tripled")]


def test_of_two_explanations_the_passes_decide(tmp_path: Path) -> None:
    """At x = 3 tripling and squaring look alike; that x = 2 passes speaks for the one that is right there."""
    result = run_tests(spec_of(tmp_path, TWO_EXPLANATIONS), lambda x: x * x)
    assert [test.verdict for test in result.tests] == ["failed", "passed"]
    assert result.tests[0].misconception == "squared"


DRIVEN = """
def first(solution, x):
    found = solution.task(x)
    return found[0] if isinstance(found, list) else "your function returns no list of numbers"


@points(2)
def test_it(student, reference):
    agree(student.probe(first), reference.probe(first), [1.5])
"""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("your function returns no list of numbers", "Your function returns no list of numbers."),
        ("the input was 1.5", "Your output should be a number, not text."),
    ],
)
def test_only_words_of_the_driver_are_quoted(tmp_path: Path, answer: str, said: str) -> None:
    """What it says of a solution is told the student; other text is not: it may be an input."""
    result = run_tests(spec_of(tmp_path, DRIVEN), lambda solution: answer)
    assert result.tests[0].message == said


ASKED = """
def why(answer):
    return f"Your first number is {'larger' if answer[0] > 2 else 'smaller'}." if answer[0] else 1 / 0


@points(2)
def test_it(student, reference):
    agree(student.task, reference.task, [1.0], why=why)
"""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([1.0, 1.0, 1.0], "You tripled."),
        ([5.0, 6.0], "Your first number is larger."),
        ([0.0, 6.0], "Your output should have 2 parts; it has 3."),
        ("", "Your output should be a tuple of 2 parts, not text."),
    ],
)
def test_what_is_wrong_is_asked_where_nothing_has_a_name(tmp_path: Path, answer: Any, said: str) -> None:
    """A misconception goes before it, and where it fails the general words stand."""
    result = run_tests(spec_of(tmp_path, ASKED), lambda x: [*answer, 0.0] if answer == [0.0, 6.0] else answer)
    assert (result.tests[0].message, result.tests[0].verdict) == (said, Verdict.FAILED)


IN_PLACE = """
import numpy as np


@points(2)
def test_it(student, reference):
    agree(student.task, reference.task, np.array([1.0, 2.0]), np.array([3.0]), untouched=True)
"""
BANK_IN_PLACE = """
from homework.judge import misconception


@misconception('You wrote into x.')
def x_doubled(x, y):
    x *= 2
    return x + y


@misconception('You wrote into y.')
def y_written(x, y):
    y[:] = 5
    return 2 * x + (y - 2)
"""


@pytest.mark.parametrize(("position", "said"), [(0, "You wrote into x."), (1, "You wrote into y.")])
def test_a_modified_input_is_named_however_it_was_modified(tmp_path: Path, position: int, said: str) -> None:
    spec = spec_of(tmp_path, IN_PLACE)
    folder = tmp_path / "solutions" / "task"
    (folder / "reference.py").write_text("def task(x, y):\n    return 2 * x + y\n")
    (folder / "misconceptions.py").write_text(BANK_IN_PLACE)
    spec = ExerciseSpec("task", 2, load("functions", folder, "task"), spec.tests)

    class Modifying(Local):
        def call(self, call: Call) -> Outcome:
            x, y = call.args
            after = [[x, y], {}]
            after[0][position] = np.zeros_like(call.args[position])
            return Outcome(value=2 * x + y, after=after)

    (result,) = Judge([spec], "secret").run(Modifying(len))
    assert result.tests[0].message == said


def test_a_broken_hidden_test_is_our_fault_not_a_zero(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, "@points(2)\ndef test_it(student):\n    undefined_name\n")
    result = run_tests(spec, lambda x: x)
    assert result.at_fault and result.tests[0].verdict == "grader-fault"


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ("@points(1)\ndef test_it(): pass\n", "sum to 1, but its grade cell has 2 points: test_it 1"),
        ("def test_it(): pass\n", "no weight"),
        ("x = 1\n", "contains no test"),
        ("import nothing_like_it\n", "nothing_like_it"),
        ("@points(2)\ndef test_it(student, tmp_path): pass\n", "asks for tmp_path.*student, reference, rng"),
        ("@points(2)\ndef test_it(request): pass\n", "asks for request"),
        (
            "import pytest\n@pytest.fixture(autouse=True)\ndef ready(): pass\n@points(2)\ndef test_it(): pass\n",
            "asks for ready",
        ),
        ("def setup_function(): pass\n@points(2)\ndef test_it(student): pass\n", "setup_function"),
        ("class TestIt:\n    @points(2)\n    def test_it(self, student): pass\n", "written as functions"),
        (
            "import pytest\n@points(2)\n@pytest.mark.skip\ndef test_it(student): pass\n",
            "marked with skip: only points and parametrize",
        ),
        (
            "import pytest\n@points(2)\n@pytest.mark.parametrize('y', [1])\ndef test_it(student): pass\n",
            "no argument 'y'",
        ),
    ],
)
def test_malformed_hidden_tests_are_refused(tmp_path: Path, tests: str, words: str) -> None:
    with pytest.raises(BankError, match=words):
        run_tests(spec_of(tmp_path, tests), lambda x: x)


def test_what_a_test_returns_by_mistake_is_our_fault(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, "@points(2)\ndef test_it(student):\n    return student.task(1) == 2\n")
    (test,) = run_tests(spec, lambda x: 2).tests
    assert (
        test.verdict == "grader-fault"
        and "returns nothing, measured(...) or drawn(...), not bool" in test.message
    )


def test_an_entry_is_spliced_with_its_helpers_alone(tmp_path: Path) -> None:
    bank = spec_of(tmp_path, AGREES).bank
    code = bank.code(bank.misconceptions["tripled"])
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    assert namespace["task"](2) == 6
    assert "squared" not in code and "homework" not in code and "You tripled" not in code


def test_marks_of_the_bank_keep_the_function_usable() -> None:
    assert variant(abs.__class__ and (lambda x: x))(3) == 3
    assert misconception("…")(lambda x: x)(3) == 3


def test_an_unknown_method_of_rng_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(
        AttributeError, match=r"rng has no normal: it has array, tensor, integers and generator; .*rng"
    ):
        Draw(1).normal(3, 5)
    with pytest.raises(AttributeError, match=r"integers and generator$"):
        getattr(Draw(1), "tensors")  # noqa: B009  # as a test would
