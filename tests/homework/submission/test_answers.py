"""`answers.json` contains what the student typed, and the state of each solution cell."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from homework.results import Result, Score, Status, Submitted
from homework.submission.answers import ANSWERS, Answers
from homework.submission.read import read
from homework.submission.rebuild import State, rebuild
from homework.submission.splice import fill
from homework.submission.template import Template
from homework.untrusted.pictures import Pictures
from tests.homework.report.support import png

RESULT = Result(
    assignment="hw1",
    student="ada",
    status=Status.GRADED,
    submission=Submitted("ab" * 32, []),
    score=Score(0.0, 42.5, []),
    exercises=[],
    environment={},
)


def typed(template: Template, notebook: dict[str, Any]) -> Answers:
    """The answers of a submission, written and read again."""
    cells, _ = read(json.dumps(notebook).encode())
    rebuilt = rebuild(template, cells)
    return Answers.of(RESULT, rebuilt.cells, rebuilt.states, Pictures())


def test_each_solution_cell_has_its_state(template: Template) -> None:
    notebook = fill(template, {"warmup_a": "Since $a<b$.", "warmup_b": " \n ", "cross_corr_2d": "x = 1"})
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") != "warmup_c"
    ]
    found = typed(template, notebook)
    assert {name: found.answers[name].state for name in ("warmup_a", "warmup_b", "warmup_c", "warmup_d")} == {
        "warmup_a": State.ANSWERED,
        "warmup_b": State.BLANK,
        "warmup_c": State.MISSING,
        "warmup_d": State.UNTOUCHED,
    }
    assert found.answers["warmup_a"].source == "Since $a<b$."
    assert found.answers["warmup_b"].source == found.answers["warmup_c"].source == ""
    assert (found.code["cross_corr_2d"].state, found.code["cross_corr_2d"].source) == (
        State.ANSWERED,
        "x = 1",
    )
    assert found.code["spatial_batchnorm_forward"].state is State.UNTOUCHED


def test_pictures_are_reencoded_and_other_attachments_are_named(template: Template, tmp_path: Path) -> None:
    notebook = fill(template, {"warmup_a": "![s](attachment:s.png)"})
    cell = next(
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "warmup_a"
    )
    cell["attachments"] = {"s.png": {"image/png": png(5, 4)}, "t.svg": {"image/svg+xml": "<svg/>"}}
    answer = typed(template, notebook).answers["warmup_a"]
    (picture,) = answer.pictures
    assert (picture.name, picture.width, picture.height) == ("s.png", 5, 4)
    assert picture.png.startswith(b"\x89PNG")
    assert answer.lost == ["t.svg"]
    content = [answer.source, hashlib.sha256(picture.png).hexdigest()]
    assert answer.sha256 == hashlib.sha256(json.dumps(content).encode()).hexdigest()
    (tmp_path / ANSWERS).write_text(typed(template, notebook).text())
    plain = json.loads((tmp_path / ANSWERS).read_text())
    assert base64.b64decode(plain["answers"]["warmup_a"]["pictures"][0]["png"]) == picture.png
    assert Answers.read(tmp_path).answers["warmup_a"] == answer


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": 1}', '{"schema": 1, "answers": {"a": {"state": "odd"}}}']
)
def test_a_damaged_file_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / ANSWERS).write_text(text)
    with pytest.raises(ValueError, match=r".+"):
        Answers.read(tmp_path)
