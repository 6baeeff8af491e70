"""What the judge says of right, wrong and odd answers: whole submissions through the sandbox, and the words alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from jsonschema import Draft202012Validator

from homework.judge import BankError, ExerciseSpec, Judge, misconception, variant
from homework.judge.banks import load
from homework.judge.compare import Tolerance, difference, matches
from homework.judge.draw import Draw, seed_for
from homework.judge.subject import Call, Outcome
from homework.results import ExerciseResult
from homework.sandbox.errors import OutOfTime, SandboxFault
from homework.submission.splice import splice
from homework.submission.template import Template
from tests.homework.support import ROOT, exercise

TOLERANCE = Tolerance()
X = np.arange(12.0).reshape(3, 4) ** 1.5 + 0.75
IMAGES = np.arange(120.0).reshape(2, 3, 4, 5) ** 1.5 + 0.75


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (X.T.copy(), X, "opposite order (transposed)"),
        (X[None, None], X, "extra dimensions of length 1"),
        (X[:2], X, "one too few along dimension 0"),
        (X[:1, :2], X, "too small along dimension 0 and too small along dimension 1"),
        (-X, X, "opposite sign everywhere"),
        (2 * X, X, "twice what is expected"),
        (X * 1.7, X, "off by the same factor everywhere"),
        (X + 1, X, "off by the same amount everywhere"),
        (np.round(X, 3), X, "nearly right, but not exact enough"),
        (X + 2e-4 * (-1) ** np.arange(4), X, "nearly right, but not exact enough"),
        (X * (1 + 3e-5), X, "nearly right, but not exact enough"),
        (np.pad(IMAGES[..., 1:-1, 1:-1], [(0, 0)] * 2 + [(1, 1)] * 2), IMAGES, "wrong at the border"),
        (IMAGES * [[[1]], [[0]], [[1]]], IMAGES, "right in 67% of its values"),
        (X[:, ::-1], X, "reversed along dimension 1"),
        (X[::-1, ::-1], X, "reversed along every dimension"),
        (np.zeros_like(X), X, "zero everywhere"),
        (np.trunc(X), X, "rounded to whole numbers"),
        (np.where(X % 2 < 1, X, 99.0), X, "of its values and wrong in the others"),
        (X * np.nan, X, "contains NaN"),
        (X + np.inf, X, "contains infinity"),
        (X.tolist(), X, "not a list"),
        (None, X, "not None"),
        ((X,), (X, X), "should have 2 parts; it has 1"),
        ((X, X + 1), (X, X), "`second`"),
        ({"a": 1}, {"a": 1, "b": 2}, "lacks the key 'b'"),
        ("yes", "no", "not the expected text"),
        (X + 0j, X, "complex"),
    ],
)
def test_what_is_said_of_a_wrong_answer(actual: Any, expected: Any, words: str) -> None:
    said = difference(actual, expected, TOLERANCE, ("first", "second"))
    assert said is not None and words in said
    numbers = {f"{value:g}" for value in X.ravel() if value != round(value)}
    assert not any(number in said for number in numbers), "a hidden value is shown"


@pytest.mark.parametrize(
    "actual",
    [
        X,
        X.astype(np.float32),
        torch.from_numpy(X),
        torch.from_numpy(X).float(),
        X + 1e-6,
        torch.from_numpy(X).requires_grad_(),
    ],
)
def test_what_is_accepted(actual: Any) -> None:
    assert difference(actual, X, TOLERANCE) is None


def test_lists_and_tuples_are_interchangeable() -> None:
    assert difference([X, 1], (X, 1.0), TOLERANCE) is None


def test_nan_never_agrees_with_a_number_but_equals_itself_in_diagnosis() -> None:
    assert difference(np.array([np.nan]), np.array([1.0]), TOLERANCE) is not None
    assert matches(np.array([np.nan, 1]), np.array([np.nan, 1]), TOLERANCE)


def test_inputs_follow_from_secret_exercise_and_test() -> None:
    def draw(*names: str, secret: str = "s") -> float:
        return float(Draw(seed_for(secret, *names)).array(1)[0])

    assert draw("e", "t") == draw("e", "t")
    assert len({draw("e", "t"), draw("f", "t"), draw("e", "u"), draw("e", "t", secret="z")}) == 4


# ------------------------------------------------------------------------------------- through the sandbox


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


# ------------------------------------------------------------------------------------- banks and tests


def _spec(tmp_path: Path, tests: str, points: float = 2) -> ExerciseSpec:
    folder = tmp_path / "solutions" / "task"
    folder.mkdir(parents=True)
    (folder / "reference.py").write_text("def task(x):\n    return 2 * x\n")
    (folder / "variants.py").write_text(
        "from homework.judge import variant\n\n\n@variant\ndef plus(x):\n    return x + x\n"
    )
    (folder / "misconceptions.py").write_text(
        "from homework.judge import misconception\n\n_TWO = 3\n\n"
        "@misconception('You tripled.')\ndef tripled(x):\n    return _TWO * x\n\n"
        "@misconception('You squared.')\ndef squared(x):\n    return x * x\n"
    )
    module = tmp_path / "test_task.py"
    module.write_text("from homework.judge import agree, points\n\n\n" + tests)
    return ExerciseSpec("task", points, load("functions", folder, "task"), module)


class _Local:
    """A subject that runs in this process: the judge needs no sandbox to be tested."""

    name = "ada"

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def expect(self, plan: Sequence[Call]) -> None:
        self.plan = [call.args for call in plan]

    def call(self, call: Call) -> Outcome:
        return Outcome(value=self.function(*call.args, **call.kwargs))


class _Digested(_Local):
    """Its answers have digests, as those from a sandbox have; an answer that is an exception is raised."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.asked: list[Any] = []

    def call(self, call: Call) -> Outcome:
        self.asked.append(call.args)
        value = super().call(call).value
        if isinstance(value, Exception):
            raise value
        return Outcome(value=value, digest=value.tobytes())


