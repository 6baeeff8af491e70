"""The bank of broken submissions and broken systems: each is handled as the file beside it expects.

A folder of `faults/bytes/` or `faults/notebooks/` is one submission: `make.py` makes it from a right notebook, and
`expected.toml` says `what` is wrong with it, and has the status, the score, how many answers wait for a person, and the
sentences that people read.

A folder of `faults/system/` breaks a course: `inject.py` breaks it, yields, and repairs it; `expected.toml` says `what` is
broken, and has the exit status of `homework autograde` and what it says while the course is broken. After the repair, the
same command ends with what an undisturbed course has.
"""

from __future__ import annotations

import copy
import json
import os
import runpy
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from homework.cli import main
from homework.commands.autograde import autograde
from homework.course import Course
from homework.gradebook.database import open_gradebook
from homework.grading import Grader
from homework.pool import Pool
from homework.pool.grader_process import Finish
from homework.submission.handin import Submission
from homework.submission.template import Template
from tests.homework import records
from tests.homework.support import copy_course, exercise, filled

BANK = Path(__file__).parent
SYSTEMS = sorted(path.parent for path in BANK.glob("system/*/inject.py"))
SUBMISSIONS = sorted(path.parent for path in BANK.glob("*/*/make.py"))


@pytest.fixture(scope="module")
def grader(course: Course) -> Iterator[Grader]:
    """A warm grader of hw1, more patient than the one that students have: the machine may be busy."""
    with Grader(course, "hw1") as warm:
        warm.limits = replace(
            warm.limits, seconds_per_cell=120, seconds_per_call=60, seconds_per_submission=600
        )
        yield warm


@pytest.fixture(scope="module")
def right(course: Course, template: Template, references: dict[str, str]) -> dict[str, Any]:
    """A notebook in which every exercise is right and every question is answered."""
    answers = {name: f"My answer to {name}." for name in course.assignment("hw1").questions}
    return filled(template, {**references, **answers})


def submission(folder: Path, right: dict[str, Any], released: dict[str, Any]) -> bytes:
    """What the recipe in `folder` makes: bytes, or a notebook (the one given, if it returns nothing)."""
    given = copy.deepcopy(right)
    made = runpy.run_path(str(folder / "make.py"))["make"](given, copy.deepcopy(released))
    return made if isinstance(made, bytes) else json.dumps(given if made is None else made).encode()


