"""Which misconceptions are named, and how two of them are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from homework.judge import Judge
from homework.judge.banks import BankError, Entry, Known, load
from homework.judge.banks.functions import FunctionBank
from homework.judge.banks.known import add_known
from homework.judge.compare import Tolerance
from homework.judge.naming import Found, named
from homework.judge.subject import Agreement, Call, Outcome, Reference
from homework.results import TestResult
from tests.homework.judge.support import AGREES, TWO_EXPLANATIONS, Digested, spec_of

A, B, C = (Entry(name, len, f"Sentence of {name}.") for name in "ABC")


def agreement(*contradicted: Entry, branch: tuple[str, ...] = ()) -> Agreement:
    """A call on which student and reference agreed, and these entries would not have."""
    expected = SimpleNamespace(
        outcome_of=lambda entry, _: Outcome(value=0.0 if entry in contradicted else 1.0),
        target=lambda _: 1.0,
        branch=lambda _: branch,
    )
    return Agreement(cast(Any, expected), cast(Any, None), Tolerance())


def found(*entries: Entry, raised: bool = False, branch: tuple[str, ...] = ()) -> Found:
    return Found(entries, failed=True, only_raised=raised, branch=branch)


def test_what_nothing_contradicts_comes_before_what_explains_more() -> None:
    """Batch statistics always, and nothing kept: each slip is named, not the one that looks like their sum."""
    tests = [found(A, B), found(A, B), found(A, C), found(A, C)]
    assert named(tests, 4, [agreement(A)]) == [B, B, C, C]
    assert named(tests, 4, []) == [A, A, A, A]


def test_a_rare_second_slip_is_named_where_nothing_contradicts_it() -> None:
    tests = [found(A)] * 10 + [found(B)] * 2
    assert named(tests, 12, [])[-1] is B
    assert named(tests, 12, [agreement(B)])[-1] is None
    assert named([*tests[:10], found(B)], 11, [])[-1] is None, "one failure may be a coincidence"


def test_a_slip_in_one_branch_is_not_contradicted_by_the_others() -> None:
    """A 3 x 3 kernel in the pointwise layer alone: the pointwise part of a separable layer may be right."""
    tests = [found(A, branch=("pointwise",))] * 2
    elsewhere, here = agreement(A, branch=("separable",)), agreement(A, branch=("pointwise",))
    assert named(tests, 2, [elsewhere] * 3) == [A, A]
    assert named(tests, 2, [here] * 3) == [None, None]
    assert named([*tests, found(A, branch=("separable",))], 3, [elsewhere] * 4) == [None] * 3
    assert named([found(A, B, branch=("pointwise",))], 1, [elsewhere]) == [B], (
        "nothing contradicts it anywhere"
    )


def test_an_exception_alone_names_only_what_explains_everything() -> None:
    raised = found(A, B, raised=True)
    assert named([raised, found(raised=True)], 0, [agreement()]) == [None, None]
    assert named([raised, raised], 0, []) == [None, None], "nothing worked: that is no pattern"
    assert named([raised, raised], 0, [agreement(A)]) == [B, B]
    assert named([found(A), raised], 1, [agreement()]) == [A, A]


def bank(folder: Any, pairs: str) -> FunctionBank:
    folder.mkdir(exist_ok=True)
    (folder / "reference.py").write_text("def twice(x):\n    return 2 * x\n")
    (folder / "variants.py").write_text(
        "from homework.judge import variant\n\n@variant\ndef added(x):\n    return x + x\n"
    )
    (folder / "misconceptions.py").write_text(
        "from homework.judge import misconception, together\n\n"
        "def _right(x, factor=2):\n    return factor * x\n\n"
        '@misconception("Three.")\ndef thrice(x):\n    return _right(x, factor=3)\n\n'
        '@misconception("Sign.")\ndef minus(x):\n    return -_right(x)\n\n'
        '@misconception("Zero.")\ndef zero(x):\n    return 0 * x\n\n'
        f"PAIRS = together(_right, {pairs})\n"
    )
    return FunctionBank(folder, "twice")


def test_a_pair_is_a_misconception_of_its_own(tmp_path: Any) -> None:
    for pairs in ("(thrice, minus)", "(minus, thrice)"):
        entries = bank(tmp_path / pairs, pairs)  # of one path Python would keep what it compiled
        name = pairs.strip("()").replace(", ", "_and_")
        entry = entries.misconceptions[name]
        assert entry.function(5) == -15
        assert entry.sentence is not None and "Three." in entry.sentence and "Sign." in entry.sentence
        namespace: dict[str, Any] = {}
        exec(entries.code(entry), namespace)
        assert namespace["twice"](5) == -15
        assert entries.misconceptions["minus"].function(5) == -10


def test_the_source_of_an_entry_has_what_it_needs_and_no_more(tmp_path: Any) -> None:
    """An import that only another entry needs can take longer than grading; what does something stays."""
    entries = bank(tmp_path, "(thrice, minus)")
    module = tmp_path / "misconceptions.py"
    module.write_text(
        "import math\nimport turtle\nimport numpy as np\n\nFACTOR = 3\n_UNUSED = turtle.Turtle\nown = {'width': 0.5}\nnp.seterr(all='ignore')\n\n"
        "def _times(x):\n    return math.prod((x, FACTOR))\n\n"
        + module.read_text().replace("_right(x, factor=3)", "_times(x)")
    )
    source = entries.code(entries.misconceptions["thrice"])
    exec(source, namespace := {})  # type: ignore[var-annotated]
    assert namespace["twice"](5) == 15
    assert "seterr" in source and "turtle" not in source and "_right" not in source
    assert namespace["own"] == {"width": 0.5}, "what is public belongs to the solution: tests may ask for it"


def test_what_draws_random_numbers_is_named_the_same_each_time(tmp_path: Path) -> None:
    """Dropout in a misconception, say: it must not depend on what ran before whether it explains an answer."""
    spec = spec_of(
        tmp_path, "@points(2)\ndef test_it(student, reference):\n    agree(student.task, reference.task, 1)\n"
    )
    module = tmp_path / "solutions" / "task" / "misconceptions.py"
    module.write_text(
        "import random\nimport numpy as np\nimport torch\nfrom homework.judge import misconception\n\n"
        "@misconception('You guessed.')\ndef guessed(x):\n"
        "    return torch.tensor([random.random(), np.random.random(), torch.rand(()).item()])\n"
    )
    entry = load("functions", module.parent, "task").misconceptions["guessed"]
    reference = Reference(spec.bank, {"task": abs})
    calls = [reference.task for _ in range(2)]
    drawn = [call.outcome_of(entry, Call("task", call.driver, (1,), {})).value.tolist() for call in calls]
    assert drawn[0] == drawn[1]


def test_a_pair_that_cannot_be_put_together_is_refused(tmp_path: Any) -> None:
    with pytest.raises(BankError, match="`zero` does not call `_right`"):
        bank(tmp_path, "(thrice, zero)")


def test_answers_that_were_named_are_known_again(tmp_path: Path) -> None:
    """To the bit, in all of their tests; a misconception of the bank goes first, and other answers have no name."""
    spec = spec_of(tmp_path, TWO_EXPLANATIONS)

    def judged(function: Callable[..., Any]) -> list[TestResult]:
        return Judge([spec], "secret").run(Digested(function))[0].tests

    wrong = judged(lambda x: 7 * x)
    digests = {test.name: test.answers for test in wrong}
    assert all(digests.values()) and len(set(digests.values())) == 2
    assert {test.name: test.answers for test in judged(lambda x: x * 7.0)} == digests
    assert [test.answers for test in judged(lambda x: 2 * x)] == ["", ""]
    assert [test.answers for test in Judge([spec], "other").run(Digested(lambda x: 7 * x))[0].tests] != [
        *digests.values()
    ]
    add_known(tmp_path / "solutions" / "task", Known("sevenfold", 'Not "seven"\\.', digests))
    spec = replace(spec, bank=load("functions", tmp_path / "solutions" / "task", "task"))
    assert [(test.misconception, test.message) for test in judged(lambda x: 7 * x)] == [
        ("sevenfold", 'Not "seven"\\.')
    ] * 2
    assert [test.misconception for test in judged(lambda x: 3 * x)] == ["tripled", "tripled"]
    assert [test.misconception for test in judged(lambda x: 7 * x if x[0] == 3 else 9 * x)] == [None, None]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[a]\nsentence = 'x'\n", r"\[a\] needs a sentence and answers"),
        ("[a\n", "cannot be read"),
        ("[tripled]\nsentence = 'x'\nanswers = { t = '0' }\n", "'tripled' is in misconceptions.py, too"),
    ],
)
def test_entries_that_are_malformed_are_refused(tmp_path: Path, text: str, says: str) -> None:
    spec_of(tmp_path, AGREES)
    folder = tmp_path / "solutions" / "task"
    (folder / "named.toml").write_text(text)
    with pytest.raises(BankError, match=says):
        load("functions", folder, "task")