def _run(spec: ExerciseSpec, function: Callable[..., Any]) -> ExerciseResult:
    (result,) = Judge([spec], "secret").run(_Local(function))
    return result


AGREES = "@points(2)\ndef test_it(student, reference, rng):\n    '''Right.'''\n    agree(student.task, reference.task, rng.array(3))\n"


def test_points_and_diagnosis(tmp_path: Path) -> None:
    spec = _spec(tmp_path, AGREES)
    assert _run(spec, lambda x: x + x).score == 2
    wrong = _run(spec, lambda x: 3 * x)
    assert (wrong.score, wrong.tests[0].misconception, wrong.tests[0].message) == (
        0,
        "tripled",
        "You tripled.",
    )
    other = _run(spec, lambda x: x * 5)
    assert other.tests[0].misconception is None and "factor" in other.tests[0].message


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
    judge = Judge([_spec(tmp_path, PLANNED)], "secret")
    for name, seen in asked.items():
        student = _Local(lambda x, seen=seen: seen.append(x.copy()) or x + x)
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
    spec = _spec(tmp_path, PLANNED)
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
            judge.run(_Local(function))
    # The second half of the wrong one's second test is on inputs of its own, in each of three runs.
    assert counts == {"reference": 2 * 4 + 1 + 3, "tripled": 1 + 3, "squared": 1 + 3}


def test_a_mistake_is_named_whatever_was_named_before(tmp_path: Path) -> None:
    """What is known of one submission's answer says nothing about another's to the same inputs."""
    functions = (lambda x: 3 * x, lambda x: x * x, lambda x: x + x, lambda x: 3 * x)
    judge = Judge([_spec(tmp_path, AGREES)], "secret")
    named = [judge.run(_Local(function))[0].tests[0].misconception for function in functions]
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
    judge = Judge([_spec(tmp_path, COUNTED)], "secret")
    judge.prepare()
    ran = tmp_path / "ran"
    rows: list[tuple[float, str, int, int]] = []

    def judged(function: Callable[..., Any]) -> None:
        student = _Digested(function)
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
    judge = Judge([_spec(tmp_path, COUNTED)], "secret")

    def lost(x: Any) -> Any:
        raise SandboxFault("lost")

    functions = (lambda x: x + x, lost, lambda x: x + x)
    verdicts = [judge.run(_Digested(function))[0].tests[0].verdict for function in functions]
    assert verdicts == ["passed", "grader-fault", "passed"]


def test_a_pass_without_the_test_speaks_against_misconceptions_too(tmp_path: Path) -> None:
    """As in `test_of_two_explanations_the_passes_decide`, where another submission has passed the second test before."""
    judge = Judge([_spec(tmp_path, TWO_EXPLANATIONS)], "secret")
    functions = (lambda x: x + x, lambda x: x * x, lambda x: x * x)
    named = [judge.run(_Digested(function))[0].tests[0].misconception for function in functions]
    assert named == [None, "squared", "squared"]


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


PARAMETRIZED = (
    "import pytest\n\n\n@points(1)\n@pytest.mark.parametrize('size', [3, 4])\n"
    "def test_it(student, reference, rng, size):\n    agree(student.task, reference.task, rng.array(size))\n"
)


@pytest.mark.parametrize("tests", [AGREES, PARAMETRIZED], ids=["plain", "parametrized"])
def test_a_judge_is_used_again_and_again(tmp_path: Path, tests: str) -> None:
    """Tests are collected once; each run judges what it is given."""
    judge = Judge([_spec(tmp_path, tests)], "secret")
    functions = (lambda x: x + x, lambda x: 3 * x, lambda x: x + x)
    assert [judge.run(_Local(function))[0].score for function in functions] == [2, 0, 2]


def test_each_set_of_parameters_is_a_test_of_its_own(tmp_path: Path) -> None:
    result = _run(_spec(tmp_path, PARAMETRIZED), lambda x: 2 * x if len(x) == 3 else 3 * x)
    found = [(test.name, test.score, test.misconception) for test in result.tests]
    assert found == [("test_it[3]", 1, None), ("test_it[4]", 0, "tripled")]


