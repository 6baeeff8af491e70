"""The published schema accepts what the grader returns, and rejects anything else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from homework.course import Course
from homework.report.feedback import write_feedback
from homework.results import Receipt, Recorded, Status, Verdict
from homework.submission.answers import Answers
from homework.untrusted.pictures import Pictures
from tests.homework.report.support import (
    CELLS,
    FAILED_BY_FLIP,
    OTHERS,
    RECORDED,
    Seen,
    a_class,
    notebook,
    result,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "result-schema.json").read_text())


def problems(value: dict[str, Any]) -> list[str]:
    """The schema's objections to a result."""
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(value)
    ]


def test_the_schema_admits_what_results_are() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for value in a_class():
        assert problems(value) == []
        assert problems({**value, "recorded": RECORDED}) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"status": "unreadable"}, "$.score.auto"),
        ({"status": "grader-fault", "reason": "x"}, "$.score.auto"),
        ({"reason": "graded after all"}, "$"),
        ({"status": "fine"}, "$.status"),
        ({"score": {"auto": None, "auto_max": 10, "to_review": []}}, "$.score.auto"),
        (
            {"exercises": [{"name": "f", "score": 1, "max": 1, "seconds": 0, "tests": []}]},
            "$.exercises[0].tests",
        ),
        ({"grade": "A"}, "$"),
    ],
)
def test_the_schema_refuses_what_results_are_not(change: dict[str, Any], where: str) -> None:
    value = result("ada", FAILED_BY_FLIP[:1] + OTHERS[:1]) | change
    assert where in {problem.partition(":")[0] for problem in problems(value)}


