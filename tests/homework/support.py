"""What tests share: where the course is, a copy of it to write into, classes to grade, and the command line."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyseccomp
from hypothesis import HealthCheck, settings
from PIL import Image

from homework.course import Course
from homework.submission.template import Template

ROOT = Path(__file__).resolve().parents[2]
COURSE_PARTS = ("source", "release", "solutions", "tests", "nbgrader_config.py")
NOT_OF_A_COURSE = (
    "__pycache__",
    "homework",
    "content",
)  # tests/ holds hidden tests and, in these folders, ours


def search_repeatably() -> None:
    """Make hypothesis try the same inputs every time and everywhere; `make fuzz` tries others."""
    form = settings(deadline=None, suppress_health_check=list(HealthCheck))
    settings.register_profile("repeatable", form, max_examples=100, derandomize=True)
    settings.register_profile("fuzz", form, max_examples=10_000, print_blob=True)
    settings.load_profile("repeatable")


@contextmanager
def in_turn(tier: str) -> Iterator[None]:
    """Fork without end in `tier` while no other process of tests does so in the second, which counts them together."""
    if tier != "landlock":
        yield
        return
    with Path(tempfile.gettempdir(), "homework-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def deep_folders(top: Path) -> Iterator[None]:
    """Folders in one another below `top`, more than Python's functions may call themselves."""
    deepest = str(top)
    for _ in range(sys.getrecursionlimit() + 100):
        deepest += "/d"
        os.mkdir(deepest)  # noqa: PTH102  a Path takes its name apart each time
    try:
        yield
    finally:
        (top / "kept").touch()
        os.removedirs(deepest)
        (top / "kept").unlink()


def copy_course(target: Path) -> Course:
    """A private copy of the course in `target`, without submissions."""
    target.mkdir(parents=True, exist_ok=True)
    for part in COURSE_PARTS:
        origin = ROOT / part
        if origin.is_dir():
            shutil.copytree(origin, target / part, ignore=shutil.ignore_patterns(*NOT_OF_A_COURSE))
        else:
            shutil.copyfile(origin, target / part)
    return Course(target)


def hand_in_class(course: Course, count: int) -> None:
    """Hand in `count` right and wrong submissions of hw1, made from the banks, by students s0, s1, ..."""
    from homework.grading import load_exercises
    from homework.submission.splice import fill

    template = Template.load(course.assignment("hw1").released_notebook)
    banks = [exercise.bank for exercise in load_exercises(course, "hw1")]
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
    """What the receipts of hw1 say, by student, without times."""
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


def show_pictures(course: Course) -> None:
    """Have a question of quiz1 show a picture, *A core*, and one of its options another, *A roof*."""
    file = course.solutions("quiz1", "choices.toml")
    text = file.read_text().replace("A large network runs", "![A core](core.png) A large network runs")
    file.write_text(
        text.replace('"The arithmetic throughput', '"![A roof](roof.png) The `arithmetic` throughput')
    )
    for name in ("core", "roof"):
        Image.new("RGB", (4, 3)).save(course.assignment("quiz1").source / f"{name}.png")