TWO_EXPLANATIONS = (
    "import numpy as np\n\n"
    "@points(1)\ndef test_three(student, reference):\n    agree(student.task, reference.task, np.array([3.0]))\n\n"
    "@points(1)\ndef test_two(student, reference):\n    agree(student.task, reference.task, np.array([2.0]))\n"
)


def test_of_two_explanations_the_passes_decide(tmp_path: Path) -> None:
    """At x = 3 tripling and squaring look alike; that x = 2 passes speaks for the one that is right there."""
    result = _run(_spec(tmp_path, TWO_EXPLANATIONS), lambda x: x * x)
    assert [test.verdict for test in result.tests] == ["failed", "passed"]
    assert result.tests[0].misconception == "squared"


def test_a_broken_hidden_test_is_our_fault_not_a_zero(tmp_path: Path) -> None:
    spec = _spec(tmp_path, "@points(2)\ndef test_it(student):\n    undefined_name\n")
    result = _run(spec, lambda x: x)
    assert result.at_fault and result.tests[0].verdict == "grader-fault"


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ("@points(1)\ndef test_it(): pass\n", "sum to 1, but its grade cell has 2"),
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
        _run(_spec(tmp_path, tests), lambda x: x)


def _measuring(tmp_path: Path, share: str) -> ExerciseSpec:
    """An exercise whose one test, worth 2 points, measures what the student's function makes of 1."""
    return _spec(
        tmp_path,
        "from homework.judge import measured\n\n\n@points(2)\ndef test_it(student):\n"
        f"    value = student.task(1)\n    return measured(value, {share})\n",
    )


def test_a_measured_value_gives_a_share_of_the_points(tmp_path: Path) -> None:
    spec = _measuring(tmp_path, "min(1, value / 4)")
    (whole,), (half,), (none,) = (_run(spec, lambda x, y=y: y).tests for y in (5, 2, 0))
    assert (whole.score, whole.verdict, whole.measured, whole.message) == (2, "passed", 5, "")
    assert (half.score, half.verdict, half.measured) == (1, "failed", 2)
    assert half.message == "Measured: 2. This gives 50% of the test's points."
    assert (none.score, none.verdict, none.measured) == (0, "failed", 0)


def test_only_what_was_measured_gives_a_share_of_the_points_in_the_schema(tmp_path: Path) -> None:
    schema = json.loads((ROOT / "docs" / "result-schema.json").read_text())
    validator = Draft202012Validator({"$ref": "#/$defs/test", "$defs": schema["$defs"]})
    (test,) = _run(_measuring(tmp_path, "0.5"), lambda x: 2).tests
    record = msgspec.to_builtins(test)
    assert validator.is_valid(record)
    del record["measured"]
    assert not validator.is_valid(record)


def test_a_measured_value_can_have_a_sentence_of_its_own(tmp_path: Path) -> None:
    spec = _measuring(tmp_path, "0.25, f'Accuracy: {value} of 8 images.'")
    (test,) = _run(spec, lambda x: 2).tests
    assert (test.score, test.message) == (0.5, "Accuracy: 2 of 8 images.")


@pytest.mark.parametrize("share", ["1.5", "-0.5", "float('nan')"])
def test_a_share_that_is_not_one_is_our_fault(tmp_path: Path, share: str) -> None:
    (test,) = _run(_measuring(tmp_path, share), lambda x: 1).tests
    assert test.verdict == "grader-fault" and test.score == 0
    assert "must be from 0 to 1, not " in test.message


def test_a_measured_value_that_is_not_finite_gives_nothing(tmp_path: Path) -> None:
    (test,) = _run(_measuring(tmp_path, "value"), lambda x: float("nan")).tests
    assert (test.verdict, test.score, test.measured) == ("failed", 0, None)
    assert "came out as nan" in test.message


def test_what_a_test_returns_by_mistake_is_our_fault(tmp_path: Path) -> None:
    spec = _spec(tmp_path, "@points(2)\ndef test_it(student):\n    return student.task(1) == 2\n")
    (test,) = _run(spec, lambda x: 2).tests
    assert test.verdict == "grader-fault" and "returns nothing or measured(...), not bool" in test.message


def test_an_equal_answer_is_given_the_same_measured_value_without_the_test(tmp_path: Path) -> None:
    spec = _spec(tmp_path, MEASURED_AND_COUNTED)
    judge = Judge([spec], "secret")
    found = []
    for function in (lambda x: x + x, lambda x: x * 2, lambda x: 3 * x):
        (test,) = judge.run(_Digested(function))[0].tests
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
    result = _run(_spec(tmp_path, tests), lambda x: 3 * x)
    assert result.tests[0].misconception == "tripled" and result.score == 7 * 0.125


def test_an_entry_is_spliced_with_its_helpers_alone(tmp_path: Path) -> None:
    bank = _spec(tmp_path, AGREES).bank
    code = bank.code(bank.misconceptions["tripled"])
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    assert namespace["task"](2) == 6
    assert "squared" not in code and "homework" not in code and "You tripled" not in code


def test_marks_of_the_bank_keep_the_function_usable() -> None:
    assert variant(abs.__class__ and (lambda x: x))(3) == 3
    assert misconception("…")(lambda x: x)(3) == 3