@pytest.mark.parametrize("folder", SUBMISSIONS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_broken_submission(grader: Grader, right: dict[str, Any], template: Template, folder: Path) -> None:
    """Right work that can be read gets its marks; what is lost is lost for the reason named."""
    expected = tomllib.loads((folder / "expected.toml").read_text())
    (graded,) = grader.grade([Submission("ada", submission(folder, right, template.notebook))])
    result = graded.result.to_json()
    assert result.get("reason") == expected.get("reason")
    assert result["submission"]["notes"] == expected.get("notes", [])
    lost = expected.get("lost", {})
    for name, loss in lost.items():
        assert exercise(result, name)["score"] == loss["score"]
        messages = [
            test["message"] for test in exercise(result, name)["tests"] if test["verdict"] != "passed"
        ]
        assert messages and all(loss["says"] in message for message in messages), messages
    assert result["status"] == expected["status"], expected["what"]
    assert result["score"]["auto"] == expected["score"], expected["what"]
    assert len(result["score"]["to_review"]) == expected["to_review"]


# ---------------------------------------------------------------------------------------------- systems


@pytest.fixture(scope="module")
def waiting(
    right: dict[str, Any], template: Template, grader: Grader, tmp_path_factory: pytest.TempPathFactory
) -> Course:
    """A course where ada was graded, and got marks of a person; bob and cleo wait. Not to be written into."""
    course = copy_course(tmp_path_factory.mktemp("class") / "my course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Homework.limits = {{'*': {asdict(grader.limits)!r}}}\n")
    wrong = {**right, "cells": [one for one in right["cells"] if one["id"] != "spatial_batchnorm_forward"]}
    for student, notebook in {"ada": right, "bob": wrong, "cleo": template.notebook}.items():
        (course.submitted / student / "hw1").mkdir(parents=True)
        (course.submitted / student / "hw1" / "hw1.ipynb").write_text(json.dumps(notebook))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homework.pool.Pool.grade", on(grader))
        autograde(course, "hw1", ["ada"], quiet=True)
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("warmup_a", "hw1", "hw1", "ada")
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        gradebook.find_comment("warmup_a", "hw1", "hw1", "ada").manual_comment = "Well said."
        gradebook.db.commit()
    return course


def on(grader: Grader) -> Callable[..., None]:
    """Grade on a grader that is warm already, rather than on processes that take seconds to start."""

    def grade(
        _: Pool, submissions: Sequence[Submission], on_result: Callable[[Any], None], finish: Finish[Any]
    ) -> None:
        grader.grade_each(submissions, lambda graded: on_result(finish(grader, graded)))

    return grade


@pytest.fixture
def own(waiting: Course, tmp_path: Path) -> Course:
    """The waiting course, to break."""
    shutil.copytree(waiting.root, tmp_path / "my course", symlinks=True)
    return Course(tmp_path / "my course")


@pytest.fixture(scope="module")
def undisturbed(waiting: Course, grader: Grader, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the class's records are after `homework autograde` without any fault."""
    root = tmp_path_factory.mktemp("undisturbed") / "my course"
    shutil.copytree(waiting.root, root, symlinks=True)
    course = Course(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homework.pool.Pool.grade", on(grader))
        autograde(course, "hw1", quiet=True)
    assert ("ada", "warmup_a", None, 2.0, None, 0) in records.rows(course)
    return state(course)


def state(course: Course) -> dict[str, Any]:
    """What is recorded of the class; others who came with a fault do not count."""
    names = {"ada", "bob", "cleo"}
    return {
        "rows": [row for row in records.rows(course) if row[0] in names],
        "receipts": {name: one for name, one in records.receipts(course).items() if name in names},
        "notebooks": {name: one for name, one in records.notebooks(course).items() if name in names},
        "half-written": records.half_written(course),
    }


def command(course: Course, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The exit status of `homework autograde hw1` in this process, and all that it says."""
    monkeypatch.setenv("HOMEWORK_COURSE", str(course.root))
    done = CliRunner().invoke(main, ["autograde", "hw1"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def command_of_a_user(course: Course) -> tuple[int, str]:
    """The same in a process that permissions bind, which they do not bind root."""
    bound = [
        "setpriv",
        "--bounding-set=-dac_override,-dac_read_search",
        "--inh-caps=-dac_override,-dac_read_search",
    ]
    prefix = [*bound, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "homework", "autograde", "hw1", "--jobs=1"],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": os.environ.get("HOME", "/root"),
            "HOMEWORK_COURSE": str(course.root),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("folder", SYSTEMS, ids=lambda path: path.name)
def test_a_broken_system(
    own: Course, undisturbed: dict[str, Any], grader: Grader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told in a sentence; when it is mended, the same command completes the class and nothing is lost."""
    monkeypatch.setattr("homework.pool.Pool.grade", on(grader))
    monkeypatch.setattr("homework.gradebook.database._BUSY_MILLISECONDS", 100)  # a user waits for longer
    expected = tomllib.loads((folder / "expected.toml").read_text())
    with ExitStack() as cleanup:
        fault = contextmanager(runpy.run_path(str(folder / "inject.py"))["fault"])
        with needs_privileges(), fault(own, cleanup):
            status, said = command_of_a_user(own) if expected.get("user") else command(own, monkeypatch)
        assert "Traceback" not in said
        assert not [words for words in expected["says"] if words not in said], said
        assert status == expected["exit"], f"{expected['what']} {said}"
        status, said = command(own, monkeypatch)
        assert status == 0, said
        after = state(own)
        if expected.get("asks_again"):
            # Without a receipt nobody knows what the person looked at who gave ada these marks.
            assert set(after["rows"]) - set(undisturbed["rows"]) == {("ada", "warmup_a", None, 2.0, None, 1)}
            after["rows"] = undisturbed["rows"]
        assert after == undisturbed


@contextmanager
def needs_privileges() -> Iterator[None]:
    """Skip a fault that only root can cause, or that this container does not allow."""
    try:
        yield
    except (PermissionError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this fault cannot be caused here: {error}")
