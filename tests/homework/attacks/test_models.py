"""The bank of attacks of networks, graded as a class in either tier, with right networks between them.

What must hold: a network that hides what it computes or what it knows is refused, or counted in full; the judge goes on;
and the networks beside it get what they deserve.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homework.course.cells import grade_cell, name_of
from homework.judge.banks import load as load_bank
from homework.judge.weights import read_weights
from homework.sandbox.inside import landlock
from homework.submission.splice import fill
from homework.submission.template import Template
from tests.homework.attacks import model_bank
from tests.homework.attacks.bank import LEFT
from tests.homework.attacks.model_bank import EXERCISE, FILE, ModelAttack
from tests.homework.support import copy_course, in_turn

ATTACKS = model_bank.load()
KEPT = ("environment", "setup", f"{EXERCISE}_text", EXERCISE, grade_cell(EXERCISE))
PARTLY = ("step_two_alone", "hidden_layer_after_pooling")  # networks that get a share of the points
LIMITS = {"seconds_per_call": 4, "seconds_per_submission": 30}  # long enough for a machine that is busy


@dataclass
class Batch:
    """What came of grading the bank in one tier."""

    tier: str
    receipts: dict[str, dict[str, Any]]

    def tests(self, student: str) -> dict[str, dict[str, Any]]:
        """How each test of one student ended."""
        (exercise,) = self.receipts[student]["exercises"]
        return {test["name"]: test for test in exercise["tests"]}


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def batch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """The bank, handed in and graded by the command that people use, in one tier of the sandbox."""
    if request.param == "landlock" and landlock.version() == 0:
        pytest.skip("this kernel has no Landlock")
    course = copy_course(tmp_path_factory.mktemp("attacked") / "course")
    for path in (course.assignment("hw4").notebook, course.assignment("hw4").released_notebook):
        notebook = json.loads(path.read_text())
        notebook["cells"] = [cell for cell in notebook["cells"] if name_of(cell) in KEPT]
        path.write_text(json.dumps(notebook))
    tests = course.tests("hw4", EXERCISE)
    fewer = re.sub(
        r"(PICTURES, SENT, TOGETHER, \w+, \w+ =) \d+, \d+, \d+", r"\1 200, 100, 100", tests.read_text()
    )
    assert fewer != tests.read_text(), "2,000 pictures would take minutes"
    tests.write_text(fewer)
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Homework.limits = {{'*': {LIMITS!r}}}\n")
    bank = load_bank("models", course.solutions("hw4", EXERCISE), EXERCISE)
    template, source, file = Template(notebook), bank.code(None), bank.files(None, [FILE])[FILE]
    weights = {
        name: value.float() if value.is_floating_point() else value
        for name, value in read_weights(file, FILE).items()
    }
    handed_in = {"zz": (source, file)}
    for number, attack in enumerate(ATTACKS):
        handed_in[attack.name] = attack.hand_in(source, weights)
        if number % 4 == 0:
            handed_in[f"{attack.name}~right"] = (source, file)
    for name in PARTLY:
        one = (bank.code(bank.misconceptions[name]), bank.files(bank.misconceptions[name], [FILE])[FILE])
        handed_in |= {f"{name} {number}": one for number in (1, 2)}
    for student, (code, data) in handed_in.items():
        folder = course.submitted / student / "hw4"
        folder.mkdir(parents=True)
        (folder / "hw4.ipynb").write_text(json.dumps(fill(template, {EXERCISE: code})))
        (folder / FILE).write_bytes(data)
    path = "/usr/bin:/bin" if request.param == "bubblewrap" else "/nowhere"
    environment = {**os.environ, "PATH": path, "HOMEWORK_COURSE": str(course.root)}
    command = [sys.executable, "-m", "homework", "autograde", "hw4", "--quiet", "--jobs", "1"]
    with in_turn(request.param):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    receipts = {
        path.parts[-3]: json.loads(path.read_text()) for path in course.autograded.glob("*/hw4/receipt.json")
    }
    assert receipts.keys() == handed_in.keys()
    assert not (Path("/tmp") / LEFT).exists()
    return Batch(request.param, receipts)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_network_gains_nothing(batch: Batch, attack: ModelAttack) -> None:
    receipt, tests = batch.receipts[attack.name], batch.tests(attack.name)
    assert receipt["status"] == "graded", receipt.get("reason")
    said = " ".join(test["message"] for test in tests.values())
    if attack.refused is not None:
        assert receipt["score"]["auto"] <= attack.points, said
        # On a machine that is busy the submission may run out of time before one call does.
        assert any(one in said for one in attack.refused.split(" | ")), said
        return
    for name, least in (("parameters", attack.parameters), ("macs", attack.macs)):
        if least:
            assert tests[f"test_few_{name}"].get("measured", 0) >= least, said


def test_right_networks_between_attacks_get_full_marks(batch: Batch) -> None:
    right = [student for student in batch.receipts if student.endswith("~right") or student == "zz"]
    points = {student: batch.receipts[student]["score"]["auto"] for student in right}
    assert set(points.values()) == {34.0}, {name: said for name, said in points.items() if said != 34}
    assert batch.receipts["zz"]["environment"]["sandbox"] == batch.tier


POINTS: dict[str, list[tuple[float, float | None]]] = {}  # of the tier that was first


@pytest.mark.parametrize("name", PARTLY)
def test_the_same_network_gets_the_same_points(batch: Batch, name: str) -> None:
    """In either tier, before and after attacks, to the last bit of what was measured."""
    first, second = (
        [(test["score"], test.get("measured")) for test in batch.tests(f"{name} {number}").values()]
        for number in (1, 2)
    )
    assert first == second and 0 < batch.receipts[f"{name} 1"]["score"]["auto"] < 34
    assert POINTS.setdefault(name, first) == first
