"""What the package's tests share: the real course, a copy of it to write into, and a warm grader."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pyseccomp
import pytest
from hypothesis import HealthCheck, settings

from homework.course import Course
from homework.grading import Grader
from homework.submission.handin import Submission
from homework.submission.template import Template
from tests.homework.source import load

# The same inputs every time and everywhere; `make fuzz` looks for others.
_FORM = settings(deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("repeatable", _FORM, max_examples=100, derandomize=True)
settings.register_profile("fuzz", _FORM, max_examples=10_000, print_blob=True)
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parents[2]
COURSE_PARTS = ("source", "release", "solutions", "tests", "nbgrader_config.py")


@contextmanager
def in_turn(tier: str) -> Iterator[None]:
    """Fork without end in `tier` while no other process of tests does so in the second, which counts them together."""
    if tier != "landlock":
        yield
        return
    with Path(tempfile.gettempdir(), "homework-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def course() -> Course:
    """The repository itself; tests do not write into it."""
    return Course(ROOT)


@pytest.fixture(scope="session")
def template(course: Course) -> Template:
    """The release of hw1."""
    return Template.load(course.assignment("hw1").released_notebook)


@pytest.fixture(scope="session")
def grader(course: Course) -> Iterator[Grader]:
    """A warm grader of hw1 in the real sandbox."""
    with Grader(course, "hw1") as warm:
        warm.limits = replace(warm.limits, seconds_per_cell=2, seconds_per_call=1)  # endless loops end sooner
        yield warm


@pytest.fixture(scope="session")
def references(course: Course) -> dict[str, str]:
    """Source of every reference solution of hw1, by exercise."""
    return {
        name: (course.solutions("hw1", name) / "reference.py").read_text()
        for name in course.assignment("hw1").exercises
    }


@pytest.fixture
def utils(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The students' helper, importable as in their folder."""
    module = load(ROOT / "source" / "hw1" / "eep590_utils.py")
    monkeypatch.setitem(sys.modules, "eep590_utils", module)
    return module


@pytest.fixture
def grade(grader: Grader) -> Callable[[Any], dict[str, Any]]:
    """Grade one notebook (a dict, or raw bytes) and return the result."""

    def one(notebook: Any, student: str = "ada") -> dict[str, Any]:
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        return grader.grade([Submission(student, data)])[0].result

    return one


def copy_course(target: Path) -> Course:
    """A course of one's own in `target`, without submissions."""
    target.mkdir(parents=True, exist_ok=True)
    for part in COURSE_PARTS:
        origin = ROOT / part
        if origin.is_dir():
            shutil.copytree(origin, target / part, ignore=shutil.ignore_patterns("__pycache__", "homework"))
        else:
            shutil.copyfile(origin, target / part)
    return Course(target)


@pytest.fixture
def own_course(tmp_path: Path) -> Course:
    """A copy of the course that a test may write into, in a folder with a space in its name."""
    return copy_course(tmp_path / "my course")


def hand_in_class(course: Course, count: int) -> None:
    """Hand in `count` right and wrong submissions of hw1, made of the banks, by students s0 and following."""
    from homework.judge import Bank
    from homework.submission.splice import fill

    template = Template.load(course.assignment("hw1").released_notebook)
    banks = [Bank(name, course.solutions("hw1", name)) for name in course.assignment("hw1").exercises]
    for number in range(count):
        sources = {"warmup_a": f"The answer of s{number}."}
        for index, bank in enumerate(banks):
            entries = [*bank.variants.values(), *bank.misconceptions.values()]
            alone = [None, *(entry for entry in entries if not entry.also)]
            sources[bank.exercise] = bank.code(alone[(7 * number + index) % len(alone)])
        folder = course.submitted / f"s{number}" / "hw1"
        folder.mkdir(parents=True)
        (folder / "hw1.ipynb").write_text(json.dumps(fill(template, sources)))


def results_of(course: Course) -> dict[str, Any]:
    """What the receipts of hw1 say, by student, but for times."""
    found = {}
    for path in sorted(course.autograded.glob("*/hw1/receipt.json")):
        receipt = json.loads(path.read_text())
        del receipt["recorded"]["at"]
        for exercise in receipt["exercises"]:
            del exercise["seconds"]
        found[path.parts[-3]] = receipt
    return found


def run_homework(*arguments: str, course: Path = ROOT, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command `homework` as a user would, without the virtual environment activated."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": os.environ.get("HOME", "/root"),
        "HOMEWORK_COURSE": str(course),
    }
    return subprocess.run(
        [sys.executable, "-m", "homework", *arguments],
        capture_output=True,
        text=True,
        env={**environment, **options.pop("env", {})},
        timeout=1800,  # against hanging only: a busy machine takes ten times as long as an idle one
        check=False,
        **options,
    )


def refuse_landlock() -> None:
    """For `preexec_fn`: let the process find a kernel without Landlock, and so no second tier of the sandbox."""
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "landlock_create_ruleset")
    rules.load()


def exercise(result: dict[str, Any], name: str) -> dict[str, Any]:
    """One exercise of a result."""
    found: dict[str, Any] = next(e for e in result["exercises"] if e["name"] == name)
    return found


def filled(template: Template, sources: dict[str, str]) -> dict[str, Any]:
    """The release with the cells in `sources` replaced; what a student hands in."""
    from homework.submission.splice import fill

    return fill(template, sources)