def declared(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema of an object says: its properties, those that are required, and the values of an enumeration."""
    properties = schema.get("properties", {})
    return {
        "properties": set(properties),
        "required": set(schema.get("required", ())),
        **{name: set(value["enum"]) for name, value in properties.items() if "enum" in value},
    }


def test_the_schema_is_that_of_the_types() -> None:
    """Field for field: a reader of the page and a reader of the code see the same record."""
    own = msgspec.json.schema(Receipt)["$defs"]
    for name, enumeration in (("Status", Status), ("Verdict", Verdict)):
        assert own[name]["enum"] == sorted(enumeration)
    published = {
        "Receipt": SCHEMA,
        "Submitted": SCHEMA["properties"]["submission"],
        "Score": SCHEMA["properties"]["score"],
        "Recorded": SCHEMA["properties"]["recorded"],
        "ExerciseResult": SCHEMA["$defs"]["exercise"],
        "TestResult": SCHEMA["$defs"]["test"],
    }
    for name, schema in published.items():
        ours, page = declared(own[name]), declared(schema)
        assert ours["properties"] == page["properties"], name
        if name == "Receipt":  # the page is of a result, which has not been recorded yet
            ours["required"].discard("recorded")
        if name != "Recorded":  # receipts of older versions lack what nothing depends on
            assert ours["required"] == page["required"], name
    assert declared(SCHEMA)["status"] == set(Status)
    assert declared(SCHEMA["$defs"]["test"])["verdict"] == set(Verdict)


def test_a_receipt_is_read_as_it_was_written() -> None:
    for value in a_class():
        receipt = {**value, "recorded": RECORDED}
        assert json.loads(Receipt.from_json(json.dumps(receipt)).text()) == receipt


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"status": "fine"}, "$.status"),
        ({"schema": 2}, "$.schema"),
        ({"exercises": [{"name": "f"}]}, r"$.exercises[0]"),
        ({"score": {"auto": float("nan"), "auto_max": 10, "to_review": []}}, "NaN"),
        ({"score": {"auto": "ten", "auto_max": 10, "to_review": []}}, "$.score.auto"),
        ({"submission": {"notes": []}}, "$.submission"),
        ({"recorded": {"answers": []}}, "$.recorded.answers"),
        ({"recorded": None}, "$.recorded"),
    ],
)
def test_a_damaged_receipt_is_refused_with_the_place(change: dict[str, Any], where: str) -> None:
    receipt = {**result("ada", OTHERS), "recorded": RECORDED, **change}
    with pytest.raises(ValueError, match=re.escape(where)):
        Receipt.from_json(json.dumps(receipt))


def test_what_the_grader_gives_is_what_the_schema_says(tmp_path: Path) -> None:
    from homework.grading import Grader
    from homework.sandbox import SandboxUnavailable
    from homework.submission.handin import Submission
    from homework.submission.splice import splice

    course = mini_course(tmp_path / "course")
    with Grader(course, "hw1") as grader:
        flipped = json.loads(json.dumps(splice(grader.template, "def correlate(X, K):\n    return -X * K")))
        next(c for c in flipped["cells"] if c["id"] == "depth")["source"] = ["Because of **layers**."]
        handed_in = [
            Submission(
                "right",
                json.dumps(splice(grader.template, "def correlate(X, K):\n    return X * K")).encode(),
            ),
            Submission("wrong", json.dumps(flipped).encode()),
            Submission("blank", json.dumps(grader.template.notebook).encode()),
            Submission("broken", b"%PDF-1.7"),
            Submission("none", None, "The file hw1.ipynb cannot be opened: it is a link."),
        ]
        try:
            graded = grader.grade(handed_in)
        except SandboxUnavailable as reason:
            pytest.skip(f"no sandbox here: {reason}")
        graded.append(grader.fault(handed_in[0], "a grading process died on this submission, twice"))
    by_name = {g.result.student: g.result for g in graded[:-1]}
    for found in graded:
        assert problems(found.result.to_json()) == []
    assert [by_name[name].score.auto for name in ("right", "wrong", "blank", "broken")] == [10, 4, 0, 0]
    for found in graded[:2]:
        folder = course.autograded / found.result.student / "hw1"
        folder.mkdir(parents=True)
        (folder / "receipt.json").write_text(Receipt.of(found.result, Recorded(answers={})).text())
        typed = Answers.of(found.result, (cell for cell, _ in found.cells), found.states, Pictures())
        (folder / "answers.json").write_text(typed.text())
    right, wrong = (Seen(page.read_text()).text for page in write_feedback(course, "hw1", scores={}))
    assert "✓ All 2 tests passed" in right
    assert "Your sign is turned. This explains 1 test:" in wrong
    assert "(a) Depth waits for review Because of layers ." in wrong


def mini_course(root: Path) -> Course:
    """A course that can be graded: one exercise worth ten points, in two tests."""
    for folder in ("source", "release"):
        (root / folder / "hw1").mkdir(parents=True)
        (root / folder / "hw1" / "hw1.ipynb").write_text(notebook(*CELLS))
    bank, tests = root / "solutions" / "hw1" / "correlate", root / "tests" / "hw1"
    bank.mkdir(parents=True)
    tests.mkdir(parents=True)
    (bank / "reference.py").write_text("def correlate(X, K):\n    return X * K\n")
    (bank / "variants.py").write_text(
        "from homework.judge import variant\n\n\n@variant\ndef other(X, K):\n    return K * X\n"
    )
    (bank / "misconceptions.py").write_text(
        "from homework.judge import misconception\n\n\n"
        "@misconception('Your sign is turned.')\ndef turned(X, K):\n    return -X * K\n"
    )
    (tests / "test_correlate.py").write_text(
        "from homework.judge import agree, points\n\n\n"
        "@points(6)\ndef test_value(student, reference, rng):\n"
        '    """The value."""\n    agree(student.correlate, reference.correlate, rng.integers(2, 9), 3)\n\n\n'
        "@points(4)\ndef test_zero(student, reference, rng):\n"
        '    """Nothing times nothing."""\n    agree(student.correlate, reference.correlate, 0, 0)\n'
    )
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Homework.secret = 'x'\n")
    return Course(root)
