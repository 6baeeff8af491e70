"""Hidden tests that are written for a test, and functions that answer them without a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homework.judge import ExerciseSpec, Judge
from homework.judge.banks import load
from homework.judge.subject import Call, Outcome
from homework.results import ExerciseResult


def spec_of(tmp_path: Path, tests: str, points: float = 2) -> ExerciseSpec:
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


class Local:
    """A subject that runs in this process: the judge needs no sandbox to be tested."""

    name = "ada"
    files: Mapping[str, bytes] = MappingProxyType({})

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def expect(self, plan: Sequence[Call]) -> None:
        self.plan = [call.args for call in plan]

    def call(self, call: Call) -> Outcome:
        return Outcome(value=self.function(*call.args, **call.kwargs))


class Digested(Local):
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


def run_tests(spec: ExerciseSpec, function: Callable[..., Any]) -> ExerciseResult:
    (result,) = Judge([spec], "secret").run(Local(function))
    return result


AGREES = "@points(2)\ndef test_it(student, reference, rng):\n    '''Right.'''\n    agree(student.task, reference.task, rng.array(3))\n"

PARAMETRIZED = (
    "import pytest\n\n\n@points(1)\n@pytest.mark.parametrize('size', [3, 4])\n"
    "def test_it(student, reference, rng, size):\n    agree(student.task, reference.task, rng.array(size))\n"
)
TWO_EXPLANATIONS = (
    "import numpy as np\n\n"
    "@points(1)\ndef test_three(student, reference):\n    agree(student.task, reference.task, np.array([3.0]))\n\n"
    "@points(1)\ndef test_two(student, reference):\n    agree(student.task, reference.task, np.array([2.0]))\n"
)
